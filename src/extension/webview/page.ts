export interface PageParts {
  /** The webview's `cspSource`: where its own files come from. */
  readonly source: string;
  /** New for every page: only scripts and styles that carry it are accepted. */
  readonly nonce: string;
  /** Addresses as the webview sees them. */
  readonly script: string;
  readonly style: string;
  /** BCP 47. */
  readonly locale: string;
  readonly title: string;
}

/**
 * The page of a panel: empty but for its script, which draws it. Nothing may be fetched but the extension's own
 * files; images may also be what the page itself has made (`blob:`, `data:`).
 */
export function webviewPage({ source, nonce, script, style, locale, title }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    `img-src ${source} data: blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(locale)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="loupe-nonce" content="${nonce}">
<link rel="stylesheet" href="${escapeHtml(style)}">
<title>${escapeHtml(title)}</title>
</head>
<body>
<script nonce="${nonce}" src="${escapeHtml(script)}" type="module"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
