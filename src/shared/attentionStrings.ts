/**
 * Every text that the attention views show, in English. The host translates each through vscode.l10n and sends the
 * whole object; exported HTML and the notebook renderer use it as it is. `{name}` is filled by `fillTemplate`.
 */
export const attentionStrings = {
  loading: 'Working out attention ...',
} as const satisfies Record<string, string>;

export type AttentionStrings = Readonly<Record<keyof typeof attentionStrings, string>>;
