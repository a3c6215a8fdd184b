import type { HelpTopic } from './command.ts';

const texts: Readonly<Record<HelpTopic, string>> = {
  loupe: `loupe - ask language models about your text, here and offline

  loupe run sentiment [FILE|-]              how positive or negative, whole and by sentence
  loupe run qa --question Q [FILE|-]        the answer, as a passage of the text
  loupe run tokens [FILE|-]                 names and other labelled words
  loupe attention [FILE|-]                  what every head of a model attends to; --out map.svg
  loupe models                              what is there and where it came from
  loupe models install REF                  fetch a model
  loupe doctor                              versions, devices, paths, what is missing
  loupe help COMMAND                        more about one command
  loupe --version

Without FILE, or with -, text is read from standard input.`,

  run: `loupe run sentiment|qa|tokens [options] [FILE|-]

  -m, --model REF            starter:NAME, hub:OWNER/NAME[@REVISION], or a model folder
                             (default starter:sentiment-en, starter:qa-en, starter:ner-en)
  -q, --question Q           qa: what to ask
      --lines                each line is an input of its own (else the whole file is one)
      --json                 one JSON object a line, as in docs/cli.md
      --top-k N              qa: answers at most, best first (default 3)
      --max-answer-length N  qa: tokens in an answer at most (default 15)
      --aggregation A        tokens: none, simple, first, average, max (default first)
      --precision P          auto, fp32, fp16, q8, q4 (default auto)
      --device D             auto, cpu, cuda, coreml, dml, webgpu (default auto)
      --threads N            0: as many as there are cores (default 0)

Exit code 0: fine. 1: some input failed. 2: nothing could run.`,

  attention: `loupe attention [options] [FILE|-]

  -m, --model REF            starter:NAME, hub:OWNER/NAME[@REVISION], or a model folder
                             (default starter:sentiment-en; with --question starter:qa-en)
  -q, --question Q           first sequence of a pair; the text is its context
      --target T             what an encoder-decoder is to have written
      --generate N           tokens that a causal model adds first (default 0)
      --window N             which window of a text longer than the model (default 0)
  -o, --out FILE             .svg, .pdf, .png, .html, .csv or .npz; without it a table of heads is printed
      --overwrite            replace FILE
      --json                 tokens, heads and prediction as one JSON object, as in docs/cli.md
      --stack S              encoder, decoder, cross (default: the model's first)
      --layer L, --head H    count from 0
      --view V               overview, links, matrix, text (default: with --head matrix, with --layer links,
                             else overview)
      --token N              text: whose attention (default 0). links: only this token's
      --to                   text: who attends to the token, instead of what it attends to
      --top-k N              links: lines a token at most (default 3)
      --threshold W          links: smallest weight drawn, 0 to 1 (default 0)
      --words                sub-word tokens joined to words
      --dark                 dark colours
      --scale N              png: pixels per CSS pixel, 0.1 to 16 (default 2)
      --precision P, --device D, --threads N   as for "loupe run"

Exit code 0: fine. 1: the text cannot be used. 2: nothing could run, or the file could not be written.`,

  models: `loupe models [--json]                        list models
loupe models install REF [--precision P]     fetch starter:NAME or hub:OWNER/NAME[@REVISION]

Downloads go on where they broke off. Folder: LOUPE_CACHE, else your system's cache folder.
Another hub: HF_ENDPOINT.`,

  doctor: `loupe doctor

Prints versions, devices and paths, and what is missing with how to get it.
Exit code 0: everything that "loupe run" needs is there. 1: something is missing.`,
};

/** The text of `loupe help TOPIC`. */
export function helpText(topic: HelpTopic): string {
  return `${texts[topic]}\n`;
}
