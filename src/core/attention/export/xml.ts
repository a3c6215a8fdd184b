import { replaceLoneSurrogates } from '../../text/surrogates.ts';

/**
 * Text for XML content and attribute values in double quotes. Characters that XML 1.0 cannot hold (controls, lone surrogates,
 * U+FFFE, U+FFFF) become U+FFFD.
 */
export function escapeXml(text: string): string {
  return replaceLoneSurrogates(text)
    .replace(/[^\t\n\r\u0020-\ufffd]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
