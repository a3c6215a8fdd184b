import assert from 'node:assert/strict';
import type { AttributionRequest } from '../../../src/core/attention/occlusion/attribution.ts';
import { attribute, attributionRuns } from '../../../src/core/attention/occlusion/attribution.ts';
import { attentionWeights, throughEncoder } from '../../../src/core/attention/occlusion/weights.ts';
import type { GraphTensors } from '../../../src/core/attention/capture/graph.ts';
import type { PerturbContext } from '../../../src/core/attention/occlusion/perturb.ts';
import { runVariants, unitsOf } from '../../../src/core/attention/occlusion/perturb.ts';
import { shuffled } from '../../../src/core/attention/occlusion/random.ts';
import type { Readout } from '../../../src/core/attention/prediction/prediction.ts';
import type { RowOutputs, Window } from '../../../src/core/text/window.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import { attentionModel, graphWith } from './captureFixture.ts';

const mask = 99;
/** `a bb cc`: three words, the second of two tokens. */
const window: Window = {
  ids: Int32Array.of(1, 10, 20, 21, 30, 2),
  typeIds: new Uint8Array(6),
  special: Uint8Array.of(1, 0, 0, 0, 0, 1),
  offsets: Uint32Array.of(0, 0, 0, 1, 1, 3, 3, 4, 4, 7, 0, 0),
  sequence: Int8Array.of(-1, 0, 0, 0, 0, -1),
  words: Int32Array.of(-1, 0, 1, 1, 2, -1),
  position: 0,
};
/** What each token adds to the score while it is there. */
const worth = new Map([
  [10, 0.125],
  [20, 0.25],
  [21, 0.25],
  [30, 0.0625],
]);

const readout: Readout = {
  outputs: ['score'],
  predict: (row) => ({ kind: 'label', text: 'yes', score: row['score']!.data[0]!, scores: [] }),
  follow: () => (row) => row['score']!.data[0]!,
  outputToken: () => 0,
};

function context(changes: Partial<PerturbContext> = {}, batches: number[] = []): PerturbContext {
  const main = graphWith(['input_ids'], ['score'], (feeds): GraphTensors => {
    const { data, dims } = feeds['input_ids']!;
    const [rows = 0, length = 0] = dims;
    batches.push(rows);
    const scores = Float32Array.from({ length: rows }, (_, row) => {
      let sum = 0;
      for (let t = 0; t < length; t++)
        sum += worth.get(Number((data as BigInt64Array)[row * length + t])) ?? 0;
      return sum;
    });
    return { score: { type: 'float32', dims: [rows, 1], data: scores } };
  });
  return {
    model: attentionModel(),
    graphs: { main, encoder: undefined },
    readout,
    soloRows: false,
    signal: new AbortController().signal,
    onRows: () => undefined,
    ...changes,
  };
}

function request(changes: Partial<AttributionRequest> = {}): AttributionRequest {
  const row: RowOutputs = { score: { data: Float32Array.of(0.6875), dims: [1] } };
  return {
    window,
    texts: ['a bb cc'],
    target: undefined,
    unit: 'word',
    substitute: mask,
    base: { prediction: readout.predict(row), row },
    // Attention that has it all wrong.
    attention: Float32Array.of(0, 0.2, 0, 0, 0.8, 0),
    rollout: undefined,
    ...changes,
  };
}

describe('what is taken away', () => {
  it('is a word with all its tokens, or a token, and never a special one', () => {
    assert.deepEqual(
      unitsOf(window, 'word').map(({ start, end, tokens }) => [start, end, tokens]),
      [
        [0, 1, [1]],
        [1, 4, [2, 3]],
        [4, 7, [4]],
      ],
    );
    assert.equal(unitsOf(window, 'token').length, 4);
  });
});

