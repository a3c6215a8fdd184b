import type { Wording } from '../base/wording.ts';
import { errorTemplates, type LoupeError } from '../../shared/errors.ts';
import { warningTemplates, type TaskWarning } from '../../shared/taskProtocol.ts';

/** An error in the person's language. */
export function errorText(error: LoupeError, { t }: Wording): string {
  return t(errorTemplates[error.code], error.details);
}

/** A warning in the person's language; languages that it names too. */
export function warningText(warning: TaskWarning, wording: Wording): string {
  return wording.t(warningTemplates[warning.code], {
    ...warning.details,
    ...languageNames(warning, wording),
  });
}

/** `other-language` carries codes beside its English names: codes can be named in any language. */
function languageNames({ details }: TaskWarning, { locale }: Wording): Record<string, string> {
  const { detectedCode, languageCodes } = details;
  if (typeof detectedCode !== 'string' || typeof languageCodes !== 'string') return {};
  const names = new Intl.DisplayNames([locale], { type: 'language', fallback: 'code' });
  const languages = languageCodes.split(',').map((code) => nameOf(code.trim(), names));
  return { detected: nameOf(detectedCode, names), languages: languages.join(', ') };
}

function nameOf(code: string, names: Intl.DisplayNames): string {
  try {
    return names.of(code) ?? code;
  } catch (error) {
    // A model card may hold words ("multilingual") where codes belong; they are as good as a name.
    if (error instanceof RangeError) return code;
    throw error;
  }
}
