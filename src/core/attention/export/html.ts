import { publicReference } from '../../../shared/modelName.ts';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FigureSpec } from '../../../shared/attentionProtocol.ts';
import { attentionFileChunks } from './attentionFile.ts';
import { factsOf } from './facts.ts';
import type { FigureInput } from './figureInput.ts';
import { escapeXml } from './xml.ts';

/**
 * A page of one file that needs nothing else: the viewer, and the maps of all layers as an `AttentionFile` in
 * `<script type="application/json" id="loupe-attention">`. Its Content-Security-Policy lets only the viewer run, by its hash, and
 * nothing be fetched. The figure is the view that opens first.
 */
export async function* htmlChunks(input: FigureInput, figure: FigureSpec): AsyncGenerator<string> {
  const title = `${publicReference(input.overview.model.reference)}: attention`;
  const viewer = inlineScript(await readFile(input.assets.viewer, 'utf8'));
  const hash = createHash('sha256').update(viewer).digest('base64');
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'`;
  const facts = factsOf(input, figure).map(
    ({ name, value }) => `<meta name="loupe-${name}" content="${escapeXml(value)}">\n`,
  );
  yield `<!doctype html>
<html lang="en" data-theme="${figure.theme}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Loupe">
${facts.join('')}<title>${escapeXml(title)}</title>
</head>
<body>
<noscript>This page shows attention maps with a script of its own; allow it to run.</noscript>
<script type="application/json" id="loupe-attention">`;
  for await (const chunk of attentionFileChunks(input, figure, title)) yield inlineJson(chunk);
  yield `</script>\n<script>${viewer}</script>\n</body>\n</html>\n`;
}

/** `<` occurs in JSON only inside strings, where its escape means the same; no `</script` and no `<!--` is left. */
function inlineJson(json: string): string {
  return json.replaceAll('<', '\\u003c');
}

/** `<\/script` means the same in strings, templates and regular expressions, the only places of a bundle where it can stand. */
function inlineScript(script: string): string {
  return script.replace(/<(?=\/script|!--)/gi, '\\x3c');
}
