import * as vscode from 'vscode';
import { AttentionPanel, type AttentionPanelParts } from './attentionPanel.ts';
import { foundPassage, passageAt } from './passage.ts';
import { PanelModel, type PanelSide } from './panelModel.ts';
import { readPersisted, type RestoredPanel } from './persisted.ts';
import { describeDocument, tryToOpenDocument } from '../text/documents.ts';
import type { AttentionViewState } from '../../shared/attentionPanel.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { panelIds } from '../../shared/ids.ts';

/**
 * The window's attention panels. The one that follows the selection is used again by the next command; one that was
 * told to stay opens company beside it.
 */
export class AttentionPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #disposables = new DisposableStore();
  readonly #parts: AttentionPanelParts;
  readonly #panels = new Set<AttentionPanel>();

  constructor(parts: AttentionPanelParts) {
    this.#parts = parts;
    this.#disposables.add(vscode.window.registerWebviewPanelSerializer(panelIds.attention, this));
    this.#disposables.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
          start: rangeOffset,
          removed: rangeLength,
          inserted: text.length,
        }));
        const uri = document.uri.toString();
        for (const { model } of this.#panels) model.changeDocument(uri, changes, () => document.getText());
      }),
    );
    this.#disposables.add(
      vscode.workspace.onDidOpenTextDocument((document) => {
        const uri = document.uri.toString();
        for (const { model } of this.#panels)
          if (model.sides.some(({ passage }) => passage?.document.uri === uri))
            model.openDocument(uri, document.getText());
      }),
    );
    this.#disposables.defer(() => {
      for (const panel of [...this.#panels]) panel.dispose();
    });
  }

  /** Oldest first. */
  get all(): readonly AttentionPanel[] {
    return [...this.#panels];
  }

  /** The panel that commands mean: the one in front, else the one that follows, else the newest. */
  get current(): AttentionPanel | undefined {
    const { all } = this;
    return all.find(({ panel }) => panel.active) ?? this.#following ?? all.at(-1);
  }

  /** Shows a side, in the panel that follows or else in a new one beside the editor, which keeps the focus. */
  show(side: PanelSide): AttentionPanel {
    const following = this.#following;
    if (following !== undefined) {
      following.model.setSides([side]);
      following.panel.reveal(undefined, true);
      return following;
    }
    const panel = vscode.window.createWebviewPanel(
      panelIds.attention,
      '',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      {},
    );
    return this.#add(panel, new PanelModel([side], true), undefined);
  }

  /** A panel that was open when the window was closed or loaded anew. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const restored = readPersisted(state);
    if (restored === undefined) {
      panel.dispose();
      return;
    }
    const sides = await Promise.all(restored.sides.map(restoredSide));
    // Two panels that follow would show the same twice.
    const isFollowing = restored.isFollowing && this.#following === undefined;
    this.#add(panel, new PanelModel(sides, isFollowing), restored.view);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  get #following(): AttentionPanel | undefined {
    return this.all.find(({ model }) => model.isFollowing);
  }

  #add(
    webviewPanel: vscode.WebviewPanel,
    model: PanelModel,
    view: AttentionViewState | undefined,
  ): AttentionPanel {
    const added = new AttentionPanel(webviewPanel, model, view, this.#parts);
    this.#panels.add(added);
    model.onDidChange(() => {
      if (!model.isFollowing) return;
      for (const other of this.#panels)
        if (other !== added && other.model.isFollowing) other.model.setFollowing(false);
    });
    webviewPanel.onDidDispose(() => {
      this.#panels.delete(added);
      added.dispose();
    });
    return added;
  }
}

async function restoredSide({ source, label, place }: RestoredPanel['sides'][number]): Promise<PanelSide> {
  const document = place && (await tryToOpenDocument({ uri: place.uri, name: label }));
  if (document === undefined) return { source, label, passage: undefined };
  const kept = passageAt(describeDocument(document), source.text, place?.start ?? 0);
  return { source, label, passage: foundPassage(kept, document.getText()) };
}