describe('occlusion', () => {
  it('gives each word the fall of the score without it, at its place in the text', async () => {
    const { units, drops, base } = await attribute(request(), context());
    assert.deepEqual(
      units.map(({ start, end }) => [start, end]),
      [
        [0, 1],
        [2, 4],
        [5, 7],
      ],
    );
    assert.deepEqual([...drops], [0.125, 0.5, 0.0625]);
    assert.equal(base.score, 0.6875);
  });

  it('draws curves from the whole score to what is left of it, lower for a better ranking', async () => {
    const { curves } = await attribute(
      request({ rollout: Float32Array.of(0, 0.3, 0.2, 0.3, 0.2, 0) }),
      context(),
    );
    assert.deepEqual(
      curves.map(({ by }) => by),
      ['occlusion', 'attention', 'rollout', 'random'],
    );
    for (const { scores } of curves) {
      assert.equal(scores.length, 11);
      assert.deepEqual([scores[0], scores[10]], [0.6875, 0]);
    }
    const [occlusion, attention, , random] = curves;
    // Rounded shares of three words: none at 10 %, one from 20 %, two from 50 %, all from 90 %.
    assert.deepEqual(
      [...occlusion!.scores],
      [0.6875, 0.6875, 0.1875, 0.1875, 0.1875, 0.0625, 0.0625, 0.0625, 0.0625, 0, 0],
    );
    assert.ok(occlusion!.area < attention!.area);
    assert.ok(occlusion!.area <= random!.area);
    const sum = [...occlusion!.scores].reduce((total, score) => total + score, 0) - 0.6875 / 2;
    assert.ok(Math.abs(occlusion!.area - sum / 10 / 0.6875) < 1e-6);
  });

  it('is the same each time, tells its progress, and ends where it said it would', async () => {
    const told: number[] = [];
    const first = await attribute(request(), context({ onRows: (rows) => told.push(rows) }));
    assert.deepEqual(await attribute(request(), context()), first);
    assert.equal(told.at(-1), attributionRuns(request()));
  });

  it('stops between two batches when it is cancelled', async () => {
    const controller = new AbortController();
    const batches: number[] = [];
    const options = { soloRows: true, signal: controller.signal, onRows: () => controller.abort() };
    await assert.rejects(
      attribute(request(), context(options, batches)),
      (thrown) => thrown instanceof LoupeError && thrown.code === 'cancelled',
    );
    assert.deepEqual(batches, [1]);
  });
});

describe('runs with something taken away', () => {
  it('go in batches, alone where the model quantises over the batch', async () => {
    for (const [soloRows, expected] of [
      [false, [5]],
      [true, [1, 1, 1, 1, 1]],
    ] as const) {
      const batches: number[] = [];
      const variants = Array.from({ length: 5 }, () => ({ ids: window.ids, target: undefined, off: [] }));
      await runVariants(variants, window.typeIds, undefined, () => undefined, context({ soloRows }, batches));
      assert.deepEqual(batches, expected);
    }
  });

  it('have a gate for every head, closed for those that are off', async () => {
    let seen: GraphTensors = {};
    const tapped = graphWith(['input_ids'], ['score'], (feeds) => {
      seen = feeds;
      return { score: { type: 'float32', dims: [2, 1], data: new Float32Array(2) } };
    });
    const layer = { layer: 0, node: '', operator: '', output: '', scales: undefined, heads: 2 };
    const main = { ...tapped, facts: { ...tapped.facts, layers: [{ ...layer, stack: 'encoder' as const }] } };
    const off = [{ stack: 'encoder' as const, layer: 1, head: 0 }];
    const variants = [[], off].map((heads) => ({ ids: window.ids, target: undefined, off: heads }));
    const heads = new Map([['encoder' as const, [2, 2]]]);
    const own = context({ graphs: { main, encoder: undefined } });
    await runVariants(variants, window.typeIds, heads, () => undefined, own);
    assert.deepEqual(seen['loupe.gates.encoder'], {
      type: 'float32',
      dims: [2, 2, 2],
      data: Float32Array.of(1, 1, 1, 1, 1, 1, 0, 1),
    });
  });
});

describe('a ranking of words by attention', () => {
  it('is the output token’s row, or the mean of all rows that are numbers', () => {
    const layer = {
      heads: 1,
      queries: 2,
      keys: 2,
      cells: Uint8Array.of(255, 51, 0, 0),
      scales: Float32Array.of(0.5, NaN),
      node: '',
    };
    const stack = { name: 'cross', queries: 'target', keys: 'source', layers: [layer], pooling: 1 } as const;
    const row = attentionWeights(layer, stack, 0);
    assert.ok(Math.abs(row[0]! - 0.5) < 1e-6);
    assert.ok(Math.abs(row[1]! - 0.1) < 1e-6);
    const mean = attentionWeights(layer, stack, undefined);
    assert.ok(Math.abs(mean[0]! - 0.25) < 1e-6);
  });

  it('of an encoder-decoder goes through the encoder to its input', () => {
    const rollout = { side: 2, step: 1, values: Float32Array.of(1, 0, 0.5, 0.5) };
    assert.deepEqual([...throughEncoder(Float32Array.of(0.5, 0.5), rollout)], [0.75, 0.25]);
  });
});

describe('chance', () => {
  it('is the same for a seed, another for another, and leaves nothing out', () => {
    assert.deepEqual(shuffled(20, 1), shuffled(20, 1));
    assert.notDeepEqual(shuffled(20, 1), shuffled(20, 2));
    assert.deepEqual(
      shuffled(20, 3).sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, index) => index),
    );
  });
});
