import assert from 'node:assert/strict';
import { nanRowsOf, summariesOf } from '../../../src/core/attention/summaries.ts';
import type { StackName } from '../../../src/shared/attentionProtocol.ts';
import { layerOf, randomMaps, stackOf, tokensOf } from './maps.ts';

const words = (count: number): string[] => Array.from({ length: count }, (_, token) => `t${token}`);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const near = (actual: number, expected: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`);

/** By definition, of weights as they were before they became bytes. */
function naive(rows: readonly (readonly number[])[], name: StackName): Record<string, number> {
  const used = rows.map((row, query) => ({ row, query })).filter(({ row }) => !Number.isNaN(row[0]));
  const entropies = used.map(({ row }) => -row.reduce((sum, p) => sum + (p > 0 ? p * Math.log2(p) : 0), 0));
  const most = used.map(({ row, query }) => Math.log2(name === 'decoder' ? query + 1 : row.length));
  const share = (at: (query: number) => number): number =>
    mean(used.map(({ row, query }) => row[at(query)] ?? 0));
  return {
    entropy: mean(entropies),
    relativeEntropy: mean(entropies) / mean(most),
    distance: mean(
      used.map(({ row, query }) => row.reduce((sum, p, key) => sum + p * Math.abs(query - key), 0)),
    ),
    first: share(() => 0),
    separator: share(() => rows[0]!.length - 1),
    diagonal: share((query) => query),
    previous: share((query) => query - 1),
    next: share((query) => query + 1),
  };
}

describe('summaries of heads', () => {
  for (const name of ['encoder', 'decoder'] as const)
    for (const sharpness of [0.5, 4, 12])
      it(`are what their definitions say of the exact weights: ${name}, sharpness ${sharpness}`, () => {
        const { stack, exact } = randomMaps({
          name,
          queries: 61,
          heads: [2, 3],
          sharpness,
          nan: [[1, 2, 7]],
        });
        const summaries = summariesOf(stack, tokensOf(words(61)));
        assert.deepEqual(
          summaries.map(({ stack: of, layer, head }) => [of, layer, head]),
          [
            [name, 0, 0],
            [name, 0, 1],
            [name, 1, 0],
            [name, 1, 1],
            [name, 1, 2],
          ],
        );
        for (const { layer, head, shares, ...measures } of summaries) {
          const expected = naive(exact[layer]![head]!, name);
          near(measures.entropy, expected['entropy']!, 0.02, 'entropy');
          near(measures.relativeEntropy, expected['relativeEntropy']!, 0.005, 'relative entropy');
          near(measures.distance, expected['distance']!, 0.2, 'distance');
          for (const [pattern, share] of Object.entries(shares))
            near(share, expected[pattern]!, 2 / 255, pattern);
        }
      });

  it('keep the entropy of many small weights beside one large one, which bytes alone would lose', () => {
    const row = Array.from({ length: 500 }, (_, key) => (key === 499 ? 0.9 : 0.1 / 499));
    const layer = layerOf([Array.from({ length: 500 }, () => row)]);
    assert.equal(
      layer.cells.filter((byte) => byte > 0).length,
      500,
      'all but the large weight are kept as 0',
    );
    const [head] = summariesOf(stackOf([layer]), tokensOf(words(500)));
    near(head!.entropy, naive([row], 'encoder')['entropy']!, 0.001, 'entropy');
  });

  const one = (at: (query: number) => number, name: StackName = 'encoder') => {
    const rows = Array.from({ length: 8 }, (_, query) =>
      Array.from({ length: 8 }, (_, key) => (key === at(query) ? 1 : 0)),
    );
    return summariesOf(stackOf([layerOf([rows])], name), tokensOf(words(8)))[0]!;
  };

  it('name heads after what they follow', () => {
    assert.equal(one(() => 0).pattern, 'first');
    assert.equal(one(() => 7).pattern, 'separator');
    assert.equal(one((query) => query).pattern, 'diagonal');
    assert.equal(one((query) => Math.max(0, query - 1)).pattern, 'previous');
    assert.equal(one((query) => Math.min(7, query + 1)).pattern, 'next');
    assert.equal(one((query) => (query + 4) % 8).pattern, undefined);
    assert.equal(one((query) => query).entropy, 0);
    assert.equal(one((query) => (query + 4) % 8).distance, 4);
  });

  it('say nothing about positions of cross-attention, whose positions belong to two texts', () => {
    const { distance, shares } = one((query) => query, 'cross');
    assert.ok([distance, shares.diagonal, shares.previous, shares.next].every(Number.isNaN));
    assert.equal(shares.first, 1 / 8);
  });

  it('leave NaN rows out and count them; a head of NaN rows only has no measures and no pattern', () => {
    const nan = Array.from({ length: 5 }, (_, query) => [0, 0, query] as const);
    const { stack } = randomMaps({ queries: 5, heads: [2], nan: [...nan, [0, 1, 3]] });
    assert.deepEqual(nanRowsOf(stack), [
      { layer: 0, head: 0, rows: 5 },
      { layer: 0, head: 1, rows: 1 },
    ]);
    const [all, some] = summariesOf(stack, tokensOf(words(5)));
    assert.ok(Number.isNaN(all!.entropy) && Number.isNaN(all!.shares.first) && all!.pattern === undefined);
    assert.ok(some!.entropy > 0);
  });

  it('take one token for what it is', () => {
    const [head] = summariesOf(stackOf([layerOf([[[1]]])]), tokensOf(['a'], []));
    assert.deepEqual(
      [head!.entropy, head!.relativeEntropy, head!.distance, head!.pattern],
      [0, 0, 0, 'first'],
    );
  });

  it('do not pretend to see single tokens in pooled maps, and bound the entropy from above', () => {
    const { exact } = randomMaps({ queries: 64, heads: [1], sharpness: 3 });
    const rows = exact[0]![0]!;
    const pooled = Array.from({ length: 16 }, (_, row) =>
      Array.from({ length: 16 }, (_, column) =>
        mean(
          rows.slice(4 * row, 4 * row + 4).map((weights) => mean(weights.slice(4 * column, 4 * column + 4))),
        ),
      ),
    );
    const [head] = summariesOf(stackOf([layerOf([pooled])], 'encoder', 4), tokensOf(words(64)));
    const expected = naive(rows, 'encoder');
    assert.ok(head!.entropy >= expected['entropy']! && head!.entropy <= 6.001);
    near(head!.distance, expected['distance']!, 1, 'distance');
    assert.ok(Object.values(head!.shares).every(Number.isNaN));
    assert.equal(head!.pattern, undefined);
  });
});
