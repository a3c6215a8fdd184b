import type { HeadAddress, StackName } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { TextSpan } from '../../../shared/textSpan.ts';
import type { GraphTensor, ModelGraphs } from '../capture/graph.ts';
import type { AttentionModel } from '../capture/model.ts';
import type { Gates, ModelRows } from '../capture/run.ts';
import { runModel } from '../capture/run.ts';
import { checkPlace } from '../places.ts';
import type { Readout } from '../prediction/prediction.ts';
import { rowOutputs } from '../prediction/prediction.ts';
import type { RowOutputs, Window } from '../../text/window.ts';

/** Tokens in one batch of runs at most: more gains nothing on a CPU, and a cancelled query waits for the batch. */
const batchTokens = 1024;

export interface PerturbContext {
  readonly model: AttentionModel;
  readonly graphs: ModelGraphs;
  readonly readout: Readout;
  /** Rows run one at a time: the model quantises activations over the whole batch. */
  readonly soloRows: boolean;
  readonly signal: AbortSignal;
  /** Called after each batch with the number of rows done. */
  readonly onRows: (rows: number) => void;
}

/** One change to the model's input or inside it. */
export interface Variant {
  readonly ids: Int32Array;
  readonly target: Int32Array | undefined;
  /** Heads that are off. */
  readonly off: readonly HeadAddress[];
}

/**
 * Runs variants of one source, all of the same lengths, in batches; `onRow` gets each one's outputs, which are views.
 * Rejects with `cancelled` between two batches, and as `runModel` does.
 * @param heads of each stack by layer, when the context's graphs are of a `gates` edit; else undefined
 */
export async function runVariants(
  variants: readonly Variant[],
  typeIds: Uint8Array,
  heads: HeadCounts | undefined,
  onRow: (row: RowOutputs, index: number) => void,
  context: PerturbContext,
): Promise<void> {
  const { model, graphs, readout, soloRows, signal, onRows } = context;
  const tokens = (variants[0]?.ids.length ?? 1) + (variants[0]?.target?.length ?? 0);
  const size = soloRows ? 1 : Math.max(1, Math.floor(batchTokens / tokens));
  for (let first = 0; first < variants.length; first += size) {
    if (signal.aborted) throw new LoupeError('cancelled');
    const batch = variants.slice(first, first + size);
    const outputs = await runModel(
      graphs,
      rowsFor(batch, typeIds, heads),
      (_, role) => (role === 'main' ? readout.outputs : []),
      model.feeds,
    );
    batch.forEach((_, row) => onRow(rowOutputs(outputs.main, readout.outputs, row), first + row));
    onRows(first + batch.length);
  }
}

function rowsFor(batch: readonly Variant[], typeIds: Uint8Array, heads: HeadCounts | undefined): ModelRows {
  const targets = batch.map(({ target }) => target).filter((target) => target !== undefined);
  return {
    ids: batch.map(({ ids }) => ids),
    typeIds: batch.map(() => typeIds),
    target: targets.length === batch.length ? targets : undefined,
    ...(heads && { gates: gatesFor(batch, heads) }),
  };
}

/** Heads of every layer, by stack. */
export type HeadCounts = ReadonlyMap<StackName, readonly number[]>;

/** Inputs of a `gates` graph, [rows, layers, largest number of heads]: 0 for the heads that are off, else 1. */
function gatesFor(batch: readonly Variant[], heads: HeadCounts): Gates {
  return new Map(
    [...heads].map(([stack, counts]): readonly [StackName, GraphTensor] => {
      const width = Math.max(...counts);
      const dims = [batch.length, counts.length, width];
      const data = new Float32Array(batch.length * counts.length * width).fill(1);
      batch.forEach(({ off }, row) => {
        for (const head of off)
          if (head.stack === stack) data[(row * counts.length + head.layer) * width + head.head] = 0;
      });
      return [stack, { type: 'float32', dims, data }];
    }),
  );
}

/** Throws `attention-place-missing` for a head that the model has not. */
export function checkHeads(off: readonly HeadAddress[], heads: HeadCounts, model: string): void {
  for (const { stack, layer, head } of off) {
    const counts = heads.get(stack) ?? [];
    checkPlace(model, `${stack} layer`, layer, counts.length);
    checkPlace(model, 'head', head, counts[layer] ?? 0);
  }
}

/** Something that can be taken from a text: a word or a token, and the tokens that it is. */
export interface Unit extends TextSpan {
  /** 0, or 1 for the second text of a pair. */
  readonly sequence: number;
  readonly tokens: readonly number[];
}

/** The words (or tokens) of a window, in order; special tokens are none. */
export function unitsOf(window: Window, unit: 'word' | 'token'): Unit[] {
  const units: { start: number; end: number; sequence: number; word: number; tokens: number[] }[] = [];
  for (let t = 0; t < window.ids.length; t++) {
    const sequence = window.sequence[t] ?? -1;
    if (window.special[t] === 1 || sequence < 0) continue;
    const start = window.offsets[2 * t] ?? 0;
    const end = window.offsets[2 * t + 1] ?? 0;
    const word = window.words[t] ?? -1;
    const last = units.at(-1);
    if (unit === 'word' && word !== -1 && last?.word === word && last.sequence === sequence) {
      last.end = Math.max(last.end, end);
      last.tokens.push(t);
    } else units.push({ start, end, sequence, word, tokens: [t] });
  }
  return units.map(({ start, end, sequence, tokens }) => ({ start, end, sequence, tokens }));
}

/** The window's ids with the tokens of some units replaced. */
export function without(ids: Int32Array, units: readonly Unit[], substitute: number): Int32Array {
  const changed = ids.slice();
  for (const { tokens } of units) for (const token of tokens) changed[token] = substitute;
  return changed;
}
