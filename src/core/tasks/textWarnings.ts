import type { TaskWarning } from '../../shared/taskProtocol.ts';
import type { ModelDescription } from '../models/modelDescription.ts';
import type { DetectedLanguage } from '../text/language.ts';
import { countLoneSurrogates } from '../text/surrogates.ts';

const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/**
 * What a person should know of a text before any model runs: broken characters (`lone-surrogates`), and a language
 * that the model's card does not name (`other-language`, only when the language is clear and the card names any).
 * `detect` is asked only then: it costs half a millisecond. `detectedCode` and `languageCodes` (ISO 639-1, comma-separated) go along, for translation.
 */
export function textWarnings(
  text: string,
  model: ModelDescription,
  detect: () => DetectedLanguage | undefined,
): TaskWarning[] {
  const warnings: TaskWarning[] = [];
  const count = countLoneSurrogates(text);
  if (count > 0) warnings.push({ code: 'lone-surrogates', details: { count } });
  const { languages, reference } = model;
  const detected = languages.length > 0 ? detect() : undefined;
  if (detected?.reliable && !languages.some((code) => speaks(code, detected.language)))
    warnings.push({
      code: 'other-language',
      details: {
        detected: languageName(detected.language),
        detectedCode: detected.language,
        model: reference,
        languages: languages.map(languageName).join(', '),
        languageCodes: languages.join(','),
      },
    });
  return warnings;
}

/** Cards also hold `multilingual`, regions (`pt-BR`) and what is no code at all: only a clear other language counts. */
function speaks(code: string, language: string): boolean {
  return !/^[a-z]{2}(?:-|$)/i.test(code) || code.slice(0, 2).toLowerCase() === language;
}

function languageName(code: string): string {
  try {
    return names.of(code) ?? code;
  } catch (thrown) {
    // A card may name a language in words; they are as good as a name.
    if (thrown instanceof RangeError) return code;
    throw thrown;
  }
}
