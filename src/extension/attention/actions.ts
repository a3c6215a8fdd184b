import * as vscode from 'vscode';
import type { AttentionExporter } from './exporter.ts';
import { chooseOtherText } from './otherText.ts';
import { inDocument } from './passage.ts';
import { comparesModels, type PanelModel, type PanelSide } from './panelModel.ts';
import type { SideFactory } from './sideFactory.ts';
import { isCount } from '../base/guards.ts';
import type { Wording } from '../base/wording.ts';
import type { ModelPicker } from '../models/modelPicker.ts';
import { showDocument } from '../text/documents.ts';
import { rangeOf } from '../text/editorTargets.ts';
import type { AttentionAction } from '../../shared/attentionPanel.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

export interface ActionParts {
  readonly picker: ModelPicker;
  readonly sides: SideFactory;
  readonly exporter: AttentionExporter;
  readonly wording: Wording;
}

/** Does what a panel's buttons ask for. Nothing happens for a side that is not there (any more). */
export async function act(action: AttentionAction, model: PanelModel, parts: ActionParts): Promise<void> {
  switch (action.kind) {
    case 'window':
      if (isCount(action.window)) model.setSource(action.side, { window: action.window });
      return;
    case 'generate': {
      const source = model.sides[action.side]?.source;
      if (source !== undefined && isCount(action.tokens))
        model.setSource(action.side, { generate: source.generate + action.tokens });
      return;
    }
    case 'follow':
      model.setFollowing(action.on);
      return;
    case 'compare-model':
      await compareModel(model, parts);
      return;
    case 'compare-text':
      await compareText(model, parts);
      return;
    case 'stop-comparing':
      model.setSides(model.sides.slice(0, 1));
      return;
    case 'choose-model':
      await chooseModel(action.side, model, parts);
      return;
    case 'save-mask': {
      const side = model.sides[action.side];
      if (side !== undefined) await parts.exporter.saveMask(side, action.heads);
      return;
    }
    case 'reveal':
      await reveal(action.side, action.span, model);
  }
}

/** The same text under a second model. */
export async function compareModel(model: PanelModel, { picker }: ActionParts): Promise<void> {
  const [first] = model.sides;
  if (first === undefined) return;
  const reference = await picker.pickAny(first.source.model, scopeOf(first));
  if (reference === undefined) return;
  model.setSides([first, underModel(first, reference)]);
}

/** A second text under the same model. */
export async function compareText(model: PanelModel, { sides, wording }: ActionParts): Promise<void> {
  const [first] = model.sides;
  const second = first && (await chooseOtherText(first, sides, wording));
  if (first !== undefined && second !== undefined) model.setSides([first, second]);
}

/** Another model for one side; where texts are compared, for both. Its task is its own. */
async function chooseModel(index: number, model: PanelModel, { picker }: ActionParts): Promise<void> {
  const side = model.sides[index];
  const reference = side && (await picker.pickAny(side.source.model, scopeOf(side)));
  if (reference === undefined) return;
  const isForAll = model.sides.length > 1 && !comparesModels(model.sides);
  model.setSides(
    model.sides.map((each, at) => (at === index || isForAll ? underModel(each, reference) : each)),
  );
}

async function reveal(index: number, span: TextSpan, model: PanelModel): Promise<void> {
  const passage = model.sides[index]?.passage;
  const place = passage && inDocument(passage, span);
  if (passage === undefined || place === undefined) return;
  const editor = await showDocument(passage.document);
  if (editor === undefined) return;
  const range = rangeOf(editor.document, place);
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The same text from its start; the model's own task, whatever the last one's was. */
function underModel(side: PanelSide, model: string): PanelSide {
  const { text, question, target } = side.source;
  const pair = question === undefined ? {} : { question };
  const output = target === undefined ? {} : { target };
  return { ...side, source: { model, text, ...pair, ...output, window: 0, generate: 0 } };
}

function scopeOf({ passage }: PanelSide): vscode.Uri | undefined {
  return passage === undefined ? undefined : vscode.Uri.parse(passage.document.uri, true);
}
