/**
 * Abbreviations that stand before a name or a number, so that a full stop after them hardly ever ends a sentence.
 * Intl.Segmenter has no list of its own in V8 (the `ss` keyword of BCP 47 is ignored) and would end the sentence.
 * English, Portuguese, Spanish, French, German.
 */
const beforeNames = new Set(
  (
    'mr mrs ms dr prof rev hon st gen col capt lt sgt sen gov messrs vs fig figs eq no nos vol pp ' +
    'sr sra srs sras srta dra dras drs profa exmo exma eng av art arts inc núm pág págs fls ' +
    'ud uds d dña lic arq mme mlle mm me pr hr fr herr frl bzw ca nr'
  ).split(' '),
);

const lastWord = /(?:^|[\s("'“«[])(\p{L}+)\.\s*$/u;

/** Whether the sentence that `segment` ends goes on after all: it ends with a title or with an initial ("J. "). */
export function endsWithAbbreviation(segment: string): boolean {
  const word = lastWord.exec(segment.slice(-24))?.[1];
  if (word === undefined) return false;
  return beforeNames.has(word.toLowerCase()) || /^\p{Lu}$/u.test(word);
}
