import assert from 'node:assert/strict';
import { integerAttribute, integersAttribute, tensorAttribute } from '../../../src/core/onnx/attribute.ts';
import { elementTypes } from '../../../src/core/onnx/elementTypes.ts';
import type { NodeProto } from '../../../src/core/onnx/graph.ts';
import { rawTensor } from '../../../src/core/onnx/tensor.ts';
import { encoderGraph, expectedWeights, size, states } from './encoderGraph.ts';
import {
  distance,
  edit,
  edits,
  floats,
  noise,
  numbers,
  runModel,
  TestFolders,
  TestGraph,
} from './testGraph.ts';

const { heads, width, hidden } = size;

/** Attention from `queries` to `keys` (values [batch, tokens, hidden]); returns what it gives, of the same shape. */
function attention(
  graph: TestGraph,
  name: string,
  queries: string,
  keys: string,
  mask?: string,
  shape = 'split',
): string {
  const projected = (part: string, from: string, perm: readonly number[]): string => {
    graph.weight(`${name}.${part}.weight`, [hidden, hidden], noise(64, name.length));
    const flat = graph.node('MatMul', [from, `${name}.${part}.weight`], `${name}.${part}.flat`);
    const split = graph.node('Reshape', [flat, shape], `${name}.${part}.split`);
    return graph.node('Transpose', [split], `${name}.${part}`, [integersAttribute('perm', perm)]);
  };
  const [q, k] = [projected('q', queries, [0, 2, 1, 3]), projected('k', keys, [0, 2, 3, 1])];
  const scores = graph.node('MatMul', [q, k], `${name}.scores`);
  const masked = mask === undefined ? scores : graph.node('Add', [scores, mask], `${name}.masked`);
  const weights = graph.node('Softmax', [masked], `${name}.weights`, [integerAttribute('axis', -1)]);
  const context = graph.node('MatMul', [weights, projected('v', keys, [0, 2, 1, 3])], `${name}.context`);
  const turned = graph.node('Transpose', [context], `${name}.turned`, [
    integersAttribute('perm', [0, 2, 1, 3]),
  ]);
  return graph.node('Reshape', [turned, 'joined'], `${name}.joined`);
}

function emptyGraph(): TestGraph {
  const graph = new TestGraph();
  graph.integers('split', [0, 0, heads, width]);
  graph.integers('joined', [0, 0, hidden]);
  return graph;
}

/** 0 where a key is not later than its query, -10000 elsewhere, made from positions as exporters do. */
function causalMask(graph: TestGraph, of: string): string {
  graph.tensor('zero', rawTensor(elementTypes.int64, [], new Uint8Array(8)));
  graph.tensor('one', rawTensor(elementTypes.int64, [], Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)));
  graph.weight('shown', [], [0]);
  graph.weight('hidden', [], [-10000]);
  graph.integers('last axis', [1]);
  const shape = graph.node('Shape', [of], 'shape');
  const length = graph.node('Gather', [shape, 'one'], 'length');
  const keys = graph.node('Range', ['zero', length, 'one'], 'keys');
  const rows = graph.node('Unsqueeze', [keys, 'last axis'], 'rows');
  const isLater = graph.node('Greater', [keys, rows], 'is later');
  return graph.node('Where', [isLater, 'hidden', 'shown'], 'causal');
}

