import { attribute, attributionRuns } from '../../../core/attention/occlusion/attribution.ts';
import {
  aggregateWeights,
  attentionWeights,
  throughEncoder,
} from '../../../core/attention/occlusion/weights.ts';
import { readoutOf, rowsOf } from '../../../core/attention/capture/capture.ts';
import type { ModelGraphs } from '../../../core/attention/capture/graph.ts';
import { firstNumber } from '../../../core/attention/capture/model.ts';
import type { HeadCounts, PerturbContext, Variant } from '../../../core/attention/occlusion/perturb.ts';
import { checkHeads, runVariants } from '../../../core/attention/occlusion/perturb.ts';
import type { Readout } from '../../../core/attention/prediction/prediction.ts';
import { rolloutWeights } from '../../../core/attention/aggregate/rollout.ts';
import type { TextTokenizer } from '../../../core/text/textTokenizer.ts';
import type { RowOutputs, Window } from '../../../core/text/window.ts';
import type { AttentionSource, HeadAddress, Prediction } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import { quantizesDynamically } from '../dynamicQuantization.ts';
import type { Answers } from './answers.ts';
import type { Captures, Held } from './captures.ts';
import type { ModelSessions } from './modelSessions.ts';
import type { QueryContext } from './queryContext.ts';
import type { AttentionThreadData } from './threadProtocol.ts';

export interface ExperimentParts {
  readonly data: AttentionThreadData;
  readonly sessions: ModelSessions;
  readonly captures: Captures;
  readonly tokenizer: TextTokenizer;
}

/** A source laid out for runs with something taken away. */
interface Bench {
  readonly held: Held;
  readonly readout: Readout;
  /** The window with what the model wrote behind it. */
  readonly window: Window;
  readonly target: Int32Array | undefined;
  readonly heads: HeadCounts;
  readonly context: PerturbContext;
}

/** Queries that take words or heads away and look what becomes of the prediction. */
export function experimentAnswers(
  parts: ExperimentParts,
): Pick<Answers, 'attribution' | 'mask' | 'importance'> {
  // Read once: finding it out reads the whole file.
  let soloRows: Promise<boolean> | undefined;
  const { file } = parts.data.weights;
  const quantizes = (): Promise<boolean> =>
    (soloRows ??= quantizesDynamically(file).catch((thrown: unknown) => {
      // The next query reads it again.
      soloRows = undefined;
      throw thrown;
    }));
  const bench: Open = (source, kind, context, work) => onBench(parts, quantizes, source, kind, context, work);
  return {
    attribution: (source, { unit }, context) =>
      bench(source, 'plain', context, async (bench, total) => {
        const { held, readout, window, target } = bench;
        const row = await baseRow(bench, undefined);
        const token = readout.outputToken(row, (target ?? window.ids).length);
        const request = {
          window,
          texts: source.question === undefined ? [source.text] : [source.question, source.text],
          target,
          unit,
          substitute: await substituteOf(parts),
          base: { prediction: readout.predict(row), row },
          ...weightsOf(held, token),
        };
        total(attributionRuns(request));
        return attribute(request, bench.context);
      }),
    mask: (source, { heads: off }, context) =>
      bench(source, 'gates', context, async (bench, total) => {
        const { readout, heads } = bench;
        checkHeads(off, heads, source.model);
        total(2);
        const rows = await rowsWith(bench, [[], off]);
        const [before, after] = rows;
        if (!before || !after) throw new LoupeError('internal', { reason: 'a run gave no row' });
        const kept = readout.follow(before)(after);
        return { before: readout.predict(before), after: afterwards(readout, after, kept), kept };
      }),
    importance: (source, _, context) =>
      bench(source, 'gates', context, async (bench, total) => {
        const { readout, heads } = bench;
        const row = await baseRow(bench, heads);
        const score = readout.follow(row);
        const start = score(row);
        const all = addressesOf(heads);
        total(all.length);
        const stacks = [...heads].map(([name, counts]) => ({
          name,
          width: Math.max(...counts),
          drops: new Float32Array(counts.length * Math.max(...counts)).fill(NaN),
        }));
        const variants = all.map((head) => variantOf(bench, [head]));
        const onRow = (own: RowOutputs, index: number): void => {
          const head = all[index];
          const stack = stacks.find(({ name }) => name === head?.stack);
          if (head && stack) stack.drops[head.layer * stack.width + head.head] = start - score(own);
        };
        await runVariants(variants, bench.window.typeIds, heads, onRow, bench.context);
        return { base: readout.predict(row), stacks: stacks.map(({ name, drops }) => ({ name, drops })) };
      }),
  };
}

type Work<Result> = (bench: Bench, total: (runs: number) => void) => Promise<Result>;

type Open = <Result>(
  source: AttentionSource,
  kind: 'plain' | 'gates',
  context: QueryContext,
  work: Work<Result>,
) => Promise<Result>;

