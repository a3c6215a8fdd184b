import { stackNames } from '../../shared/attentionProtocol.ts';
import type { AttentionEdit, AttentionLayer } from './attentionGraph.ts';
import { integerAttribute, integersAttribute } from './attribute.ts';
import { elementTypes } from './elementTypes.ts';
import type { GraphEdit } from './graphEdit.ts';
import { nodeName, operatorName } from './site.ts';
import type { PlacedSite } from './stacks.ts';
import { rawTensor } from './tensor.ts';
import { tensorValueInfo } from './valueInfo.ts';

const anyFour = ['', '', '', ''] as const;

/** Makes the edit at every site and says what came of each. */
export function tapSites(
  edit: GraphEdit,
  placed: readonly PlacedSite[],
  wanted: AttentionEdit,
): readonly AttentionLayer[] {
  if (wanted.kind === 'gates') addGates(edit, placed);
  return placed.map(({ site, stack, layer }) => {
    const { node, heads } = site;
    const named = { stack, layer, heads, node: nodeName(node), operator: operatorName(node) };
    switch (wanted.kind) {
      case 'gates':
        return { ...named, output: '', scales: undefined };
      case 'exact': {
        const output = site.probabilities(edit);
        edit.addOutput(tensorValueInfo(output, elementTypes.float, anyFour));
        return { ...named, output, scales: undefined };
      }
      case 'bytes': {
        const weights = pooled(edit, site.probabilities(edit), wanted.pooling);
        return { ...named, ...addBytes(edit, weights, `loupe.attention.${stack}.${layer}`) };
      }
    }
  });
}

/** Means over pooling x pooling cells; cells at the edge average what there is. */
function pooled(edit: GraphEdit, weights: string, pooling: number): string {
  if (pooling <= 1) return weights;
  const sides = [pooling, pooling];
  return edit.add(
    'AveragePool',
    [weights],
    [
      integersAttribute('kernel_shape', sides),
      integersAttribute('strides', sides),
      integerAttribute('ceil_mode', 1),
      integerAttribute('count_include_pad', 0),
    ],
  );
}

/**
 * Cells as bytes, 255 standing for the row's largest weight. A row without any weight has the scale 0, one that holds NaN
 * the scale NaN; both have cells 0.
 */
function addBytes(edit: GraphEdit, weights: string, name: string): { output: string; scales: string } {
  const scales = edit.rowMaximum(weights, `${name}.scales`);
  const isPositive = edit.add('Greater', [scales, edit.scalar(0)]);
  const divisor = edit.add('Where', [isPositive, scales, edit.scalar(1)]);
  const shares = edit.add('Div', [weights, divisor]);
  const zero = edit.constant(rawTensor(elementTypes.uint8, [], Uint8Array.of(0)));
  const output = edit.add('QuantizeLinear', [shares, edit.scalar(1 / 255), zero], [], name);
  edit.addOutput(tensorValueInfo(output, elementTypes.uint8, anyFour));
  edit.addOutput(tensorValueInfo(scales, elementTypes.float, ['', '', '', 1]));
  return { output, scales };
}

/** One input per stack, [batch, layers, heads]; a layer with fewer heads than others reads the first of them. */
function addGates(edit: GraphEdit, placed: readonly PlacedSite[]): void {
  for (const stack of stackNames) {
    const here = placed.filter((one) => one.stack === stack);
    if (here.length === 0) continue;
    const heads = here.map(({ site }) => site.heads ?? -1);
    const most = Math.max(...heads);
    const isEven = heads.every((count) => count === most);
    const input = `loupe.gates.${stack}`;
    edit.addInput(
      tensorValueInfo(input, elementTypes.float, ['', here.length, most > 0 && isEven ? most : '']),
    );
    here.forEach(({ site, layer }, index) => {
      const own = edit.slice(input, 1, layer, layer + 1);
      const count = heads[index] ?? -1;
      const some = isEven || count < 0 ? own : edit.slice(own, 2, 0, count);
      site.gate(edit, edit.unsqueeze(edit.squeeze(some, [1]), [2, 3]));
    });
  }
}
