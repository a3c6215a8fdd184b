import type { AttentionViewState } from '../../src/shared/attentionPanel.ts';
import type { AttentionFile } from '../../src/shared/attentionFile.ts';
import type { FigureSpec } from '../../src/shared/attentionProtocol.ts';
import { attentionStrings } from '../../src/shared/attentionStrings.ts';
import type { Disposable } from '../../src/shared/disposable.ts';
import { LoupeError } from '../../src/shared/errors.ts';
import { warningTemplates } from '../../src/shared/taskProtocol.ts';
import { startState } from '../attention/model/viewState.ts';
import pageStyle from '../attention/page.css';
import { AttentionPage } from '../attention/page/page.ts';
import { parseAttentionFile } from '../common/file/decode.ts';
import { FileData } from '../common/file/fileData.ts';
import themeStyle from './theme.css';

/**
 * Shows an attention file in an element, with all views that need no model. Nothing is fetched. Damaged files say what is
 * wrong in the element.
 * @param element empty; its height is the page's
 */
export function mountAttention(element: HTMLElement, file: unknown): Disposable {
  adoptStyle(element.ownerDocument, themeStyle + pageStyle);
  try {
    return show(element, parseAttentionFile(file));
  } catch (thrown) {
    element.textContent = LoupeError.from(thrown).message;
    return { dispose: () => element.replaceChildren() };
  }
}

function show(element: HTMLElement, file: AttentionFile): AttentionPage {
  const page = new AttentionPage(element, {
    strings: attentionStrings,
    warnings: warningTemplates,
    locale: navigator.language,
    view: stateOf(file),
    host: undefined,
  });
  page.show(
    [
      {
        title: file.title,
        isLinked: false,
        window: 0,
        texts: { text: file.text ?? '', question: file.question, target: file.targetText },
        data: new FileData(file),
      },
    ],
    false,
  );
  return page;
}

/** Where the figure that was exported starts. */
function stateOf(file: AttentionFile): AttentionViewState {
  const stack = file.stacks[0]?.name ?? startState.stack;
  return file.figure === undefined
    ? { ...startState, stack }
    : { ...startState, stack, ...placeOf(file.figure) };
}

function placeOf(figure: FigureSpec): Partial<AttentionViewState> {
  const { words, view } = figure;
  switch (figure.view) {
    case 'overview':
      return { words, view, stack: figure.stack };
    case 'matrix':
      return { words, view, ...figure.at };
    case 'links':
      return { ...figure, token: figure.token };
    case 'text':
      return { words, view, ...figure.at, token: figure.token, direction: figure.direction };
  }
}

/**
 * Styles by a constructed sheet, which a strict Content Security Policy allows without an exception; once a document,
 * however many pages it holds.
 */
function adoptStyle(target: Document, text: string): void {
  const known = target.adoptedStyleSheets.some(({ cssRules }) =>
    [...cssRules].some((rule) => rule.cssText.startsWith('.loupe {')),
  );
  if (known) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  target.adoptedStyleSheets.push(sheet);
}
