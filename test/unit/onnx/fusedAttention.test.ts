import assert from 'node:assert/strict';
import { floatAttribute, integerAttribute, integersAttribute } from '../../../src/core/onnx/attribute.ts';
import { elementTypes } from '../../../src/core/onnx/elementTypes.ts';
import {
  attentionGraph,
  contextOf,
  multiHeadGraph,
  size,
  type FusedGraph,
  type Options,
} from './fusedGraphs.ts';
import {
  distance,
  edit,
  edits,
  floats,
  ints,
  noise,
  numbers,
  runModel,
  TestFolders,
  TestGraph,
} from './testGraph.ts';

const { batch, heads, width, hidden, queries, past } = size;
const unidirectional = integerAttribute('unidirectional', 1);

/** Every form in which onnxruntime's operators take a mask, over `keys` keys. */
function masks(keys: number): Readonly<Record<string, Options>> {
  const shown = [1, 1, 1, 1, 1, 0].slice(-keys);
  return {
    'no mask': {},
    'a mask of keys': { mask: { dims: [batch, keys], values: [...shown, ...[...shown].reverse()] } },
    'lengths of rows': { mask: { dims: [batch], values: [keys, keys - 1] } },
    'a mask of queries and keys': {
      mask: {
        dims: [batch, queries, keys],
        values: noise(batch * queries * keys, 5).map((value, index) =>
          value > 0 || index % keys === 0 ? 1 : 0,
        ),
      },
    },
    'an added bias': {
      added: { dims: [1, heads, queries, keys], values: noise(heads * queries * keys, 6) },
    },
    'a bias, a mask and hidden later tokens': {
      added: { dims: [batch, 1, queries, keys], values: noise(batch * queries * keys, 6) },
      mask: { dims: [batch, keys], values: [...shown, ...shown] },
      attributes: [unidirectional],
    },
    'a scale of its own': { attributes: [floatAttribute('scale', 0.3)] },
    'hidden later tokens': { attributes: [unidirectional] },
  };
}

