import assert from 'node:assert/strict';
import type { GraphTensors, ModelGraphs } from '../../../src/core/attention/capture/graph.ts';
import { floatsOf } from '../../../src/core/attention/capture/graph.ts';
import { makeFeeds } from '../../../src/core/attention/capture/feeds.ts';
import type { AttentionModel } from '../../../src/core/attention/capture/model.ts';
import { runModel } from '../../../src/core/attention/capture/run.ts';
import { choosePooling, runBytes } from '../../../src/core/attention/capture/size.ts';
import { windowSpans } from '../../../src/core/attention/capture/input.ts';
import type { AttentionLayer, GraphValueInfo } from '../../../src/core/onnx/attentionGraph.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import { attentionModel, factsOf, graphWith } from './captureFixture.ts';

const context = { model: 'm', cacheHeads: 2, cacheWidth: 8 };

function input(
  name: string,
  type = 'int64',
  dims: readonly (number | string)[] = ['b', 's'],
): GraphValueInfo {
  return { name, type, dims };
}

function feed(inputs: readonly GraphValueInfo[], past = 0): GraphTensors {
  const ids = [Int32Array.of(5, 6, 7), Int32Array.of(8, 9, 1)];
  const typeIds = [Uint8Array.of(0, 1, 1), Uint8Array.of(0, 0, 0)];
  const rows = { ids, typeIds, target: undefined, encoded: undefined };
  return makeFeeds(inputs, { ...rows, past: past > 0 ? { length: past, tensors: {} } : undefined }, context);
}

describe('inputs of a text transformer', () => {
  it('are made by name and in the type that the graph wants', () => {
    const feeds = feed([
      input('input_ids'),
      input('token_type_ids', 'int32'),
      input('attention_mask', 'float'),
      input('position_ids'),
    ]);
    assert.deepEqual(feeds['input_ids']?.data, BigInt64Array.of(5n, 6n, 7n, 8n, 9n, 1n));
    assert.deepEqual(feeds['token_type_ids']?.data, Int32Array.of(0, 1, 1, 0, 0, 0));
    assert.deepEqual(feeds['attention_mask']?.data, new Float32Array(6).fill(1));
    assert.deepEqual(feeds['position_ids']?.data, BigInt64Array.of(0n, 1n, 2n, 0n, 1n, 2n));
    assert.deepEqual(feeds['position_ids'].dims, [2, 3]);
  });

  it('go on behind the tokens of a cache, which is empty at first', () => {
    const names = [input('attention_mask'), input('position_ids'), input('use_cache_branch', 'bool', [1])];
    const feeds = feed(names, 4);
    assert.deepEqual(feeds['attention_mask']?.dims, [2, 7]);
    assert.deepEqual(feeds['position_ids']?.data, BigInt64Array.of(4n, 5n, 6n, 4n, 5n, 6n));
    assert.deepEqual(feeds['use_cache_branch']?.data, Uint8Array.of(1));
    const cache = feed([
      input('past_key_values.0.key', 'float', ['b', 3, 'p', 16]),
      input('past_key_values.0.value', 'float16', ['b', 'h', 'p', 'd']),
    ]);
    assert.deepEqual(cache['past_key_values.0.key']?.dims, [2, 3, 0, 16]);
    assert.deepEqual(cache['past_key_values.0.value']?.dims, [2, 2, 0, 8]);
    assert.equal(cache['past_key_values.0.value'].type, 'float16');
  });

  it('that nobody can give are named', () => {
    assert.throws(
      () => feed([input('pixel_values', 'float')]),
      (thrown) =>
        thrown instanceof LoupeError && /wants an input "pixel_values" \(float\)/.test(thrown.message),
    );
  });
});

