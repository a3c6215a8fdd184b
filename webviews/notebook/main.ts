// The notebook renderer of application/vnd.loupe.attention+json (package.json, notebookRenderer).
import '../common/elements.ts';
import type { Disposable } from '../../src/shared/disposable.ts';
import { mountAttention } from '../standalone/mount.ts';

/** The part of VS Code's renderer API that is used (vscode-notebook-renderer). */
interface OutputItem {
  readonly id: string;
  json(): unknown;
}

/** Called once by VS Code; draws each output into the element it is given. */
export const activate = () => {
  const shown = new Map<string, Disposable>();
  const dispose = (id: string): void => {
    shown.get(id)?.dispose();
    shown.delete(id);
  };
  return {
    renderOutputItem(item: OutputItem, element: HTMLElement): void {
      dispose(item.id);
      element.classList.add('loupe-output');
      shown.set(item.id, mountAttention(element, item.json()));
    },
    /** Without an id: all outputs are gone. */
    disposeOutputItem(id?: string): void {
      for (const one of id === undefined ? [...shown.keys()] : [id]) dispose(one);
    },
  };
};
