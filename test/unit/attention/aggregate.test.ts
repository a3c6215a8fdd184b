import assert from 'node:assert/strict';
import { meanOf } from '../../../src/core/attention/aggregate/aggregate.ts';
import { flowOf } from '../../../src/core/attention/aggregate/flow.ts';
import { FlowNetwork } from '../../../src/core/attention/aggregate/flowNetwork.ts';
import { rolloutOf } from '../../../src/core/attention/aggregate/rollout.ts';
import type { AttentionMap } from '../../../src/shared/attentionProtocol.ts';
import { layerOf, randomMaps, randomNumbers, stackOf, type RandomMaps } from './maps.ts';

type Matrix = readonly (readonly number[])[];
const weightsOf = ({ cells, scales, rows, columns }: AttentionMap): number[][] =>
  Array.from({ length: rows }, (_, row) =>
    Array.from(cells.subarray(row * columns, (row + 1) * columns), (byte) => (byte / 255) * scales[row]!),
  );
const meanOfHeads = (heads: readonly Matrix[]): number[][] =>
  heads[0]!.map((row, query) =>
    row.map((_, key) => heads.reduce((sum, head) => sum + head[query]![key]!, 0) / heads.length),
  );
const withResidual = (matrix: Matrix): number[][] =>
  matrix.map((row, query) => row.map((weight, key) => weight / 2 + (query === key ? 0.5 : 0)));
const times = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) =>
    b[0]!.map((_, column) => row.reduce((sum, weight, inner) => sum + weight * b[inner]![column]!, 0)),
  );
const layersWithResidual = ({ exact }: RandomMaps): number[][][] =>
  exact.map((heads) => withResidual(meanOfHeads(heads)));

function assertNear(actual: Matrix, expected: Matrix, tolerance: number): void {
  for (const [row, weights] of expected.entries())
    for (const [column, weight] of weights.entries())
      assert.ok(
        Math.abs(actual[row]![column]! - weight) <= tolerance,
        `[${row}, ${column}]: ${actual[row]![column]}, expected ${weight}`,
      );
}

/** Maximum flow by augmenting along any path (Ford & Fulkerson), depth first; weights as they are. */
function slowFlow(layers: readonly Matrix[], from: number, to: number): number {
  const tokens = layers[0]!.length;
  const node = (level: number, token: number): string => `${level}/${token}`;
  const room = new Map<string, Map<string, number>>();
  const add = (a: string, b: string, amount: number): void => {
    const edges = room.get(a) ?? new Map<string, number>();
    room.set(a, edges.set(b, (edges.get(b) ?? 0) + amount));
  };
  for (const [level, matrix] of layers.entries())
    for (let query = 0; query < tokens; query++)
      for (let key = 0; key < tokens; key++)
        add(node(level + 1, query), node(level, key), matrix[query]![key]!);
  const sink = node(0, to);
  const push = (at: string, amount: number, seen: Set<string>): number => {
    if (at === sink) return amount;
    seen.add(at);
    for (const [next, left] of room.get(at) ?? []) {
      if (left < 1e-9 || seen.has(next)) continue;
      const pushed = push(next, Math.min(amount, left), seen);
      if (pushed === 0) continue;
      add(at, next, -pushed);
      add(next, at, pushed);
      return pushed;
    }
    return 0;
  };
  let total = 0;
  for (;;) {
    const pushed = push(node(layers.length, from), Infinity, new Set());
    if (pushed === 0) return total;
    total += pushed;
  }
}

describe('the mean over heads', () => {
  it('is that of one layer or of all, each head counting once', () => {
    const { stack, exact } = randomMaps({ queries: 40, heads: [2, 4], sharpness: 9 });
    assertNear(weightsOf(meanOf(stack, 1, 'm')), meanOfHeads(exact[1]!), 0.003);
    assertNear(weightsOf(meanOf(stack, undefined, 'm')), meanOfHeads(exact.flat()), 0.003);
    assert.throws(() => meanOf(stack, 2, 'bert'), {
      code: 'attention-place-missing',
      details: { model: 'bert', what: 'layer', index: 2, last: 1 },
    });
  });

  it('leaves NaN rows out, and is NaN where every head is', () => {
    const { stack, exact } = randomMaps({
      queries: 6,
      heads: [2],
      nan: [
        [0, 0, 1],
        [0, 0, 2],
        [0, 1, 2],
      ],
    });
    const map = meanOf(stack, 0, 'm');
    assertNear([weightsOf(map)[1]!], [exact[0]![1]![1]!], 0.002);
    assert.deepEqual(Array.from(map.scales, Number.isNaN), [false, false, true, false, false, false]);
  });

  it('never looks ahead in a decoder', () => {
    const { cells } = meanOf(randomMaps({ name: 'decoder', queries: 12 }).stack, undefined, 'm');
    for (let query = 0; query < 12; query++)
      assert.ok(cells.subarray(query * 12 + query + 1, (query + 1) * 12).every((byte) => byte === 0));
  });
});

