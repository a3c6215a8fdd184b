import assert from 'node:assert/strict';
import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tensorAttribute } from '../../../src/core/onnx/attribute.ts';
import { elementTypes } from '../../../src/core/onnx/elementTypes.ts';
import { modelBytes, modelFrom } from '../../../src/core/onnx/graph.ts';
import { readOutline } from '../../../src/core/onnx/outline.ts';
import { externalLocation, floatTensor, rawTensor, type TensorProto } from '../../../src/core/onnx/tensor.ts';
import { headerBytes, joinBytes, MessageWriter, varintBytes } from '../../../src/core/onnx/wire.ts';
import { encoderGraph, expectedWeights, size, softmax, states } from './encoderGraph.ts';
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

const { batch, tokens, hidden } = size;
const feeds = { states: floats(states, [batch, tokens, hidden]) };

function placeOf({ external }: TensorProto): Record<string, string> {
  return Object.fromEntries(external.map(({ key, value }) => [key, value]));
}

describe('a graph without its weights', () => {
  const folders = new TestFolders();
  after(() => folders.remove());

  /** A graph that adds a table of 512 numbers (2 KB) to what it is fed. */
  function addingGraph(): TestGraph {
    const graph = new TestGraph();
    graph.input('a', elementTypes.float, [512]);
    graph.weight('table', [512], noise(512));
    graph.weight('small', [4], noise(4));
    graph.node('Add', ['a', 'table'], 'b');
    graph.output('b', [512]);
    return graph;
  }

  it('names the bytes of tensors above 1 KB in the file itself and keeps smaller ones', async () => {
    const file = await folders.write(addingGraph().model(), 'adding.onnx');
    const [table, small] = modelFrom(await readOutline(file)).graph.initializers;
    assert.equal(table!.dataLocation, externalLocation);
    const { location, offset, length } = placeOf(table!);
    assert.deepEqual([location, length, table!.raw], ['adding.onnx', '2048', undefined]);
    const bytes = (await readFile(file)).subarray(Number(offset), Number(offset) + 2048);
    assert.deepEqual(
      [...new Float32Array(Uint8Array.from(bytes).buffer)],
      [...Float32Array.from(noise(512))],
    );
    assert.equal(small!.raw!.length, 16);
  });

  it('finds weights that are written as packed floats, and leaves an explicit place behind', async () => {
    const { raw } = rawTensor(
      elementTypes.float,
      [512],
      new Uint8Array(Float32Array.from(noise(512)).buffer),
    );
    const tensor = new MessageWriter()
      .integer(1, 512)
      .integer(2, elementTypes.float)
      .bytes(4, raw)
      .text(8, 'packed')
      .integer(14, 0)
      .finish();
    const graph = new MessageWriter().bytes(5, tensor).finish();
    const file = await folders.write(new MessageWriter().bytes(7, graph).finish());
    const [packed] = modelFrom(await readOutline(file)).graph.initializers;
    assert.deepEqual([packed!.name, packed!.dataLocation], ['packed', externalLocation]);
    assert.equal(placeOf(packed!)['length'], '2048');
  });

  it('keeps the places of a model whose weights lie in files of their own', async () => {
    const model = encoderGraph().model();
    const weights = model.graph.initializers.filter(({ name }) => name!.endsWith('.weight'));
    const file = await folders.write({
      ...model,
      graph: {
        ...model.graph,
        initializers: model.graph.initializers.map((tensor) => {
          const at = weights.indexOf(tensor);
          if (at < 0) return tensor;
          const places = { location: 'model.onnx_data', offset: String(256 * at), length: '256' };
          const external = Object.entries(places).map(([key, value]) => ({ key, value }));
          return { ...tensor, raw: undefined, external, dataLocation: externalLocation };
        }),
      },
    });
    await writeFile(join(dirname(file), 'model.onnx_data'), joinBytes(weights.map(({ raw }) => raw!)));
    const edited = await edit(file, edits.exact);
    const results = await runModel(edited, feeds);
    assert.ok(distance(numbers(results[edited.layers[0]!.output]), expectedWeights()) < 1e-6);
  });

  it('runs where weights are Constant nodes, as some exporters write them', async () => {
    const graph = encoderGraph((inner, scores) => {
      const wide = floatTensor([512], noise(512));
      inner.node('Constant', [], 'constant', [tensorAttribute('value', wide)]);
      const first = inner.node(
        'Slice',
        ['constant', ...['0', '1'].map((at) => inner.integers(at, [Number(at)]))],
        'one',
      );
      return softmax(inner, inner.node('Add', [scores, first], 'shifted'));
    });
    const edited = await edit(await folders.write(graph.model()), edits.exact);
    assert.ok(edited.model.length < 2048 + 1536);
    const results = await runModel(edited, feeds);
    // The same number added to every score changes no weight.
    assert.ok(distance(numbers(results[edited.layers[0]!.output]), expectedWeights()) < 1e-6);
  });

  it('of a model beyond 4 GB takes no time and no memory; offsets reach to its end', async () => {
    // The file is sparse: a tensor of 5 GB that no disk holds, and one behind it.
    const gigabytes = 5 * 2 ** 30;
    const node = new MessageWriter().text(1, 'a').text(2, 'b').text(4, 'Identity').finish();
    const start = (name: string, count: number): Uint8Array => {
      const fields = new MessageWriter()
        .integer(1, count)
        .integer(2, elementTypes.uint8)
        .text(8, name)
        .finish();
      const header = headerBytes(9, count);
      return joinBytes([headerBytes(5, fields.length + header.length + count), fields, header]);
    };
    const first = joinBytes([headerBytes(1, node.length), node, start('huge', gigabytes)]);
    const second = joinBytes([start('last', 4096), new Uint8Array(4096)]);
    const length = first.length + gigabytes + second.length;
    const head = joinBytes([varintBytes(7 * 8 + 2), varintBytes(length), first]);
    const file = await folders.write(head);
    await truncate(file, head.length + gigabytes);
    const handle = await open(file, 'r+');
    await handle.write(second, 0, second.length, head.length + gigabytes);
    await handle.close();
    assert.ok((await stat(file)).size > 2 ** 32);
    const memory = process.memoryUsage().rss;
    const began = performance.now();
    const [huge, last] = modelFrom(await readOutline(file)).graph.initializers;
    assert.ok(performance.now() - began < 1000);
    assert.ok(process.memoryUsage().rss - memory < 64 * 2 ** 20);
    assert.equal(placeOf(huge!)['length'], String(gigabytes));
    assert.equal(placeOf(last!)['offset'], String(head.length + gigabytes + second.length - 4096));
  });
});