describe('stacks and layers', () => {
  const folders = new TestFolders();
  after(() => folders.remove());

  async function places(graph: TestGraph): Promise<string[]> {
    const edited = await edit(await folders.write(graph.model()), edits.exact);
    return edited.layers.map(({ stack, layer, node }) => `${stack} ${layer} ${node}`);
  }

  it('are told by the data flow: encoder, decoder and cross-attention of one graph, whatever the names', async () => {
    const graph = emptyGraph();
    graph.input('left', elementTypes.float, ['b', 's', hidden]);
    graph.input('right', elementTypes.float, ['b', 't', hidden]);
    const mask = causalMask(graph, 'right');
    const source = attention(graph, 'z', attention(graph, 'y', 'left', 'left'), 'left');
    const first = attention(graph, 'c', attention(graph, 'd', 'right', 'right', mask), source);
    const second = attention(graph, 'a', attention(graph, 'b', first, first, mask), source);
    graph.node('Identity', [second], 'output');
    graph.output('output', ['b', 't', hidden]);
    assert.deepEqual(await places(graph), [
      'encoder 0 node.y.weights',
      'decoder 0 node.d.weights',
      'encoder 1 node.z.weights',
      'cross 0 node.c.weights',
      'decoder 1 node.b.weights',
      'cross 1 node.a.weights',
    ]);
  });

  it('a graph whose nodes stand in any order has its layers in the order of its data', async () => {
    const graph = emptyGraph();
    graph.input('states', elementTypes.float, ['b', 's', hidden]);
    const first = attention(graph, 'first', 'states', 'states');
    attention(graph, 'second', first, first);
    graph.output('second.joined', ['b', 's', hidden]);
    graph.nodes.reverse();
    assert.deepEqual(await places(graph), ['encoder 0 node.first.weights', 'encoder 1 node.second.weights']);
  });

  it('a mask that hides later tokens makes a decoder: by positions, by Trilu, by a table of booleans', async () => {
    const byTable = emptyGraph();
    byTable.input('states', elementTypes.float, ['b', 4, hidden]);
    const triangle = Uint8Array.from({ length: 16 }, (_, at) => (at % 4 > Math.floor(at / 4) ? 1 : 0));
    byTable.tensor('table', rawTensor(elementTypes.bool, [1, 1, 4, 4], triangle));
    byTable.weight('shown', [], [0]);
    byTable.weight('hidden', [], [-10000]);
    const fromTable = byTable.node('Where', ['table', 'hidden', 'shown'], 'mask');
    const byTrilu = emptyGraph();
    byTrilu.input('states', elementTypes.float, ['b', 4, hidden]);
    byTrilu.weight(
      'ones',
      [4, 4],
      Array.from({ length: 16 }, () => -10000),
    );
    byTrilu.tensor('one', rawTensor(elementTypes.int64, [], Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)));
    const fromTrilu = byTrilu.node('Trilu', ['ones', 'one'], 'mask', [integerAttribute('upper', 1)]);
    for (const [graph, mask] of [
      [byTable, fromTable],
      [byTrilu, fromTrilu],
    ] as const) {
      const output = attention(graph, 'only', 'states', 'states', mask);
      graph.output(output, ['b', 4, hidden]);
      assert.deepEqual(await places(graph), ['decoder 0 node.only.weights']);
    }
  });

  it('keys from a cache make a decoder, keys from a cache alone cross-attention', async () => {
    const graph = emptyGraph();
    graph.input('input_ids', elementTypes.float, ['b', 1, hidden]);
    graph.input('past_key_values.0.decoder.key', elementTypes.float, ['b', 'p', hidden]);
    graph.input('past_key_values.0.encoder.key', elementTypes.float, ['b', 's', hidden]);
    const keys = graph.node('Concat', ['past_key_values.0.decoder.key', 'input_ids'], 'all keys', [
      integerAttribute('axis', 1),
    ]);
    const self = attention(graph, 'self', 'input_ids', keys);
    const output = attention(graph, 'other', self, 'past_key_values.0.encoder.key');
    graph.output(output, ['b', 1, hidden]);
    assert.deepEqual(await places(graph), ['decoder 0 node.self.weights', 'cross 0 node.other.weights']);
  });

  it('attention within a branch or a local function is named with what to do', async () => {
    const inner = encoderGraph().model().graph;
    const branch: NodeProto = {
      inputs: ['flag'],
      outputs: ['chosen'],
      name: 'node.if',
      opType: 'If',
      domain: undefined,
      attributes: [
        {
          ...tensorAttribute('then_branch', rawTensor(1, [], new Uint8Array(4))),
          type: 5,
          tensor: undefined,
          graph: inner,
        },
      ],
      rest: [],
    };
    const model = encoderGraph().model();
    const both = { ...model, graph: { ...model.graph, nodes: [...model.graph.nodes, branch] } };
    const edited = await edit(await folders.write(both), edits.exact);
    assert.equal(edited.layers.length, 1);
    assert.match(edited.skipped[0]!.reason, /branch of the graph.*decoder_model\.onnx/);
    const alone = { ...model, graph: { ...model.graph, nodes: [branch] } };
    await assert.rejects(edit(await folders.write(alone), edits.exact), {
      code: 'attention-none',
      message: /node\.weights \(Softmax\).*decoder_model\.onnx instead of decoder_model_merged\.onnx/,
    });
    const called = {
      ...model,
      functions: [{ name: 'Layer', domain: 'local', nodes: inner.nodes, rest: [] }],
      graph: { ...model.graph, nodes: [] },
    };
    await assert.rejects(edit(await folders.write(called), edits.exact), /model's own function Layer/);
  });
});