describe('attention rollout', () => {
  for (const [name, queries] of [
    ['encoder', 33],
    ['encoder', 34],
    ['decoder', 35],
    ['decoder', 36],
    ['encoder', 1],
  ] as const)
    it(`is the product over layers of (A + I) / 2: ${name}, ${queries} tokens`, () => {
      const maps = randomMaps({ name, queries, heads: [2, 3, 2, 4], sharpness: 8 });
      const rollout = weightsOf(rolloutOf(maps.stack));
      const [first, ...rest] = layersWithResidual(maps);
      assertNear(
        rollout,
        rest.reduce((product, layer) => times(layer, product), first!),
        0.003,
      );
      for (const row of rollout) assert.ok(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1) < 0.05);
    });

  it('of a row that is NaN in all heads keeps that token to itself, and leaves its own row unknown', () => {
    const { stack } = randomMaps({ queries: 5, heads: [1, 1], nan: [[0, 0, 2]] });
    assert.deepEqual(Array.from(rolloutOf(stack).scales, Number.isNaN), [false, false, true, false, false]);
  });
});

describe('attention flow', () => {
  for (const name of ['encoder', 'decoder'] as const)
    it(`is the maximum flow through the layers, as by the slowest method: ${name}`, async () => {
      for (let seed = 1; seed <= 6; seed++) {
        const maps = randomMaps({ name, queries: 7, heads: [1, 2, 1], sharpness: 10, seed });
        const [flows] = weightsOf(await flowOf(maps.stack, 5, 'm'));
        const layers = layersWithResidual(maps);
        for (let input = 0; input < 7; input++)
          assert.ok(
            Math.abs(flows![input]! - slowFlow(layers, 5, input)) < 0.01,
            `seed ${seed}, input ${input}`,
          );
      }
    });

  it('takes back what it sent where another way carries more', () => {
    const random = randomNumbers(3);
    for (let round = 0; round < 40; round++) {
      const layers = Array.from({ length: 4 }, () =>
        Array.from({ length: 5 }, () =>
          Array.from({ length: 5 }, () => (random() < 0.5 ? 0 : Math.round(random() * 8) / 8)),
        ),
      );
      const network = new FlowNetwork(
        5,
        layers.map((layer) => Float32Array.from(layer.flat())),
      );
      assert.ok(Math.abs(network.maximum(0, 4) - slowFlow(layers, 0, 4)) < 1e-6);
    }
  });

  it('through one layer is that layer, and never more than a token is looked at in all', async () => {
    const maps = randomMaps({ queries: 9, heads: [2] });
    assertNear(weightsOf(await flowOf(maps.stack, 4, 'm')), [layersWithResidual(maps)[0]![4]!], 0.003);
    const deep = randomMaps({ queries: 9, heads: [2, 2, 2] });
    const lowest = layersWithResidual(deep)[0]!;
    for (const [input, flow] of weightsOf(await flowOf(deep.stack, 4, 'm'))[0]!.entries())
      assert.ok(
        flow <=
          Math.min(
            1,
            lowest.reduce((sum, row) => sum + row[input]!, 0),
          ) +
            0.01,
      );
  });

  it('says for how many tokens it can be worked out, and stops when told to', async () => {
    const { stack } = randomMaps({ queries: 12, heads: [1] });
    await assert.rejects(flowOf(stack, 0, 'm', { limit: 11 }), {
      code: 'attention-flow-too-long',
      details: { limit: 11, tokens: 12 },
    });
    await assert.rejects(flowOf(stack, 12, 'm'), { code: 'attention-place-missing' });
    const stop = new AbortController();
    const flow = flowOf(stack, 0, 'm', { signal: stop.signal });
    stop.abort();
    await assert.rejects(flow, { name: 'AbortError' });
    const pooled = stackOf([layerOf([[[1]]])], 'encoder', 512);
    await assert.rejects(flowOf(pooled, 0, 'm'), { code: 'attention-flow-too-long' });
  });
});
