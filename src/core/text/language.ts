/** A language as ISO 639-1 code. `reliable`: long and clear enough to tell a person about. */
export interface DetectedLanguage {
  readonly language: string;
  readonly reliable: boolean;
}

/** Characters looked at: more do not change the answer, and time stays bounded. */
const sampleLength = 8192;

/** Tells the language of a text; see `detectLanguage`. About half a millisecond for a paragraph. */
export type LanguageDetector = (text: string) => DetectedLanguage | undefined;

/**
 * The language that a text is most likely written in; undefined when nothing in it tells (no letters, code).
 * Short texts get an answer that is not reliable: below 25 letters (8 where a character is a word or syllable) names and
 * commands pass for languages (docs/decisions/020-language-detection.md). Detector: eld 2.1, extrasmall, loaded on first
 * use (170 ms).
 */
export async function detectLanguage(text: string): Promise<DetectedLanguage | undefined> {
  return (await loadLanguageDetector())(text);
}

/** Loads the detector's data, the first time only. */
export async function loadLanguageDetector(): Promise<LanguageDetector> {
  const { eld } = await import('eld/extrasmall');
  return (text) => {
    const sample = text.slice(0, sampleLength);
    const result = eld.detect(sample);
    if (result.language === '') return undefined;
    const letters = sample.match(/\p{L}/gu)?.length ?? 0;
    const dense =
      sample.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/gu)?.length ?? 0;
    return { language: result.language, reliable: result.isReliable() && (letters >= 25 || dense >= 8) };
  };
}
