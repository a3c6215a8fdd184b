import { LoupeError } from '../../shared/errors.ts';
import type { RowOutput, RowOutputs, Window } from '../../core/text/window.ts';
import type { GraphValue, InputTensor, OutputTensor } from './laneProtocol.ts';

type Fill = (row: Window, at: number) => number;

/** What Loupe can feed a graph, by the input's name: the three that BERT-like encoders have. */
const fills: Readonly<Record<string, Fill>> = {
  input_ids: (row, at) => row.ids[at] ?? 0,
  attention_mask: () => 1,
  token_type_ids: (row, at) => row.typeIds[at] ?? 0,
};

/**
 * Throws `model-load-failed` when the graph wants an input that Loupe does not know, or of a type that it cannot make.
 * @param model how to name the model in the error
 */
export function checkInputs(inputs: readonly GraphValue[], model: string): void {
  for (const { name, type } of inputs) {
    const known = Object.keys(fills).join(', ');
    if (!Object.hasOwn(fills, name))
      throw new LoupeError('model-load-failed', {
        model,
        reason: `its graph wants an input "${name}"; Loupe can give it ${known}.`,
      });
    if (type !== 'int64' && type !== 'int32')
      throw new LoupeError('model-load-failed', {
        model,
        reason: `its graph wants the input "${name}" as ${type}; Loupe can give it int64 or int32.`,
      });
  }
}

/**
 * Rows as the graph's input tensors [rows, longest], padded on the right with zeros. The attention mask is 0 there, so
 * which token id the padding has makes no difference.
 */
export function packRows(rows: readonly Window[], inputs: readonly GraphValue[]): readonly InputTensor[] {
  const longest = Math.max(...rows.map((row) => row.ids.length));
  return inputs.map(({ name, type }) => {
    const fill = fills[name];
    if (!fill) throw new LoupeError('internal', { reason: `no input ${name}` });
    const dims = [rows.length, longest] as const;
    return type === 'int32'
      ? { name, data: packInt32(rows, longest, fill), dims }
      : { name, data: packInt64(rows, longest, fill), dims };
  });
}

function packInt64(rows: readonly Window[], longest: number, fill: Fill): BigInt64Array<ArrayBuffer> {
  const data = new BigInt64Array(rows.length * longest);
  rows.forEach((row, r) => {
    for (let t = 0; t < row.ids.length; t++) data[r * longest + t] = BigInt(fill(row, t));
  });
  return data;
}

function packInt32(rows: readonly Window[], longest: number, fill: Fill): Int32Array<ArrayBuffer> {
  const data = new Int32Array(rows.length * longest);
  rows.forEach((row, r) => {
    for (let t = 0; t < row.ids.length; t++) data[r * longest + t] = fill(row, t);
  });
  return data;
}

/**
 * One batch's outputs, cut into rows: the batch dimension goes and, where the second dimension counts tokens, so does
 * the padding. Rows are views on the batch's memory, not copies.
 * @param perToken whether the outputs' second dimension counts tokens; the shape alone cannot tell: [2, 5] may be two
 *   rows of five tokens or of five labels
 */
export function splitRows(
  rows: readonly Window[],
  outputs: readonly OutputTensor[],
  perToken: boolean,
): readonly RowOutputs[] {
  return rows.map((row, r) =>
    Object.fromEntries(
      outputs.map((output) => [output.name, cutRow(output, r, perToken ? row.ids.length : undefined)]),
    ),
  );
}

function cutRow(output: OutputTensor, row: number, tokens: number | undefined): RowOutput {
  const [rows = 1, ...dims] = output.dims;
  const size = output.data.length / rows;
  const [padded = 1, ...inner] = dims;
  if (tokens === undefined) return { data: output.data.subarray(row * size, (row + 1) * size), dims };
  const used = (size / padded) * tokens;
  return { data: output.data.subarray(row * size, row * size + used), dims: [tokens, ...inner] };
}
