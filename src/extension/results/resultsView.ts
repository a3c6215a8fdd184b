import * as vscode from 'vscode';
import { debounce } from '../base/debounce.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Wording } from '../base/wording.ts';
import { hoverMarkdown } from './hoverMarkdown.ts';
import { childrenOf, nodeText, type ResultNode } from './resultNodes.ts';
import type { RunStore } from './runStore.ts';
import { commandIds, contextKeys, viewIds } from '../../shared/ids.ts';

/** The tree of results, newest first. */
export class ResultsView implements vscode.TreeDataProvider<ResultNode>, vscode.Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #store: RunStore;
  readonly #wording: Wording;
  readonly #view: vscode.TreeView<ResultNode>;

  constructor(store: RunStore, wording: Wording) {
    this.#store = store;
    this.#wording = wording;
    this.#disposables.add(this.#changed);
    this.#view = this.#disposables.add(
      vscode.window.createTreeView(viewIds.results, { treeDataProvider: this, showCollapseAll: true }),
    );
    // Editing moves results with every key; the tree need not follow that fast.
    const soon = this.#disposables.add(debounce(100, () => this.#changed.fire(undefined)));
    let hadResults = false;
    this.#disposables.add(
      store.onDidChange(() => {
        soon();
        const hasResults = store.all.length > 0;
        if (hasResults === hadResults) return;
        hadResults = hasResults;
        void vscode.commands.executeCommand('setContext', contextKeys.hasResults, hasResults);
      }),
    );
  }

  /** The run of the selected row, for commands started by a key. */
  get selectedRun(): number | undefined {
    return this.#view.selection[0]?.id;
  }

  /** Shows the view, at one run when `id` is given. */
  async show(id?: number): Promise<void> {
    if (id !== undefined && this.#store.get(id) !== undefined)
      await this.#view.reveal({ kind: 'run', id }, { select: true, focus: true, expand: true });
    else await vscode.commands.executeCommand(`${viewIds.results}.focus`);
  }

  getChildren(node?: ResultNode): ResultNode[] {
    if (node === undefined) return this.#store.all.map(({ run }) => ({ kind: 'run', id: run.id }));
    const tracked = node.kind === 'run' ? this.#store.get(node.id) : undefined;
    return tracked === undefined ? [] : childrenOf(tracked);
  }

  getParent(node: ResultNode): ResultNode | undefined {
    return node.kind === 'run' ? undefined : { kind: 'run', id: node.id };
  }

  getTreeItem(node: ResultNode): vscode.TreeItem {
    const tracked = this.#store.get(node.id);
    if (tracked === undefined) return new vscode.TreeItem('');
    const { label, description, icon, spoken } = nodeText(tracked, node, this.#wording);
    const hasChildren = node.kind === 'run' && childrenOf(tracked).length > 0;
    const item = new vscode.TreeItem(
      label,
      hasChildren ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
    );
    item.id = [node.kind, node.id, 'index' in node ? node.index : ''].join(' ');
    item.description = description;
    item.iconPath = new vscode.ThemeIcon(icon);
    item.contextValue = node.kind;
    item.accessibilityInformation = { label: spoken };
    item.command = { command: commandIds.revealResult, title: '', arguments: [node] };
    return item;
  }

  /** Tooltips are made when the mouse rests on a row. */
  resolveTreeItem(item: vscode.TreeItem, node: ResultNode): vscode.TreeItem {
    const tracked = this.#store.get(node.id);
    if (tracked === undefined || node.kind === 'more') return item;
    const index = node.kind === 'item' ? node.index : 0;
    item.tooltip = new vscode.MarkdownString(hoverMarkdown(tracked.run, index, this.#wording), true);
    return item;
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
