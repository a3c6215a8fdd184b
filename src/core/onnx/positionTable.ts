import { dirname } from 'node:path';
import { dataFlowOf, integerOf, type DataFlow } from './dataFlow.ts';
import { modelFrom, type NodeProto } from './graph.ts';
import { onModelFile } from './modelError.ts';
import { readOutline } from './outline.ts';
import { positionValuesOf } from './positions.ts';
import type { TensorProto } from './tensor.ts';
import { readTensorValues } from './tensorValues.ts';

/** A model's table of position embeddings, row-major [positions, width]. */
export interface PositionTable {
  /** The initializer. */
  readonly name: string;
  readonly positions: number;
  readonly width: number;
  readonly values: Float32Array;
}

/**
 * The embeddings of positions that a model adds to those of its tokens, learned or fixed: a table that is looked up (or
 * cut) by positions, as wide as the table that is looked up by tokens. fp32, fp16, bf16, and 8 bits with scales. Of the
 * file only the graph and these bytes are read. Undefined where the model has none (rotary or relative positions).
 *
 * Throws LoupeError `model-file-invalid`.
 */
export function readPositionTable(file: string): Promise<PositionTable | undefined> {
  return onModelFile(file, async () => {
    const flow = dataFlowOf(modelFrom(await readOutline(file)).graph);
    const table = choose(tablesOf(flow));
    const [positions = 0, width = 0] = table?.tensor.dims ?? [];
    const values = table && (await valuesOf(table, flow, dirname(file)));
    return table && values && { name: table.tensor.name ?? '', positions, width, values };
  });
}

/** A table with the node that makes numbers of its bytes, where there is one. */
interface Table {
  readonly tensor: TensorProto;
  readonly dequantize: NodeProto | undefined;
}

interface Lookup extends Table {
  readonly isByPosition: boolean;
  readonly isByToken: boolean;
}

function tablesOf(flow: DataFlow): readonly Lookup[] {
  const isPosition = positionValuesOf(flow);
  return flow.nodes.flatMap((node) => {
    const [data = '', indices = ''] = node.inputs;
    const isCut = node.opType === 'Slice';
    if (!isCut && (node.opType !== 'Gather' || integerOf(node, 'axis', 0) !== 0)) return [];
    const table = tableBehind(data, flow);
    if (table?.tensor.dims.length !== 2) return [];
    const behind = flow.consumers(node.outputs[0] ?? '').find(({ opType }) => opType === 'DequantizeLinear');
    const isByPosition = isCut || isPosition(indices);
    return [
      {
        tensor: table.tensor,
        dequantize: table.dequantize ?? behind,
        isByPosition,
        isByToken: !isByPosition && flow.sources(indices) !== 0n,
      },
    ];
  });
}

function tableBehind(value: string, flow: DataFlow): Table | undefined {
  const tensor = flow.constant(value);
  if (tensor !== undefined)
    return { tensor: { ...tensor, name: tensor.name || value }, dequantize: undefined };
  const maker = flow.producer(value);
  if (maker?.opType === 'Cast' || maker?.opType === 'Identity')
    return tableBehind(maker.inputs[0] ?? '', flow);
  if (maker?.opType !== 'DequantizeLinear') return undefined;
  const inner = flow.constant(maker.inputs[0] ?? '');
  return inner && { tensor: inner, dequantize: maker };
}

/** As wide as a table of tokens; of several the one whose name says so, then the longest (a short one is of segments). */
function choose(lookups: readonly Lookup[]): Table | undefined {
  const widths = new Set(lookups.filter(({ isByToken }) => isByToken).map(({ tensor }) => tensor.dims[1]));
  const fitting = lookups.filter(({ isByPosition, tensor }) => isByPosition && widths.has(tensor.dims[1]));
  const rank = ({ tensor }: Lookup): number =>
    (/pos|wpe/i.test(tensor.name ?? '') ? 2 ** 40 : 0) + (tensor.dims[0] ?? 0);
  return [...fitting].sort((one, other) => rank(other) - rank(one))[0];
}

/** (value - zero point) * scale, with one scale for all, for each row, or for each column. */
async function valuesOf(
  { tensor, dequantize }: Table,
  flow: DataFlow,
  folder: string,
): Promise<Float32Array | undefined> {
  const values = await readTensorValues(tensor, folder);
  if (dequantize === undefined || values === undefined) return values;
  const fixed = async (index: number): Promise<Float32Array | undefined> => {
    const constant = flow.constant(dequantize.inputs[index] ?? '');
    return constant && (await readTensorValues(constant, folder));
  };
  const scales = await fixed(1);
  const zeros = await fixed(2);
  if (scales === undefined) return undefined;
  const width = tensor.dims[1] ?? 1;
  const isByRow = integerOf(dequantize, 'axis', 1) === 0;
  return values.map((value, index) => {
    const at = scales.length === 1 ? 0 : isByRow ? Math.floor(index / width) : index % width;
    return (value - (zeros?.[at] ?? 0)) * (scales[at] ?? Number.NaN);
  });
}
