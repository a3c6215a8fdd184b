import * as vscode from 'vscode';
import type { Wording } from '../base/wording.ts';
import { rangeOf } from '../text/editorTargets.ts';
import { hoverCommands, hoverMarkdown } from './hoverMarkdown.ts';
import { drawnParts } from './drawings.ts';
import { drawnRuns, type RunStore } from './runStore.ts';

/** Hovers over drawn results, made when they are asked for. */
export function createHoverProvider(store: RunStore, wording: Wording): vscode.HoverProvider {
  return {
    provideHover(document, position) {
      const offset = document.offsetAt(position);
      const hits = drawnRuns(store.ofDocument(document.uri.toString())).flatMap((tracked) =>
        drawnParts(tracked).flatMap((index) => {
          const span = tracked.spans[index];
          const isHit = span !== undefined && span.start <= offset && offset <= span.end;
          return isHit ? [{ run: tracked.run, index, span }] : [];
        }),
      );
      const first = hits[0];
      if (first === undefined) return undefined;
      const smallest = hits.reduce(
        (a, b) => (b.span.end - b.span.start < a.span.end - a.span.start ? b : a),
        first,
      );
      const contents = hits.map(({ run, index }) => trusted(hoverMarkdown(run, index, wording)));
      return new vscode.Hover(contents, rangeOf(document, smallest.span));
    },
  };
}

function trusted(markdown: string): vscode.MarkdownString {
  const content = new vscode.MarkdownString(markdown, true);
  content.isTrusted = { enabledCommands: hoverCommands };
  return content;
}
