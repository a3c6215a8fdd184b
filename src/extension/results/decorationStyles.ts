import * as vscode from 'vscode';
import type { DrawingStyle } from './drawings.ts';
import { colorIds } from '../../shared/ids.ts';

/** The look of one kind of range, in the theme's colours. The label after a range repeats what the colour says. */
export function createDecorationType(style: DrawingStyle): vscode.TextEditorDecorationType {
  const color = (id: keyof typeof colorIds) => new vscode.ThemeColor(colorIds[id]);
  const isAnswer = style === 'answer' || style === 'otherAnswer';
  const background = style === 'otherAnswer' ? undefined : color(style);
  return vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    borderRadius: '3px',
    ...(background === undefined ? {} : { backgroundColor: background }),
    ...(isAnswer
      ? {
          borderColor: color('answerBorder'),
          borderStyle: style === 'answer' ? 'solid' : 'dashed',
          borderWidth: style === 'answer' ? '1.5px' : '1px',
          overviewRulerColor: color('answerBorder'),
          overviewRulerLane: vscode.OverviewRulerLane.Center,
        }
      : {}),
    after: {
      color: color('chip'),
      margin: '0 0.4em 0 0.3em',
      fontWeight: 'normal',
      fontStyle: 'normal',
      ...(background === undefined ? {} : { backgroundColor: background }),
      // The only way to give an attachment padding and a smaller font: what follows `none` goes into the CSS rule.
      textDecoration:
        'none; font-size: 0.8em; padding: 0.05em 0.4em; border-radius: 0.5em; vertical-align: 0.08em;',
    },
  });
}
