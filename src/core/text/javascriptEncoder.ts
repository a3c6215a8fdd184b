import type { AddedToken, Tokenizer } from '@huggingface/tokenizers';
import { alignNormalized } from './alignNormalized.ts';
import { alignByteTokens, alignTokens } from './alignTokens.ts';
import { decodeByteLevel } from './byteLevel.ts';
import type { TokenizerFacts } from './tokenizerFacts.ts';
import { trimSpan } from './trimSpan.ts';

export interface AlignedToken {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly word: number;
}

/** How the pre-tokenizer writes words: as bytes, with U+2581 for the space before them, or as they are. */
export type PreTokenizerStyle = 'byteLevel' | 'metaspace' | 'plain';

/** Text to tokens with UTF-16 offsets and words, special tokens not added. */
export type Encoder = (text: string) => AlignedToken[];

/**
 * An encoder over transformers.js's tokenizer. That one gives no offsets, so its parts are run one after the other
 * (normalizer, pre-tokenizer, model, each word by itself) and their results aligned. Offsets leave white space out.
 */
export function createEncoder(
  tokenizer: Tokenizer,
  facts: TokenizerFacts,
  style: PreTokenizerStyle,
): Encoder {
  const model = tokenizer.model;
  if (model === null) throw new TypeError('it has no model');
  const added = addedTokens(tokenizer);
  const normalize = (text: string): string => tokenizer.normalizer?.normalize(text) ?? text;
  const idOf = (token: string): number => tokenizer.token_to_id(token) ?? facts.unknownId ?? 0;
  const unknown = model.unk_token;

  const surface = (token: string, first: boolean): string | undefined => {
    if (token === unknown || /^<0x[0-9A-F]{2}>$/.test(token)) return undefined;
    const prefix = facts.continuationPrefix;
    return !first && prefix !== undefined && token.startsWith(prefix) ? token.slice(prefix.length) : token;
  };

  const preTokenize = (text: string, offset: number): string[] => {
    const words = tokenizer.pre_tokenizer?.pre_tokenize(text, { section_index: offset }) ?? [text];
    // transformers.js only replaces the spaces where the Rust side also splits at them.
    return style === 'metaspace' ? words.flatMap((word) => word.split(/(?=\u2581)/)) : words;
  };

  /** Appends the tokens of a part of the text without added tokens. */
  const encodePart = (text: string, offset: number, part: number, tokens: AlignedToken[]): void => {
    const raw = text.slice(offset, offset + part);
    const normalized = normalize(raw);
    const { starts, ends } = alignNormalized(raw, normalized, normalize);
    const words = preTokenize(normalized, offset);
    let at = 0;
    let index = (tokens.at(-1)?.word ?? -1) + 1;
    for (const word of words) {
      const pieces = model._call([word]);
      const shown = style === 'byteLevel' ? decodeByteLevel(word) : word;
      const place = locate(normalized, shown, at);
      const ranges =
        style === 'byteLevel' ? alignByteTokens(shown, pieces) : alignTokens(word, pieces, surface);
      pieces.forEach((piece, p) => {
        const [first, end] = ranges[p] ?? [0, 0];
        const from = Math.max(place.start + first - place.added, 0);
        const to = Math.max(place.start + end - place.added, from);
        const start = starts[from] ?? raw.length;
        const stop = to > from ? Math.max(start, ends[to - 1] ?? raw.length) : start;
        const span = trimSpan(text, offset + start, offset + stop);
        tokens.push({ id: idOf(piece), word: index, ...span });
      });
      at = place.end;
      index++;
    }
  };

  return (text) => {
    const tokens: AlignedToken[] = [];
    let offset = 0;
    for (const match of text.matchAll(added.pattern)) {
      const token = added.byContent.get(match[0]);
      const before = text.slice(offset, match.index);
      const part = token?.lstrip ? before.trimEnd() : before;
      if (part !== '') encodePart(text, offset, part.length, tokens);
      offset = match.index + match[0].length;
      const word = (tokens.at(-1)?.word ?? -1) + 1;
      tokens.push({ id: idOf(match[0]), start: match.index, end: offset, word });
      if (token?.rstrip) offset += text.length - offset - text.slice(offset).trimStart().length;
    }
    if (text.length > offset) encodePart(text, offset, text.length - offset, tokens);
    return tokens;
  };
}

interface Place {
  readonly start: number;
  readonly end: number;
  /** 1 when the pre-tokenizer put a space before the word that the text does not have. */
  readonly added: number;
}

/** Finds a word in the normalized text from `at` on; Metaspace's U+2581 is the space it stands for. */
function locate(normalized: string, word: string, at: number): Place {
  const spaced = word.replaceAll('\u2581', ' ');
  const plain = (start: number, length: number): string =>
    normalized.slice(start, start + length).replaceAll('\u2581', ' ');
  let start = at;
  // Pre-tokenizers drop the white space between words, or keep it at the start of the next word.
  while (
    start < normalized.length &&
    plain(start, spaced.length) !== spaced &&
    /\p{White_Space}/u.test(plain(start, 1))
  )
    start++;
  if (plain(start, spaced.length) === spaced) return { start, end: start + spaced.length, added: 0 };
  const bare = spaced.slice(1);
  if (spaced.startsWith(' ') && plain(start, bare.length) === bare)
    return { start, end: start + bare.length, added: 1 };
  return { start: at, end: Math.min(at + word.length, normalized.length), added: 0 };
}

interface AddedTokens {
  readonly pattern: RegExp;
  readonly byContent: ReadonlyMap<string, AddedToken>;
}

function addedTokens(tokenizer: Tokenizer): AddedTokens {
  const tokens = [...tokenizer.get_added_tokens_decoder().values()];
  const contents = tokens.map(({ content }) => content).sort((a, b) => b.length - a.length);
  const escaped = contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return {
    // Without added tokens: what matches nowhere.
    pattern: new RegExp(escaped.join('|') || '(?!)', 'g'),
    byContent: new Map(tokens.map((token) => [token.content, token])),
  };
}
