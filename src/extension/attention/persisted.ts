import { modelSuffix, type PanelSide } from './panelModel.ts';
import { isCount, isRecord } from '../base/guards.ts';
import { attentionViews, type AttentionPlace, type AttentionViewState } from '../../shared/attentionPanel.ts';
import { stackNames, type AttentionSource } from '../../shared/attentionProtocol.ts';
import { taskNames } from '../../shared/taskProtocol.ts';

export interface RestoredPanel {
  readonly sides: readonly (Omit<PanelSide, 'passage'> & { readonly place: AttentionPlace | undefined })[];
  readonly isFollowing: boolean;
  readonly view: AttentionViewState | undefined;
}

/**
 * What a panel kept of itself before the window was loaded anew, read with care: it was written to disk, maybe by
 * another version of Loupe. Undefined when it says nothing to go on with.
 */
export function readPersisted(state: unknown): RestoredPanel | undefined {
  if (!isRecord(state) || !Array.isArray(state['sides'])) return undefined;
  const documents: readonly unknown[] = Array.isArray(state['documents']) ? state['documents'] : [];
  const sides = state['sides'].slice(0, 2).flatMap((side: unknown, index) => {
    const source = isRecord(side) ? readSource(side['source']) : undefined;
    if (!isRecord(side) || source === undefined) return [];
    const label = labelIn(side['title'], source);
    return [{ source, label, place: readPlace(documents[index]) }];
  });
  if (sides.length === 0) return undefined;
  return { sides, isFollowing: state['isFollowing'] === true, view: readView(state['view']) };
}

function labelIn(title: unknown, { model }: AttentionSource): string {
  if (typeof title !== 'string') return '';
  const suffix = modelSuffix(model);
  return title.endsWith(suffix) ? title.slice(0, -suffix.length) : title;
}

function readSource(value: unknown): AttentionSource | undefined {
  if (!isRecord(value)) return undefined;
  const { model, text, question, target } = value;
  if (typeof model !== 'string' || typeof text !== 'string') return undefined;
  const task = taskNames.find((name) => name === value['task']);
  return {
    model,
    text,
    ...(task === undefined ? {} : { task }),
    ...(typeof question === 'string' ? { question } : {}),
    ...(typeof target === 'string' ? { target } : {}),
    window: isCount(value['window']) ? value['window'] : 0,
    generate: isCount(value['generate']) ? value['generate'] : 0,
  };
}

function readPlace(value: unknown): AttentionPlace | undefined {
  if (!isRecord(value) || typeof value['uri'] !== 'string' || !isCount(value['start'])) return undefined;
  return { uri: value['uri'], start: value['start'] };
}

/** The page wrote it and reads it again; only what decides which view opens is looked at here. */
function readView(value: unknown): AttentionViewState | undefined {
  const isKnown =
    isRecord(value) &&
    attentionViews.some((name) => name === value['view']) &&
    stackNames.some((name) => name === value['stack']) &&
    isCount(value['layer']) &&
    isCount(value['head']);
  return isKnown ? (value as unknown as AttentionViewState) : undefined;
}
