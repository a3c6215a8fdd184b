import * as vscode from 'vscode';
import { debounce } from '../base/debounce.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Wording } from '../base/wording.ts';
import type { CodeLensMode } from '../settings/readSettings.ts';
import type { SettingsService } from '../settings/settingsService.ts';
import { isMarkdown, isPanelDocument, spanOf } from '../text/editorTargets.ts';
import { lensLines } from './lensLines.ts';
import type { RunStore } from './runStore.ts';

/** Milliseconds a selection must rest before its lens appears, so that dragging does not make lines jump. */
const selectionRestMs = 250;
const proseLanguages: ReadonlySet<string> = new Set(['markdown', 'plaintext']);

/** Lenses above selections, question lines and analysed ranges, by the setting `loupe.codeLens`. */
export class LoupeCodeLensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #store: RunStore;
  readonly #settings: SettingsService;
  readonly #wording: Wording;
  readonly #examples: vscode.Uri;

  constructor(parts: {
    readonly store: RunStore;
    readonly settings: SettingsService;
    readonly wording: Wording;
    readonly examples: vscode.Uri;
  }) {
    const { store, settings } = parts;
    this.#store = store;
    this.#settings = settings;
    this.#wording = parts.wording;
    this.#examples = parts.examples;
    const soon = this.#disposables.add(debounce(selectionRestMs, () => this.#changed.fire()));
    this.#disposables.add(vscode.window.onDidChangeTextEditorSelection(soon));
    this.#disposables.add(vscode.window.onDidChangeActiveTextEditor(soon));
    this.#disposables.add(store.onDidChange(() => this.#changed.fire()));
    this.#disposables.add(settings.onDidChange(() => this.#changed.fire()));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (isPanelDocument(document)) return [];
    const uri = document.uri.toString();
    const lines = lensLines(
      {
        uri,
        text: document.getText(),
        markdown: isMarkdown(document),
        prose: proseLanguages.has(document.languageId),
        mode: this.#modeFor(document),
        selections: selectionsIn(document),
        runs: this.#store.ofDocument(uri),
      },
      this.#wording,
    );
    return lines.map(({ at, title, command, argument }) => {
      const position = document.positionAt(at);
      return new vscode.CodeLens(new vscode.Range(position, position), {
        title,
        command,
        arguments: [argument],
      });
    });
  }

  /** In Loupe's own examples everything can be tried by clicking, unless lenses are off. */
  #modeFor({ uri }: vscode.TextDocument): CodeLensMode {
    const mode = this.#settings.read(uri).codeLens;
    const isExample = uri.scheme === this.#examples.scheme && uri.path.startsWith(`${this.#examples.path}/`);
    return mode === 'selection' && isExample ? 'paragraphs' : mode;
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** Selections of the active editor, when it shows this document. */
function selectionsIn(document: vscode.TextDocument) {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document !== document) return [];
  return editor.selections
    .filter((selection) => !selection.isEmpty)
    .map((selection) => spanOf(document, selection));
}