/** Sets a source up and works on it with a kind of session. Rejects with `attention-no-prediction`. */
async function onBench<Result>(
  { sessions, captures, tokenizer }: ExperimentParts,
  quantizes: () => Promise<boolean>,
  source: AttentionSource,
  kind: 'plain' | 'gates',
  { signal, onProgress }: QueryContext,
  work: Work<Result>,
): Promise<Result> {
  const held = await captures.of(source, { signal, onProgress });
  const model = await sessions.describe();
  const soloRows = await quantizes();
  const { encoded, generated } = held;
  const rows = rowsOf({ encoded, generated });
  const [ids, typeIds] = [rows.ids[0], rows.typeIds[0]];
  if (!ids || !typeIds) throw new LoupeError('internal', { reason: 'a source without a row' });
  return sessions.use({ kind, isFrugal: held.isFrugal }, ({ graphs }) => {
    const readout = readoutOrThrow(source, { model, tokenizer, encoded, graphs });
    let runs = 0;
    const onRows = (done: number): void => {
      if (runs > 0) onProgress({ kind: 'run', done, total: runs });
    };
    const context = { model, graphs, readout, soloRows, signal, onRows };
    const bench = {
      held,
      readout,
      window: { ...encoded.window, ids, typeIds, special: specialOf(encoded.window, ids.length) },
      target: rows.target?.[0],
      heads: headsOf(held),
      context,
    };
    return work(bench, (count) => void (runs = count));
  });
}

function readoutOrThrow(
  source: AttentionSource,
  request: Omit<Parameters<typeof readoutOf>[0], 'source'> & { readonly graphs: ModelGraphs },
): Readout {
  const readout = readoutOf({ ...request, source });
  if (typeof readout === 'string')
    throw new LoupeError('attention-no-prediction', { model: source.model, reason: readout });
  return readout;
}

/** Tokens that the model wrote are no part of the text: like special ones, they are not taken away. */
function specialOf(window: Window, length: number): Uint8Array {
  const special = new Uint8Array(length).fill(1);
  special.set(window.special);
  return special;
}

function headsOf({ stacks }: Held): HeadCounts {
  return new Map(stacks.map(({ name, layers }) => [name, layers.map(({ heads }) => heads)]));
}

function addressesOf(heads: HeadCounts): HeadAddress[] {
  return [...heads].flatMap(([stack, counts]) =>
    counts.flatMap((count, layer) => Array.from({ length: count }, (_, head) => ({ stack, layer, head }))),
  );
}

function variantOf({ window, target }: Bench, off: readonly HeadAddress[]): Variant {
  return { ids: window.ids, target, off };
}

/** The outputs with these heads off, one row for each set. */
async function rowsWith(bench: Bench, sets: readonly (readonly HeadAddress[])[]): Promise<RowOutputs[]> {
  const rows: RowOutputs[] = [];
  const variants = sets.map((off) => variantOf(bench, off));
  const onRow = (row: RowOutputs): void => void rows.push(row);
  await runVariants(variants, bench.window.typeIds, bench.heads, onRow, bench.context);
  return rows;
}

async function baseRow(bench: Bench, heads: HeadCounts | undefined): Promise<RowOutputs> {
  let base: RowOutputs | undefined;
  const onRow = (row: RowOutputs): void => void (base = row);
  await runVariants([variantOf(bench, [])], bench.window.typeIds, heads, onRow, bench.context);
  if (!base) throw new LoupeError('internal', { reason: 'a run gave no row' });
  return base;
}

/** Of an embedding, what is left is its cosine with the one before: by itself it predicts nothing. */
function afterwards(readout: Readout, row: RowOutputs, kept: number): Prediction {
  const after = readout.predict(row);
  return after.kind === 'embedding' ? { ...after, score: kept } : after;
}

/** What stands for a word that is taken away: the mask token, else the unknown, padding or end token. */
async function substituteOf({ tokenizer, sessions }: ExperimentParts): Promise<number> {
  const { config, endIds } = await sessions.describe();
  const [end = 0] = endIds;
  return tokenizer.maskId ?? tokenizer.unknownId ?? firstNumber(config, ['pad_token_id']) ?? end;
}

/** How attention and rollout rank the source's tokens for the prediction. */
function weightsOf(
  held: Held,
  token: number | undefined,
): { readonly attention: Float32Array; readonly rollout: Float32Array | undefined } {
  const tokens = held.source.ids.length;
  const stackOf = (name: string): Held['stacks'][number] | undefined =>
    held.stacks.find((stack) => stack.name === name);
  const [encoder, cross] = [stackOf('encoder'), stackOf('cross')];
  const top = cross ?? stackOf('decoder') ?? encoder;
  const last = top?.layers.at(-1);
  if (!top || !last) throw new LoupeError('internal', { reason: 'a capture without layers' });
  const pooled = token === undefined ? undefined : Math.floor(token / top.pooling);
  const blocks = attentionWeights(last, top, pooled);
  const attention = Float32Array.from({ length: tokens }, (_, t) => blocks[Math.floor(t / top.pooling)] ?? 0);
  if (!cross) return { attention, rollout: aggregateWeights(rolloutWeights(top), token, tokens) };
  return { attention, rollout: encoder && throughEncoder(attention, rolloutWeights(encoder)) };
}
