import { captureExact } from '../../../core/attention/capture/exact.ts';
import { exportAttention } from '../../../core/attention/export/exportAttention.ts';
import type { FigureInput } from '../../../core/attention/export/figureInput.ts';
import type { TextTokenizer } from '../../../core/text/textTokenizer.ts';
import type { AttentionSource, StackName } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { Answers } from './answers.ts';
import type { Captures } from './captures.ts';
import type { ModelSessions } from './modelSessions.ts';
import type { QueryContext } from './queryContext.ts';
import type { AttentionThreadData } from './threadProtocol.ts';

export interface ExportParts {
  readonly data: AttentionThreadData;
  readonly sessions: ModelSessions;
  readonly captures: Captures;
  readonly tokenizer: TextTokenizer;
  readonly answers: Pick<Answers, 'overview' | 'summaries'>;
}

/** Writes what is seen to a file; see `exportAttention`. */
export function exportAnswers(parts: ExportParts): Pick<Answers, 'export'> {
  const { data, captures, answers } = parts;
  return {
    async export(source, params, context) {
      const input: FigureInput = {
        overview: await answers.overview(source, {}, context),
        source,
        layer: (stack, layer) => {
          giveUpWhenAborted(context);
          return captures.layer(source, stack, layer, context);
        },
        exact: exactLayers(parts, source, context),
        // Only the viewer shows them, and they take a while.
        ...(params.format === 'html' && { summaries: await answers.summaries(source, {}, context) }),
        assets: data.assets,
        signal: context.signal,
      };
      return exportAttention(input, params);
    },
  };
}

/**
 * Gives exact layers one after the other. A run gives as many as the budget for maps allows, and those that were not
 * asked for yet are kept until then.
 */
function exactLayers(
  { data, sessions, captures, tokenizer }: ExportParts,
  source: AttentionSource,
  context: QueryContext,
): FigureInput['exact'] {
  let kept: { readonly stack: StackName; readonly layers: ReadonlyMap<number, Float32Array> } | undefined;
  return async (stack, layer) => {
    giveUpWhenAborted(context);
    const there = kept?.stack === stack ? kept.layers.get(layer) : undefined;
    if (there) return there;
    kept = undefined;
    const held = await captures.of(source, context);
    const { encoded, generated, isFrugal, stacks, source: tokens, target } = held;
    const maps = stacks.find(({ name }) => name === stack);
    const side = (axis: 'source' | 'target'): number =>
      (axis === 'target' && target ? target : tokens).ids.length;
    const sizeOf = (own: number): number =>
      maps ? (maps.layers[own]?.heads ?? 0) * side(maps.queries) * side(maps.keys) : 0;
    const model = await sessions.describe();
    const request = { model, tokenizer, source, encoded, generated };
    const layers = await sessions.use({ kind: 'exact', isFrugal }, ({ graphs }) =>
      captureExact({ ...request, graphs }, stack, layer, sizeOf, data.mapBudget),
    );
    kept = { stack, layers };
    const own = layers.get(layer);
    if (!own) throw new LoupeError('internal', { reason: `layer ${layer} was not run` });
    return own;
  };
}

function giveUpWhenAborted({ signal }: QueryContext): void {
  if (signal.aborted) throw new LoupeError('cancelled');
}