describe('a model in two files', () => {
  it('has its encoder run first, whose output the decoder is given', async () => {
    const seen: string[] = [];
    const hidden = { type: 'float32', dims: [1, 2, 1], data: Float32Array.of(1, 2) };
    const graphs: ModelGraphs = {
      encoder: graphWith(['input_ids'], ['last_hidden_state'], (_, outputs) => {
        seen.push(`encoder ${outputs.join()}`);
        return { last_hidden_state: hidden };
      }),
      main: graphWith(
        ['input_ids', 'encoder_hidden_states', 'encoder_attention_mask'],
        ['logits'],
        (feeds) => {
          seen.push('decoder');
          assert.equal(feeds['encoder_hidden_states'], hidden);
          assert.deepEqual(feeds['input_ids']?.data, BigInt64Array.of(3n));
          assert.deepEqual(feeds['encoder_attention_mask']?.data, BigInt64Array.of(1n, 1n));
          return { logits: hidden };
        },
      ),
    };
    const rows = { ids: [Int32Array.of(1, 2)], typeIds: [new Uint8Array(2)], target: [Int32Array.of(3)] };
    await runModel(graphs, rows, (_, role) => (role === 'main' ? ['logits'] : []), context);
    assert.deepEqual(seen, ['encoder last_hidden_state', 'decoder']);
  });

  it('says which run failed and why', async () => {
    const main = graphWith(['input_ids'], ['logits'], () => {
      throw new Error('bad shape');
    });
    const rows = { ids: [Int32Array.of(1)], typeIds: [new Uint8Array(1)], target: undefined };
    await assert.rejects(
      runModel({ main, encoder: undefined }, rows, () => [], context),
      (thrown) => thrown instanceof LoupeError && thrown.code === 'model-run-failed',
    );
  });
});

describe('maps of a long text', () => {
  const layers = Array.from({ length: 12 }, (_, layer): AttentionLayer => ({
    stack: 'encoder',
    layer,
    node: `n${layer}`,
    operator: 'Softmax',
    output: `o${layer}`,
    scales: `s${layer}`,
    heads: 12,
  }));
  const facts = { main: { facts: { ...factsOf([], []), layers } }, encoder: undefined };
  const model: AttentionModel = attentionModel();

  it('are whole as long as they fit, and pooled by the smallest power of two that does', () => {
    const budget = 128 << 20;
    const at = (source: number): ReturnType<typeof choosePooling> =>
      choosePooling(facts, model, { source, target: 0 }, budget);
    assert.deepEqual(at(512), { pooling: 1, bytes: 144 * 512 * 516 });
    assert.equal(at(960).pooling, 1);
    assert.equal(at(1024).pooling, 2);
    assert.equal(at(2048).pooling, 4);
    assert.ok(at(2048).bytes <= budget);
    assert.ok(at(100_000).bytes > budget);
  });

  it('need memory for the largest attention while it runs', () => {
    assert.equal(runBytes(facts, model, { source: 512, target: 0 }), 12 * 512 * 512 * 21);
  });

  it('of 512 tokens and 12 x 12 heads take less than 40 MB', () => {
    assert.ok(choosePooling(facts, model, { source: 512, target: 0 }, Infinity).bytes < 40e6);
  });
});

describe('a tensor of half precision', () => {
  it('is read as numbers', () => {
    const tensor = { type: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0xc000) };
    assert.deepEqual(floatsOf(tensor), Float32Array.of(1, -2));
    assert.throws(() => floatsOf({ type: 'int64', dims: [1], data: BigInt64Array.of(1n) }), TypeError);
  });
});

describe('windows', () => {
  it('are told by the characters that they cover', () => {
    const window = {
      ids: Int32Array.of(101, 5, 6, 102),
      typeIds: new Uint8Array(4),
      special: Uint8Array.of(1, 0, 0, 1),
      offsets: Uint32Array.of(0, 0, 10, 14, 15, 20, 0, 0),
      sequence: Int8Array.of(-1, 0, 0, -1),
      words: Int32Array.of(-1, 0, 1, -1),
      position: 3,
    };
    assert.deepEqual(windowSpans([window]), [{ start: 10, end: 20, tokens: 4 }]);
  });
});
