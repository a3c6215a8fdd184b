import { nanWarnings } from '../../../core/attention/capture/maps.ts';
import { windowSpans } from '../../../core/attention/capture/input.ts';
import { flowOf } from '../../../core/attention/aggregate/flow.ts';
import { meanOf } from '../../../core/attention/aggregate/aggregate.ts';
import type { StackMaps } from '../../../core/attention/headMaps.ts';
import { regionOf } from '../../../core/attention/region.ts';
import { rolloutOf } from '../../../core/attention/aggregate/rollout.ts';
import { summariesOf } from '../../../core/attention/summaries.ts';
import { thumbnailsOf } from '../../../core/attention/thumbnails.ts';
import { tokenWeightsOf } from '../../../core/attention/tokenWeights.ts';
import type {
  AttentionOverview,
  AttentionQueryName,
  AttentionSource,
  AttentionStack,
  HeadSummary,
  StackName,
} from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { AttentionParams, AttentionResult } from '../../../shared/attentionProtocol.ts';
import type { Captures, Held } from './captures.ts';
import type { QueryContext } from './queryContext.ts';
import type { AttentionThreadData } from './threadProtocol.ts';

export interface AnswersParts {
  readonly data: AttentionThreadData;
  readonly captures: Captures;
}

type Answer<K extends AttentionQueryName> = (
  source: AttentionSource,
  params: AttentionParams<K>,
  context: QueryContext,
) => Promise<AttentionResult<K>>;

/** Answers every query about one model's attention. */
export type Answers = { readonly [K in AttentionQueryName]: Answer<K> };

/** What is made of maps once and asked for again: goes with the maps. */
interface Derived {
  overview?: AttentionOverview;
  summaries?: readonly HeadSummary[];
}

type MapQuery = 'overview' | 'map' | 'tokenWeights' | 'aggregate' | 'summaries';

/** Queries that are answered from maps. */
export function mapAnswers(parts: AnswersParts): Pick<Answers, MapQuery> {
  const { captures, data } = parts;
  const derived = new WeakMap<Held, Derived>();
  const derivedOf = (held: Held): Derived => {
    const own = derived.get(held) ?? {};
    derived.set(held, own);
    return own;
  };
  return {
    async overview(source, _, context) {
      const wasHeld = captures.isHeld(source);
      const held = await captures.of(source, context);
      const own = derivedOf(held);
      own.overview ??= overviewOf(source, held, data);
      // The work was done for the query before: this one waited for none of it.
      return wasHeld ? { ...own.overview, ms: { edit: 0, load: 0, run: held.ms.run } } : own.overview;
    },
    async map(source, params, context) {
      const layer = await captures.layer(source, params.stack, params.layer, context);
      return regionOf(layer, params, source.model);
    },
    async tokenWeights(source, { stack, layer, token, direction }, context) {
      const maps = await captures.layer(source, stack, layer, context);
      return tokenWeightsOf(maps, token, direction, source.model);
    },
    async aggregate(source, params, context) {
      const stack = stackOf(await captures.of(source, context), params.stack, source.model);
      switch (params.kind) {
        case 'mean':
          return meanOf(stack, params.layer, source.model);
        case 'rollout':
          return rolloutOf(stack);
        case 'flow':
          return flowOf(stack, params.token, source.model, context);
      }
    },
    async summaries(source, _, context) {
      const held = await captures.of(source, context);
      const own = derivedOf(held);
      own.summaries ??= held.stacks.flatMap((stack) =>
        summariesOf(stack, stack.keys === 'target' && held.target ? held.target : held.source),
      );
      return own.summaries;
    },
  };
}

function stackOf(held: Held, name: StackName, model: string): StackMaps {
  const stack = held.stacks.find((each) => each.name === name);
  if (stack) return stack;
  // A model without this kind of attention has no layer of it.
  throw new LoupeError('attention-place-missing', { model, what: `${name} layer`, index: 0, last: -1 });
}

function overviewOf(
  source: AttentionSource,
  held: Held,
  { weights, model }: AttentionThreadData,
): AttentionOverview {
  return {
    model: {
      reference: source.model,
      architecture: model.description.architecture,
      task: source.task ?? model.description.task,
      precision: weights.precision,
      device: held.provider,
    },
    windows: windowSpans(held.encoded.windows),
    source: held.source,
    target: held.target,
    stacks: held.stacks.map(overviewStack),
    prediction: held.prediction,
    warnings: [...held.warnings, ...nanWarnings(held.stacks)],
    pooling: held.pooling,
    bytes: held.bytes,
    // A byte is rounded to the nearest: half a step away at most.
    quantisationError: 0.5 / 255,
    ms: held.ms,
  };
}

function overviewStack(stack: StackMaps): AttentionStack {
  const { rows, columns, pixels } = thumbnailsOf(stack);
  return {
    name: stack.name,
    heads: stack.layers.map(({ heads }) => heads),
    queries: stack.queries,
    keys: stack.keys,
    nodes: stack.layers.map(({ node }) => node),
    thumbnailRows: rows,
    thumbnailColumns: columns,
    thumbnails: pixels,
  };
}