describe('gates', () => {
  const folders = new TestFolders();
  after(() => folders.remove());

  it('change nothing when open, and take away a head of one row of the batch when shut', async () => {
    const { batch, tokens } = size;
    const file = await folders.write(encoderGraph().model());
    const edited = await edit(file, edits.gates);
    const feeds = { states: floats(states, [batch, tokens, hidden]) };
    const plain = numbers((await runModel(file, feeds))['output']);
    const gated = async (gates: readonly number[], rows: number = batch): Promise<number[]> =>
      numbers(
        (await runModel(edited, { ...feeds, 'loupe.gates.encoder': floats(gates, [rows, 1, heads]) }))[
          'output'
        ],
      );
    assert.ok(distance(await gated([1, 1, 1, 1]), plain) < 1e-6);
    assert.ok(distance(await gated([1, 1], 1), plain) < 1e-6, 'one row of gates serves the whole batch');
    const without = await gated([1, 0, 1, 1]);
    const isOff = (index: number): boolean => index < tokens * hidden && index % hidden >= width;
    assert.ok(
      distance(
        without,
        plain.map((value, index) => (isOff(index) ? 0 : value)),
      ) < 1e-6,
    );
  });

  it('serve layers with different numbers of heads, as pruned models have them', async () => {
    const { batch, tokens } = size;
    const graph = emptyGraph();
    graph.integers('four', [0, 0, 4, 2]);
    graph.input('states', elementTypes.float, ['b', 's', hidden]);
    const first = attention(graph, 'first', 'states', 'states');
    graph.node('Identity', [attention(graph, 'second', first, first, undefined, 'four')], 'output');
    graph.output('output', ['b', 's', hidden]);
    const file = await folders.write(graph.model());
    const edited = await edit(file, edits.gates);
    assert.deepEqual(
      edited.layers.map((layer) => layer.heads),
      [2, 4],
    );
    const feeds = { states: floats(states, [batch, tokens, hidden]) };
    const plain = numbers((await runModel(file, feeds))['output']);
    const gated = async (gates: readonly number[]): Promise<number[]> =>
      numbers(
        (await runModel(edited, { ...feeds, 'loupe.gates.encoder': floats(gates, [1, 2, 4]) }))['output'],
      );
    assert.ok(distance(await gated([1, 1, 0, 0, 1, 1, 1, 1]), plain) < 1e-6);
    const without = await gated([1, 1, 0, 0, 1, 1, 1, 0]);
    assert.ok(
      distance(
        without,
        plain.map((value, index) => (index % hidden >= 6 ? 0 : value)),
      ) < 1e-6,
    );
  });

  it('of an already edited graph get names of their own', async () => {
    const file = await folders.write(encoderGraph().model());
    const again = await folders.write((await edit(file, edits.bytes)).model);
    const twice = await edit(again, edits.bytes);
    const { batch, tokens } = size;
    const results = await runModel(twice, { states: floats(states, [batch, tokens, hidden]) });
    const scales = numbers(results[twice.layers[0]!.scales!]);
    const most = expectedWeights().slice(0, tokens);
    assert.ok(Math.abs(scales[0]! - Math.max(...most)) < 1e-6);
    assert.notEqual(twice.layers[0]!.output, 'loupe.attention.encoder.0');
  });
});
