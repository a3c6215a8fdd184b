import assert from 'node:assert/strict';
import { thumbnailsOf } from '../../../src/core/attention/thumbnails.ts';
import { regionOf } from '../../../src/core/attention/region.ts';
import { tokenWeightsOf } from '../../../src/core/attention/tokenWeights.ts';
import type { AttentionMap, MapParams } from '../../../src/shared/attentionProtocol.ts';
import { randomMaps } from './maps.ts';

const weightAt = ({ cells, scales, columns }: AttentionMap, row: number, column: number): number =>
  (cells[row * columns + column]! / 255) * scales[row]!;
const ask = (more: Partial<MapParams> = {}): MapParams => ({ stack: 'encoder', layer: 0, head: 1, ...more });

describe('a part of a head', () => {
  const { stack, exact } = randomMaps({ queries: 23, keys: 31, heads: [3], nan: [[0, 1, 4]] });
  const layer = stack.layers[0]!;
  const head = exact[0]![1]!;

  it('is the weights of those tokens, within a 255th of the largest of their row', () => {
    for (const params of [
      ask(),
      ask({ firstRow: 3, rows: 9, firstColumn: 5, columns: 20 }),
      ask({ firstRow: 22, rows: 1 }),
    ]) {
      const map = regionOf(layer, params, 'm');
      const { firstRow = 0, firstColumn = 0, rows = 23, columns = 31 } = params;
      assert.deepEqual(
        [map.rows, map.columns, map.step, map.cells.length],
        [rows, columns, 1, rows * columns],
      );
      for (let row = 0; row < rows; row++) {
        const weights = head[firstRow + row]!;
        if (Number.isNaN(weights[0])) assert.ok(Number.isNaN(map.scales[row]));
        else
          for (let column = 0; column < columns; column++)
            assert.ok(
              Math.abs(weightAt(map, row, column) - weights[firstColumn + column]!) <=
                Math.max(...weights) / 500,
            );
      }
    }
  });

  it('is a copy: what the caller does to it leaves the maps alone', () => {
    const before = layer.cells[23 * 31]!;
    regionOf(layer, ask(), 'm').cells.fill(before ^ 255);
    assert.equal(layer.cells[23 * 31], before);
  });

  it('shows the largest weight of each step x step tokens, so that no peak is lost from afar', () => {
    const map = regionOf(layer, ask({ firstRow: 2, rows: 20, firstColumn: 1, columns: 29, step: 4 }), 'm');
    assert.deepEqual([map.rows, map.columns, map.step], [5, 8, 4]);
    for (let row = 0; row < 5; row++)
      for (let column = 0; column < 8; column++) {
        const box = head
          .slice(2 + row * 4, Math.min(22, 6 + row * 4))
          .flatMap((weights) => weights.slice(1 + column * 4, Math.min(30, 5 + column * 4)))
          .filter((weight) => !Number.isNaN(weight));
        assert.ok(Math.abs(weightAt(map, row, column) - Math.max(...box)) < 0.002);
      }
  });

  it('is NaN from afar only where all its rows are', () => {
    const map = regionOf(layer, ask({ firstRow: 4, rows: 3, step: 1 }), 'm');
    assert.deepEqual(Array.from(map.scales, Number.isNaN), [true, false, false]);
    assert.ok(!Number.isNaN(regionOf(layer, ask({ firstRow: 4, rows: 2, step: 2 }), 'm').scales[0]));
    const { stack: lost } = randomMaps({
      queries: 2,
      heads: [1],
      nan: [
        [0, 0, 0],
        [0, 0, 1],
      ],
    });
    assert.ok(Number.isNaN(regionOf(lost.layers[0]!, ask({ head: 0, step: 2 }), 'm').scales[0]));
  });

  for (const [what, params, details] of [
    ['a head', { head: 3 }, { what: 'head', index: 3, last: 2 }],
    ['a row', { firstRow: 23 }, { what: 'row', index: 23, last: 22 }],
    ['rows', { firstRow: 20, rows: 4 }, { what: 'row', index: 23, last: 22 }],
    ['columns', { columns: 32 }, { what: 'column', index: 31, last: 30 }],
    ['a negative column', { firstColumn: -1 }, { what: 'column', index: -1, last: 30 }],
    ['half a head', { head: 0.5 }, { what: 'head', index: 0.5, last: 2 }],
  ] as const)
    it(`says so when it does not have ${what}`, () => {
      assert.throws(() => regionOf(layer, ask(params), 'bert'), {
        code: 'attention-place-missing',
        details: { model: 'bert', ...details },
      });
    });

  it('of one token is its row or its column in every head', () => {
    const from = tokenWeightsOf(layer, 5, 'from', 'm');
    const to = tokenWeightsOf(layer, 30, 'to', 'm');
    assert.deepEqual([from.heads, from.tokens, to.heads, to.tokens], [3, 31, 3, 23]);
    for (let of = 0; of < 3; of++) {
      for (let key = 0; key < 31; key++)
        assert.ok(Math.abs(from.weights[of * 31 + key]! - exact[0]![of]![5]![key]!) < 0.001);
      for (let query = 0; query < 23; query++) {
        const expected = exact[0]![of]![query]![30]!;
        const actual = to.weights[of * 23 + query]!;
        assert.ok(Number.isNaN(expected) ? Number.isNaN(actual) : Math.abs(actual - expected) < 0.001);
      }
    }
    assert.throws(() => tokenWeightsOf(layer, 23, 'from', 'm'), { code: 'attention-place-missing' });
  });
});

describe('thumbnails', () => {
  it('are the mean weight of each box, each head as bright as it can be', () => {
    const { stack, exact } = randomMaps({
      queries: 101,
      keys: 130,
      heads: [2, 1],
      nan: [
        [0, 0, 3],
        [0, 0, 50],
      ],
    });
    const { rows, columns, pixels } = thumbnailsOf(stack);
    assert.deepEqual([rows, columns, pixels.length], [48, 48, 3 * 48 * 48]);
    for (const [index, head] of exact.flat().entries()) {
      const means = Array.from({ length: 48 * 48 }, (_, pixel) => {
        const [row, column] = [Math.floor(pixel / 48), pixel % 48];
        const box = head
          .slice(Math.floor((row * 101) / 48), Math.floor(((row + 1) * 101) / 48))
          .flatMap((weights) =>
            weights.slice(Math.floor((column * 130) / 48), Math.floor(((column + 1) * 130) / 48)),
          )
          .filter((weight) => !Number.isNaN(weight));
        return box.reduce((sum, weight) => sum + weight, 0) / box.length;
      });
      const largest = Math.max(...means);
      const shown = pixels.subarray(index * 48 * 48, (index + 1) * 48 * 48);
      assert.equal(Math.max(...shown), 255);
      for (const [pixel, mean] of means.entries())
        assert.ok(Math.abs(shown[pixel]! - (mean / largest) * 255) <= 1.5);
    }
  });

  it('of short texts have a pixel a token, and of one token one pixel', () => {
    assert.deepEqual(
      Object.values(thumbnailsOf(randomMaps({ queries: 7, keys: 9, heads: [1] }).stack)).slice(0, 2),
      [7, 9],
    );
    assert.deepEqual(thumbnailsOf(randomMaps({ queries: 1, heads: [1] }).stack), {
      rows: 1,
      columns: 1,
      pixels: Uint8Array.of(255),
    });
  });

  it('of a head of NaN rows only are empty', () => {
    const { stack } = randomMaps({ queries: 1, heads: [1], nan: [[0, 0, 0]] });
    assert.deepEqual(thumbnailsOf(stack).pixels, Uint8Array.of(0));
  });
});
