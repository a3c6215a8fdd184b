import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Tensor } from 'onnxruntime-node';
import { integerAttribute, integersAttribute } from '../../../src/core/onnx/attribute.ts';
import { elementTypes } from '../../../src/core/onnx/elementTypes.ts';
import { rawTensor } from '../../../src/core/onnx/tensor.ts';
import { encoderGraph, expectedWeights, size, softmax, states, type Middle } from './encoderGraph.ts';
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

const { batch, tokens, heads, hidden } = size;
const feeds = { states: floats(states, [batch, tokens, hidden]) };
const cells = batch * heads * tokens * tokens;

describe('attention of an explicit softmax', () => {
  const folders = new TestFolders();
  after(() => folders.remove());

  async function exact(graph: TestGraph): Promise<number[]> {
    const file = await folders.write(graph.model());
    const edited = await edit(file, edits.exact);
    assert.deepEqual(edited.skipped, []);
    assert.deepEqual(
      edited.layers.map(({ stack, layer, heads: count }) => ({ stack, layer, count })),
      [{ stack: 'encoder', layer: 0, count: heads }],
    );
    const results = await runModel(edited, feeds);
    const plain = await runModel(file, feeds);
    assert.ok(distance(numbers(plain['output']), numbers(results['output'])) < 1e-6);
    const maps = results[edited.layers[0]!.output]!;
    assert.deepEqual([maps.type, maps.dims], ['float32', [batch, heads, tokens, tokens]]);
    return numbers(maps);
  }

  it('equals the formula, at every opset from 11 on', async () => {
    for (const opset of [11, 12, 13, 17, 18, 21]) {
      const weights = await exact(encoderGraph(softmaxOfLast, opset));
      assert.ok(distance(weights, expectedWeights()) < 1e-6, `opset ${opset}`);
    }
  });

  it('is found behind masks, casts to half precision and dropout', async () => {
    const weights = await exact(
      encoderGraph((graph, scores) => {
        graph.weight('mask', [1, 1, 1, tokens], [0, 0, 0, 0, -10000]);
        const masked = graph.node('Add', [scores, 'mask'], 'masked');
        const half = graph.node('Cast', [masked], 'half', [integerAttribute('to', elementTypes.float16)]);
        const made = softmax(graph, half);
        const whole = graph.node('Cast', [made], 'whole', [integerAttribute('to', elementTypes.float)]);
        return graph.node('Dropout', [whole], 'kept');
      }),
    );
    const expected = expectedWeights((_b, _h, _q, key) => (key === tokens - 1 ? -10000 : 0));
    assert.ok(distance(weights, expected) < 2e-3);
  });

  it('is what goes on where rows without any key are set to zero', async () => {
    const weights = await exact(emptyRow(true));
    assert.deepEqual(weights.slice(2 * tokens, 3 * tokens), [0, 0, 0, 0, 0]);
    assert.ok(distance(weights.slice(0, 2 * tokens), expectedWeights().slice(0, 2 * tokens)) < 1e-6);
  });

  it('leaves out the column of an attention sink', async () => {
    const weights = await exact(
      encoderGraph((graph, scores) => {
        graph.weight('sink', [batch, heads, tokens, 1], noise(batch * heads * tokens));
        const wide = graph.node('Concat', [scores, 'sink'], 'wide', [integerAttribute('axis', -1)]);
        const made = softmax(graph, wide);
        for (const [name, value] of Object.entries({ from: 0, to: tokens, axis: 3 }))
          graph.integers(name, [value]);
        return graph.node('Slice', [made, 'from', 'to', 'axis'], 'cut');
      }),
    );
    assert.equal(weights.length, cells);
    const row = weights.slice(0, tokens).reduce((sum, weight) => sum + weight, 0);
    assert.ok(row > 0.1 && row < 0.999);
  });

  it('has its four axes where the graph folds heads into the batch', async () => {
    const folded: Middle = (graph, scores) => {
      graph.integers('fold', [batch * heads, tokens, tokens]);
      graph.integers('unfold', [batch, heads, tokens, tokens]);
      const flat = softmax(graph, graph.node('Reshape', [scores, 'fold'], 'flat'));
      return graph.node('Reshape', [flat, 'unfold'], 'unfolded');
    };
    assert.ok(distance(await exact(encoderGraph(folded)), expectedWeights()) < 1e-6);
  });

  it('has its four axes where the graph groups heads that share keys', async () => {
    const grouped: Middle = (graph, scores) => {
      graph.integers('group', [batch, 1, heads, tokens, tokens]);
      graph.integers('ungroup', [batch, heads, tokens, tokens]);
      const five = softmax(graph, graph.node('Reshape', [scores, 'group'], 'five'));
      return graph.node('Reshape', [five, 'ungroup'], 'four');
    };
    assert.ok(distance(await exact(encoderGraph(grouped)), expectedWeights()) < 1e-6);
  });

  it('is found where the softmax is written out', async () => {
    const writtenOut: Middle = (graph, scores) => {
      graph.integers('keys', [-1]);
      const most = graph.node('ReduceMax', [scores], 'most', [integersAttribute('axes', [-1])]);
      const raised = graph.node('Exp', [graph.node('Sub', [scores, most], 'lowered')], 'raised');
      return graph.node('Div', [raised, graph.node('ReduceSum', [raised, 'keys'], 'sum')], 'shares');
    };
    assert.ok(distance(await exact(encoderGraph(writtenOut)), expectedWeights()) < 1e-6);
  });

  it('is found in quantised graphs (QDQ)', async () => {
    const quantised: Middle = (graph, scores) => {
      graph.weight('step', [], [1 / 255]);
      graph.tensor('none', rawTensor(elementTypes.uint8, [], Uint8Array.of(0)));
      const steps = graph.node('QuantizeLinear', [softmax(graph, scores), 'step', 'none'], 'steps');
      return graph.node('DequantizeLinear', [steps, 'step', 'none'], 'again');
    };
    assert.ok(distance(await exact(encoderGraph(quantised)), expectedWeights()) < 1 / 255);
  });

  it('is kept as bytes with a scale for each row, within 1/255 of the largest weight', async () => {
    const edited = await edit(await folders.write(encoderGraph().model()), edits.bytes);
    const results = await runModel(edited, feeds);
    const [layer] = edited.layers;
    const [maps, scales] = [results[layer!.output]!, results[layer!.scales!]!];
    assert.deepEqual([maps.type, maps.dims], ['uint8', [batch, heads, tokens, tokens]]);
    assert.deepEqual([scales.type, scales.dims], ['float32', [batch, heads, tokens, 1]]);
    const rows = numbers(scales);
    const weights = numbers(maps).map((cell, index) => (cell / 255) * rows[Math.floor(index / tokens)]!);
    assert.ok(distance(weights, expectedWeights()) <= 0.5 / 255 + 1e-6);
    for (let row = 0; row < rows.length; row++) {
      assert.equal(Math.max(...numbers(maps).slice(row * tokens, (row + 1) * tokens)), 255);
    }
  });

  it('marks a row of NaN with the scale NaN and a row without weights with the scale 0; cells are 0', async () => {
    for (const [isRepaired, scale] of [
      [false, Number.NaN],
      [true, 0],
    ] as const) {
      const edited = await edit(await folders.write(emptyRow(isRepaired).model()), edits.bytes);
      const results = await runModel(edited, feeds);
      const rows = numbers(results[edited.layers[0]!.scales!]).slice(0, tokens);
      const maps = numbers(results[edited.layers[0]!.output]).slice(0, tokens * tokens);
      assert.deepEqual(rows[2], scale);
      assert.deepEqual(maps.slice(2 * tokens, 3 * tokens), [0, 0, 0, 0, 0]);
      assert.ok([0, 1, 3, 4].every((row) => rows[row]! > 0));
    }
  });

  it('averages cells when pooled, those at the edge over what there is', async () => {
    const edited = await edit(await folders.write(encoderGraph().model()), { kind: 'bytes', pooling: 2 });
    const results = await runModel(edited, feeds);
    const maps = results[edited.layers[0]!.output]!;
    assert.deepEqual(maps.dims, [batch, heads, 3, 3]);
    const rows = numbers(results[edited.layers[0]!.scales!]);
    const weights = numbers(maps).map((cell, index) => (cell / 255) * rows[Math.floor(index / 3)]!);
    const all = expectedWeights();
    const corner = all[tokens * tokens - 1]!;
    const first = (all[0]! + all[1]! + all[tokens]! + all[tokens + 1]!) / 4;
    assert.ok(Math.abs(weights[0]! - first) < 1 / 255);
    assert.ok(Math.abs(weights[8]! - corner) < 1 / 255);
  });

  it('is not seen in the softmax of a classifier or a router; the reason names them', async () => {
    const graph = new TestGraph();
    graph.input('states', elementTypes.float, ['batch', 'tokens', hidden]);
    graph.weight('classes', [hidden, 3], noise(24));
    const scores = graph.node('MatMul', ['states', 'classes'], 'scores');
    graph.node('Softmax', [scores], 'shares', [integerAttribute('axis', -1)]);
    graph.output('shares', ['batch', 'tokens', 3]);
    await assert.rejects(edit(await folders.write(graph.model()), edits.exact), {
      code: 'attention-none',
      message: /test model .*fed by weights.*node\.shares \(Softmax\)/,
    });
  });

  it('is named, not read, where the softmax does not run along the keys', async () => {
    const turned = encoderGraph((graph, scores) =>
      graph.node('Softmax', [scores], 'weights', [integerAttribute('axis', 2)]),
    );
    await assert.rejects(edit(await folders.write(turned.model()), edits.exact), {
      code: 'attention-none',
      message: /node\.weights \(Softmax\): its softmax does not run along the last axis/,
    });
  });

  it('of the shipped int8 model is read layer by layer, and its logits stay what they are', async () => {
    const file = 'media/models/sentiment-en/onnx/model_quantized.onnx';
    const shape = [1, 16];
    const ids = BigInt64Array.from({ length: 16 }, (_, index) => BigInt(1000 + 37 * index));
    const given = {
      input_ids: new Tensor('int64', ids, shape),
      attention_mask: new Tensor('int64', ids.slice().fill(1n), shape),
      token_type_ids: new Tensor('int64', ids.slice().fill(0n), shape),
    };
    const edited = await edit(file, edits.exact);
    assert.deepEqual(
      edited.layers.map(({ stack, layer, heads: count }) => [stack, layer, count]),
      [0, 1, 2, 3, 4, 5].map((layer) => ['encoder', layer, 12]),
    );
    assert.ok(edited.model.length < 300_000);
    const results = await runModel(edited, given);
    assert.deepEqual(numbers(results['logits']), numbers((await runModel(file, given))['logits']));
    for (const { output } of edited.layers) {
      const weights = numbers(results[output]);
      assert.equal(weights.length, 12 * 16 * 16);
      for (let row = 0; row < weights.length; row += 16) {
        const sum = weights.slice(row, row + 16).reduce((all, weight) => all + weight, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5);
      }
    }
  });

  it('leaves the file as it was', async () => {
    const file = await folders.write(encoderGraph().model());
    const before = await readFile(file);
    await edit(file, edits.gates);
    assert.deepEqual(await readFile(file), before);
  });
});

/** Before opset 13 an axis of -1 is as good as 3; the attribute must be there. */
const softmaxOfLast: Middle = (graph, scores) =>
  graph.node('Softmax', [scores], 'weights', [integerAttribute('axis', 3)]);

/** Query 2 may look at no key at all: its softmax is NaN, which some exports set to zero afterwards. */
function emptyRow(isRepaired: boolean): TestGraph {
  return encoderGraph((graph, scores) => {
    graph.weight('hidden row', [1, 1, tokens, 1], [0, 0, Number.NEGATIVE_INFINITY, 0, 0]);
    const made = softmax(graph, graph.node('Add', [scores, 'hidden row'], 'masked'));
    if (!isRepaired) return made;
    graph.weight('zero', [], [0]);
    return graph.node('Where', [graph.node('IsNaN', [made], 'lost'), 'zero', made], 'repaired');
  });
}
