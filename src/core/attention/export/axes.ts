import { regionOf } from '../region.ts';
import {
  groupMap,
  groupWords,
  singleTokens,
  textsOf,
  type TokenGroup,
} from '../../../shared/attentionWords.ts';
import type {
  AttentionMap,
  AttentionStack,
  AttentionTokens,
  HeadAddress,
  StackName,
} from '../../../shared/attentionProtocol.ts';
import { checkPlace } from '../places.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { FigureInput } from './figureInput.ts';

/** One axis of a map: its tokens, or its words. */
export interface Axis {
  readonly tokens: AttentionTokens;
  readonly groups: readonly TokenGroup[];
  /** By sequence; none where the text is not known (what the model wrote). */
  readonly texts: readonly string[];
}

export interface Axes {
  readonly stack: AttentionStack;
  readonly queries: Axis;
  readonly keys: Axis;
}

/** The stack with its axes. Throws `attention-place-missing` when the model has no such stack. */
export function axesOf({ overview, source }: FigureInput, name: StackName, words: boolean): Axes {
  const stack = overview.stacks.find((candidate) => candidate.name === name);
  if (stack === undefined)
    throw new LoupeError('attention-none', {
      model: overview.model.reference,
      reason: `it has no ${name} attention`,
    });
  const axis = (side: 'source' | 'target'): Axis => {
    const tokens = side === 'source' ? overview.source : (overview.target ?? overview.source);
    const texts = side === 'source' ? textsOf(source) : source.target === undefined ? [] : [source.target];
    return { tokens, texts, groups: words ? groupWords(tokens, texts) : singleTokens(tokens) };
  };
  return { stack, queries: axis(stack.queries), keys: axis(stack.keys) };
}

/** A head's whole map over the axes' groups. Throws `attention-place-missing`. */
export async function headMap(
  input: FigureInput,
  { stack, queries, keys }: Axes,
  at: HeadAddress,
): Promise<AttentionMap> {
  const model = input.overview.model.reference;
  checkPlace(model, 'layer', at.layer, stack.heads.length);
  checkPlace(model, 'head', at.head, stack.heads[at.layer] ?? 0);
  const map = regionOf(await input.layer(at.stack, at.layer), at, model);
  const isWhole = queries.groups.length === map.rows && keys.groups.length === map.columns;
  return isWhole ? map : groupMap(map, queries.groups, keys.groups);
}

/** Position of the group that holds token `token`. Throws `attention-place-missing`. */
export function groupOfToken(input: FigureInput, axis: Axis, token: number): number {
  checkPlace(input.overview.model.reference, 'token', token, axis.tokens.pieces.length);
  return axis.groups.findIndex(({ end }) => token < end);
}
