import { loadTokenizer } from '../../../src/core/text/loadTokenizer.ts';
import type { TextTokenizer } from '../../../src/core/text/textTokenizer.ts';
import type { Window } from '../../../src/core/text/window.ts';
import { description } from '../tasks/description.ts';

export const tokenizerKinds = ['wordpiece', 'bpe', 'unigram'] as const;
export type TokenizerKind = (typeof tokenizerKinds)[number];

/** The three small tokenizers of test/fixtures/tokenizers, by the Rust library or by the fallback. */
export function fixtureTokenizer(kind: TokenizerKind, native = true): Promise<TextTokenizer> {
  const model = { description: description(), tokenizerFile: `test/fixtures/tokenizers/${kind}.json` };
  return native
    ? loadTokenizer(model)
    : loadTokenizer(model, () => Promise.reject(new Error('no build for this machine')));
}

/** `token[start-end]` for each token of a window. */
export function showTokens(window: Window, tokenizer: TextTokenizer): string[] {
  return Array.from(window.ids, (id, t) => {
    const [start, end] = window.offsets.subarray(2 * t, 2 * t + 2);
    return `${tokenizer.tokenText(id)}[${start}-${end}]`;
  });
}

/** Texts that break offset arithmetic. */
export const nastyTexts: readonly string[] = [
  'Olá, São Paulo!  Não é “ótimo”? Ação, coração, pão de queijo.',
  'Combinac\u0327a\u0303o decomposta: e\u0301 a\u0308 n\u0303',
  'e\u0301\u0301\u0301 three marks, \u0301 one alone',
  '👨‍👩‍👧 family 👍🏽! 🏳️‍🌈🇧🇷 flags 😀😀😀',
  'a\tb\r\nc\r\n\r\nd\u2028e\u0085f',
  'مرحبا بالعالم، كيف الحال؟ שלום עולם',
  '東京と京都は日本の都市です。日本語とEnglishのmix',
  '한국어 텍스트 नमस्ते दुनिया ภาษาไทย',
  'https://example.org/a_b?c=d&e=f#g-h user.name+tag@example.com',
  `${'x'.repeat(300)} end ${'Donaudampfschifffahrtsgesellschaft'.repeat(4)}`,
  'I [MASK] you <mask> ok </s> [SEP]! [CLS]',
  'ﬁne ½ ™ Ⅷ ﷺ ㍿ Å Ω',
  '\uFEFFBOM \u200Bzero\u00A0width\u2009thin\u3000wide\u00ADsoft',
  'İstanbul ΣΑΣ ß ǅ ŉ',
  "don't stop—now… “quoted” 'n' roll",
  '   leading and trailing   ',
  '1,234.56 % C++ #tag @user $5.99 §3 ¿qué?',
  'x\u0001y\u007fz',
  '𝒳𝓎𝓏 𠮷野家 mathematical and rare Han',
  'if (a<b) { return "c"; } // done\n\treturn;',
];