describe('files that are no model', () => {
  const folders = new TestFolders();
  after(() => folders.remove());

  async function refused(bytes: Uint8Array, message: RegExp): Promise<void> {
    const file = await folders.write(bytes);
    await assert.rejects(edit(file, edits.exact), { code: 'model-file-invalid', message });
  }

  it('are refused with the reason: empty, text, numbers without end, no graph', async () => {
    await refused(new Uint8Array(0), /empty/);
    await refused(new TextEncoder().encode('<!DOCTYPE html><html></html>'), /no ONNX model/);
    await refused(
      Uint8Array.from({ length: 64 }, () => 0xff),
      /no ONNX model/,
    );
    await refused(
      Uint8Array.from(noise(4096), (value) => value * 255),
      /no ONNX model|damaged|ends early/,
    );
    await refused(new MessageWriter().integer(1, 8).finish(), /holds no graph/);
  });

  it('are refused wherever they were cut off', async () => {
    const bytes = modelBytes(encoderGraph().model());
    for (let cut = 1; cut < bytes.length; cut += 37) {
      await refused(bytes.subarray(0, bytes.length - cut), /ends early|damaged|no ONNX model|holds no graph/);
    }
  });

  it('are never an internal error, whatever byte is damaged', async () => {
    const bytes = modelBytes(encoderGraph().model());
    for (let at = 0; at < bytes.length; at += 13) {
      const damaged = bytes.slice();
      damaged[at] = damaged[at]! ^ 0xff;
      const file = await folders.write(damaged);
      await edit(file, edits.exact).catch((error: unknown) => {
        assert.match(String((error as { code: unknown }).code), /^(model-file-invalid|attention-none)$/);
      });
    }
  });

  it('are refused where nodes feed each other in a circle', async () => {
    const graph = new TestGraph();
    graph.input('a', elementTypes.float, [1]);
    graph.node('Add', ['a', 'second'], 'first');
    graph.node('Add', ['a', 'first'], 'second');
    graph.output('second', [1]);
    await refused(modelBytes(graph.model()), /in a circle \(at node node\.first\)/);
  });
});
