import { LoupeError } from '../../../shared/errors.ts';
import type { GraphValueInfo } from '../../onnx/attentionGraph.ts';
import type { GraphTensor, GraphTensors } from './graph.ts';

/** Rows of equal length for one graph: no padding is ever needed. */
export interface GraphRows {
  /** What `input_ids` gets. */
  readonly ids: readonly Int32Array[];
  readonly typeIds: readonly Uint8Array[] | undefined;
  /** What `decoder_input_ids` gets, in graphs that hold encoder and decoder. */
  readonly target: readonly Int32Array[] | undefined;
  /** The encoder's output [rows, tokens, width], for a decoder's graph. */
  readonly encoded: GraphTensor | undefined;
  /** Keys and values of the tokens before these, by input name; their number. */
  readonly past: { readonly length: number; readonly tensors: GraphTensors } | undefined;
}

export interface FeedContext {
  /** How errors name the model. */
  readonly model: string;
  /** Sizes of an attention head's cache where the graph does not say: from config.json. */
  readonly cacheHeads: number | undefined;
  readonly cacheWidth: number | undefined;
}

type Make = (info: GraphValueInfo, rows: GraphRows, context: FeedContext) => GraphTensor;

/** How each input is filled that graphs of text transformers have. The cache is told by its prefix. */
const makers: Readonly<Record<string, Make>> = {
  input_ids: ({ type }, { ids }) => tokens(type, ids, (row, t) => row[t] ?? 0),
  token_type_ids: ({ type }, { ids, typeIds }) => tokens(type, ids, (_, t, r) => typeIds?.[r]?.[t] ?? 0),
  attention_mask: ({ type }, { ids, past }) => ones(type, ids.length, lengthOf(ids) + (past?.length ?? 0)),
  position_ids: ({ type }, { ids, past }) => tokens(type, ids, (_, t) => t + (past?.length ?? 0)),
  cache_position: ({ type }, { ids, past }) =>
    integers(type, [lengthOf(ids)], (t) => t + (past?.length ?? 0)),
  decoder_input_ids: ({ type }, { target = [] }) => tokens(type, target, (row, t) => row[t] ?? 0),
  decoder_attention_mask: ({ type }, { target = [] }) => ones(type, target.length, lengthOf(target)),
  encoder_hidden_states: (info, { encoded }, { model }) => encoded ?? noInput(info, model),
  encoder_attention_mask: (info, { encoded }, { model }) =>
    encoded ? ones(info.type, encoded.dims[0] ?? 0, encoded.dims[1] ?? 0) : noInput(info, model),
  use_cache_branch: (_, { past }) => ({ type: 'bool', dims: [1], data: Uint8Array.of(past ? 1 : 0) }),
  // 0: logits of all tokens.
  num_logits_to_keep: ({ type, dims }) => integers(type, dims.length === 0 ? [] : [1], () => 0),
};

/**
 * Input tensors of a graph. Throws `model-load-failed` for an input that Loupe cannot make.
 */
export function makeFeeds(
  inputs: readonly GraphValueInfo[],
  rows: GraphRows,
  context: FeedContext,
): GraphTensors {
  return Object.fromEntries(
    inputs.map((info) => {
      const { name } = info;
      if (name.startsWith('past_key_values.'))
        return [name, rows.past?.tensors[name] ?? emptyCache(info, rows, context)];
      const make = Object.hasOwn(makers, name) ? makers[name] : undefined;
      return [name, make ? make(info, rows, context) : noInput(info, context.model)];
    }),
  );
}

function noInput({ name, type }: GraphValueInfo, model: string): never {
  throw new LoupeError('model-load-failed', {
    model,
    reason: `its graph wants an input "${name}" (${type}), which Loupe cannot give.`,
  });
}

function lengthOf(rows: readonly Int32Array[]): number {
  return rows[0]?.length ?? 0;
}

function tokens(
  type: string,
  rows: readonly Int32Array[],
  value: (row: Int32Array, token: number, index: number) => number,
): GraphTensor {
  const length = lengthOf(rows);
  return integers(type, [rows.length, length], (i) => {
    const r = Math.floor(i / length);
    return value(rows[r] ?? new Int32Array(0), i % length, r);
  });
}

function ones(type: string, rows: number, length: number): GraphTensor {
  return integers(type, [rows, length], () => 1);
}

/** Most graphs take int64; some int32, and some exports want the mask as bool or float. */
function integers(type: string, dims: readonly number[], value: (index: number) => number): GraphTensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const fill = <A extends { [index: number]: number }>(array: A): A => {
    for (let i = 0; i < size; i++) array[i] = value(i);
    return array;
  };
  switch (type) {
    case 'int32':
      return { type, dims, data: fill(new Int32Array(size)) };
    case 'bool':
      return { type, dims, data: fill(new Uint8Array(size)) };
    case 'float':
    case 'float32':
      return { type: 'float32', dims, data: fill(new Float32Array(size)) };
    default: {
      const data = new BigInt64Array(size);
      for (let i = 0; i < size; i++) data[i] = BigInt(value(i));
      return { type: 'int64', dims, data };
    }
  }
}

/** A cache of no tokens: [rows, heads, 0, width]. */
function emptyCache(
  { name, type, dims }: GraphValueInfo,
  rows: GraphRows,
  context: FeedContext,
): GraphTensor {
  const heads = typeof dims[1] === 'number' ? dims[1] : context.cacheHeads;
  const width = typeof dims[3] === 'number' ? dims[3] : context.cacheWidth;
  if (dims.length !== 4 || heads === undefined || width === undefined)
    throw new LoupeError('model-load-failed', {
      model: context.model,
      reason: `the size of its input "${name}" is neither in the graph nor in config.json.`,
    });
  const isHalf = type === 'float16';
  return {
    type: isHalf ? 'float16' : 'float32',
    dims: [rows.ids.length, heads, 0, width],
    data: isHalf ? new Uint16Array(0) : new Float32Array(0),
  };
}
