import type { Disposable } from '../../src/shared/disposable.ts';
import { Emitter } from '../../src/shared/emitter.ts';

/** What canvases are painted with. Colours are CSS colours. */
export interface Theme {
  readonly kind: 'light' | 'dark';
  readonly isHighContrast: boolean;
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly border: string;
  /** The mark of what is chosen. */
  readonly accent: string;
  readonly font: string;
  readonly monospace: string;
  /** Of the page's text, in CSS pixels: follows the editor's setting and the browser's zoom of text. */
  readonly fontSize: number;
}

const fallbacks = {
  light: {
    foreground: '#3b3b3b',
    muted: '#6a6a6a',
    background: '#ffffff',
    border: '#d4d4d4',
    accent: '#005fb8',
  },
  dark: {
    foreground: '#cccccc',
    muted: '#9d9d9d',
    background: '#1f1f1f',
    border: '#3c3c3c',
    accent: '#4daafc',
  },
} as const;

/**
 * Reads the theme of VS Code (CSS variables and classes of `body`), and without VS Code the system's (`prefers-color-scheme`,
 * `forced-colors`). Says when it changed.
 */
export class ThemeWatcher implements Disposable {
  readonly #root: HTMLElement;
  readonly #changed = new Emitter<Theme>();
  readonly #observer: MutationObserver;
  readonly #queries: readonly MediaQueryList[];
  readonly #refresh = (): void => {
    this.#current = this.#read();
    this.#changed.fire(this.#current);
  };
  #current: Theme;

  /** @param root the page's element; the colours that its style resolves are read from it */
  constructor(root: HTMLElement) {
    this.#root = root;
    this.#current = this.#read();
    this.#observer = new MutationObserver(this.#refresh);
    // VS Code changes body's class after html's style (which holds the variables), or only one of them.
    this.#observer.observe(document.body, {
      attributes: true,
      attributeFilter: ['class', 'data-vscode-theme-id'],
    });
    this.#observer.observe(document.documentElement, {
      attributes: true,
      attributeFilter: ['style', 'class'],
    });
    this.#queries = [
      '(prefers-color-scheme: dark)',
      '(forced-colors: active)',
      '(prefers-contrast: more)',
    ].map((query) => matchMedia(query));
    for (const query of this.#queries) query.addEventListener('change', this.#refresh);
  }

  get current(): Theme {
    return this.#current;
  }

  onDidChange(listener: (theme: Theme) => void): Disposable {
    return this.#changed.on(listener);
  }

  dispose(): void {
    this.#observer.disconnect();
    for (const query of this.#queries) query.removeEventListener('change', this.#refresh);
    this.#changed.dispose();
  }

  #read(): Theme {
    const { classList } = document.body;
    const isHighContrast =
      classList.contains('vscode-high-contrast') ||
      classList.contains('vscode-high-contrast-light') ||
      matchMedia('(forced-colors: active), (prefers-contrast: more)').matches;
    const kind = themeKind(classList);
    this.#root.dataset['theme'] = kind;
    this.#root.dataset['contrast'] = isHighContrast ? 'high' : 'normal';
    const style = getComputedStyle(this.#root);
    const variable = (name: string, fallback: string): string =>
      style.getPropertyValue(name).trim() || fallback;
    const plain = fallbacks[kind];
    const foreground = variable('--vscode-foreground', plain.foreground);
    return {
      kind,
      isHighContrast,
      foreground,
      muted: isHighContrast ? foreground : variable('--vscode-descriptionForeground', plain.muted),
      background: variable('--vscode-editor-background', plain.background),
      border: isHighContrast
        ? variable('--vscode-contrastBorder', foreground)
        : variable('--vscode-panel-border', plain.border),
      accent: isHighContrast
        ? variable('--vscode-contrastActiveBorder', variable('--vscode-focusBorder', plain.accent))
        : variable('--vscode-textLink-foreground', plain.accent),
      font: style.fontFamily,
      monospace: variable('--vscode-editor-font-family', 'ui-monospace, Menlo, Consolas, monospace'),
      fontSize: parseFloat(style.fontSize) || 13,
    };
  }
}

function themeKind(classes: DOMTokenList): 'light' | 'dark' {
  // An exported page says how it was exported.
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  if (classes.contains('vscode-high-contrast-light') || classes.contains('vscode-light')) return 'light';
  if (classes.contains('vscode-dark') || classes.contains('vscode-high-contrast')) return 'dark';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