describe('attention of fused operators', () => {
  const folders = new TestFolders();
  after(() => folders.remove());

  /** Reads the weights; checks that the model's outputs stay and that the weights are those it used. */
  async function exact({ graph, feeds, keys, values }: FusedGraph, stack = 'encoder'): Promise<number[]> {
    const file = await folders.write(graph.model());
    const edited = await edit(file, edits.exact);
    assert.deepEqual(
      edited.layers.map((layer) => [layer.stack, layer.heads]),
      [[stack, heads]],
    );
    const [plain, results] = [await runModel(file, feeds), await runModel(edited, feeds)];
    for (const { name } of edited.outputs) {
      assert.ok(distance(numbers(plain[name]), numbers(results[name])) < 1e-5, name);
    }
    const maps = results[edited.layers[0]!.output]!;
    assert.deepEqual(maps.dims, [batch, heads, queries, keys]);
    const weights = numbers(maps);
    if (values.length > 0) {
      assert.ok(distance(contextOf(weights, values, keys), numbers(plain['output'])) < 1e-5);
    }
    return weights;
  }

  for (const [name, options] of Object.entries(masks(queries))) {
    const stack = name.includes('later') ? 'decoder' : 'encoder';
    it(`MultiHeadAttention with ${name} gives the weights it works with`, async () => {
      await exact(multiHeadGraph(options), stack);
      await exact(multiHeadGraph({ ...options, bias: true }), stack);
    });
    it(`Attention with ${name} gives the same output written out`, async () => {
      await exact(attentionGraph(options), stack);
    });
  }

  for (const [name, options] of Object.entries(masks(queries + past))) {
    it(`both with a cache and ${name}`, async () => {
      await exact(multiHeadGraph({ ...options, hasPast: true }), 'decoder');
      // onnxruntime's Attention does not take both.
      if (options.added === undefined) await exact(attentionGraph({ ...options, hasPast: true }), 'decoder');
    });
  }

  it('MultiHeadAttention over the keys of another sequence is cross-attention', async () => {
    await exact(multiHeadGraph({ cross: { keys: 5, split: false } }), 'cross');
    await exact(multiHeadGraph({ cross: { keys: 5, split: true } }), 'cross');
  });

  it('Attention knows rows that start late, and widths of its own', async () => {
    const starts = { dims: [2 * batch], values: [3, 2, 1, 0] };
    await exact(attentionGraph({ mask: starts }));
    await exact(attentionGraph({ attributes: [integersAttribute('qkv_hidden_sizes', [8, 8, 8])] }));
  });

  it('GroupQueryAttention gives its own weights; columns behind a short row are 0', async () => {
    // The operator wants heads of 8 numbers.
    const wide = 8;
    const graph = new TestGraph(17);
    const cache = [batch, 1, 0, wide];
    const feeds = {
      query: floats(noise(batch * queries * heads * wide, 31), [batch, queries, heads * wide]),
      key: floats(noise(batch * queries * wide, 32), [batch, queries, wide]),
      value: floats(noise(batch * queries * wide, 33), [batch, queries, wide]),
      past_key: floats([], cache),
      past_value: floats([], cache),
      seqlens_k: ints([queries - 1, queries - 2], [batch]),
      total: ints([queries], [1]),
    };
    for (const name of ['query', 'key', 'value'])
      graph.input(name, elementTypes.float, ['b', 's', name === 'query' ? heads * wide : wide]);
    for (const name of ['past_key', 'past_value']) graph.input(name, elementTypes.float, ['b', 1, 'p', wide]);
    graph.input('seqlens_k', elementTypes.int32, ['b']);
    graph.input('total', elementTypes.int32, [1]);
    graph.node(
      'com.microsoft.GroupQueryAttention',
      ['query', 'key', 'value', 'past_key', 'past_value', 'seqlens_k', 'total'],
      'output',
      [integerAttribute('num_heads', heads), integerAttribute('kv_num_heads', 1)],
      ['present_key', 'present_value'],
    );
    graph.output('output', ['b', 's', heads * wide]);
    graph.output('present_key', ['b', 1, 't', wide]);
    graph.output('present_value', ['b', 1, 't', wide]);
    const weights = await exact({ graph, feeds, keys: queries, values: [] }, 'decoder');
    for (let row = 0; row < weights.length / queries; row++) {
      const cells = weights.slice(row * queries, (row + 1) * queries);
      assert.ok(Math.abs(cells.reduce((sum, cell) => sum + cell, 0) - 1) < 1e-6);
      const isShort = row >= heads * queries;
      if (isShort) assert.equal(cells.at(-1), 0);
    }
  });

  for (const isSplit of [false, true]) {
    it(`ONNX Attention gives its own weights (${isSplit ? 'four' : 'three'} axes)`, async () => {
      const graph = new TestGraph(23, 10);
      const dims = isSplit ? [batch, heads, queries, width] : [batch, queries, hidden];
      const feeds = Object.fromEntries(
        ['query', 'key', 'value'].map((name, at) => [
          name,
          floats(noise(batch * queries * hidden, 41 + at), dims),
        ]),
      );
      for (const name of ['query', 'key', 'value'])
        graph.input(name, elementTypes.float, ['b', ...dims.slice(1)]);
      const counts = [integerAttribute('q_num_heads', heads), integerAttribute('kv_num_heads', heads)];
      graph.node('Attention', ['query', 'key', 'value'], 'output', [
        integerAttribute('is_causal', 1),
        ...(isSplit ? [] : counts),
      ]);
      graph.output('output', ['b', ...dims.slice(1)]);
      const weights = await exact({ graph, feeds, keys: queries, values: [] }, 'decoder');
      assert.equal(weights[1], 0);
      assert.equal(weights[0], 1);
    });
  }

  it('heads of each are switched off by their gates, and all on changes nothing', async () => {
    for (const { graph, feeds } of [multiHeadGraph(), attentionGraph()]) {
      const file = await folders.write(graph.model());
      const edited = await edit(file, edits.gates);
      const plain = numbers((await runModel(file, feeds))['output']);
      const gated = async (gates: readonly number[]): Promise<number[]> =>
        numbers(
          (await runModel(edited, { ...feeds, 'loupe.gates.encoder': floats(gates, [batch, 1, heads]) }))[
            'output'
          ],
        );
      assert.ok(distance(await gated([1, 1, 1, 1]), plain) < 1e-6);
      const without = await gated([0, 1, 1, 0]);
      const isOff = (index: number): boolean =>
        Math.floor((index % hidden) / width) === Math.floor(index / (queries * hidden));
      assert.ok(
        distance(
          without,
          plain.map((value, index) => (isOff(index) ? 0 : value)),
        ) < 1e-6,
      );
    }
  });

  it('that keep their weights to themselves are named with what to do', async () => {
    const graph = new TestGraph(17);
    graph.input('query', elementTypes.float, ['b', 's', hidden]);
    graph.node('com.microsoft.QAttention', ['query'], 'output', [integerAttribute('num_heads', heads)]);
    graph.output('output', ['b', 's', hidden]);
    await assert.rejects(edit(await folders.write(graph.model()), edits.exact), {
      code: 'attention-none',
      message:
        /node\.output \(com\.microsoft\.QAttention\): the operator keeps its weights to itself.*export it again/,
    });
  });
});
