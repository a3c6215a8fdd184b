import assert from 'node:assert/strict';
import { integerAttribute } from '../../../src/core/onnx/attribute.ts';
import { elementTypes } from '../../../src/core/onnx/elementTypes.ts';
import { readPositionTable } from '../../../src/core/onnx/positionTable.ts';
import { externalLocation, rawTensor, type TensorProto } from '../../../src/core/onnx/tensor.ts';
import { distance, noise, TestFolders, TestGraph } from './testGraph.ts';

const [vocabulary, positions, width] = [40, 24, 16];
const learned = noise(positions * width, 3);

/** Token and position embeddings added up; `table` puts the second into the graph and returns what is looked up. */
function embeddings(table: (graph: TestGraph) => string, lookUp = gathered): TestGraph {
  const graph = new TestGraph();
  graph.input('input_ids', elementTypes.int64, ['b', 's']);
  graph.weight('tokens', [vocabulary, width], noise(vocabulary * width));
  const looked = graph.node('Gather', ['tokens', 'input_ids'], 'looked');
  graph.node('Add', [looked, lookUp(graph, table(graph))], 'output');
  graph.output('output', ['b', 's', width]);
  return graph;
}

/** By a range as long as the text. */
function gathered(graph: TestGraph, table: string): string {
  graph.tensor('zero', rawTensor(elementTypes.int64, [], new Uint8Array(8)));
  graph.tensor('one', rawTensor(elementTypes.int64, [], Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)));
  const length = graph.node('Gather', [graph.node('Shape', ['input_ids'], 'shape'), 'one'], 'length');
  const ids = graph.node('Range', ['zero', length, 'one'], 'ids');
  return graph.node('Gather', [table, ids], 'positions');
}

const whole = (graph: TestGraph): string => graph.weight('any.name', [positions, width], learned);

describe('the table of position embeddings', () => {
  const folders = new TestFolders();
  after(() => folders.remove());

  async function read(graph: TestGraph): Promise<{ name: string; values: number[] } | undefined> {
    const table = await readPositionTable(await folders.write(graph.model()));
    if (table === undefined) return undefined;
    assert.deepEqual([table.positions, table.width], [positions, width]);
    return { name: table.name, values: [...table.values] };
  }

  it('is found by how it is looked up, whatever its name', async () => {
    const table = await read(embeddings(whole));
    assert.equal(table?.name, 'any.name');
    assert.ok(distance(table.values, learned) < 1e-7);
  });

  it('is found where it is cut instead of looked up, and where positions are an input', async () => {
    const cut = embeddings(whole, (graph, table) => {
      for (const [name, value] of [
        ['from', 0],
        ['to', 8],
        ['axis', 0],
      ] as const)
        graph.integers(name, [value]);
      return graph.node('Slice', [table, 'from', 'to', 'axis'], 'positions');
    });
    assert.equal((await read(cut))?.name, 'any.name');
    const fed = embeddings(whole, (graph, table) =>
      graph.node('Gather', [table, graph.input('position_ids', elementTypes.int64, ['b', 's'])], 'positions'),
    );
    assert.equal((await read(fed))?.name, 'any.name');
  });

  it('in half precision, or in 8 bits with a scale before or after the look-up, gives its numbers', async () => {
    const half = embeddings((graph) => {
      const bits = Uint8Array.from({ length: 2 * positions * width }, (_, at) => (at % 2 === 0 ? 0 : 0x3c));
      graph.tensor('half', rawTensor(elementTypes.float16, [positions, width], bits));
      return graph.node('Cast', ['half'], 'cast', [integerAttribute('to', elementTypes.float)]);
    });
    assert.deepEqual(new Set((await read(half))!.values), new Set([1]));
    const bytes = (graph: TestGraph): string => {
      const steps = Uint8Array.from(learned, (value) => Math.round(value * 100) + 128);
      graph.weight('step', [], [0.01]);
      graph.tensor('middle', rawTensor(elementTypes.uint8, [], Uint8Array.of(128)));
      return graph.tensor('steps', rawTensor(elementTypes.uint8, [positions, width], steps));
    };
    const before = embeddings((graph) =>
      graph.node('DequantizeLinear', [bytes(graph), 'step', 'middle'], 'again'),
    );
    const after = embeddings(bytes, (graph, table) =>
      graph.node('DequantizeLinear', [gathered(graph, table), 'step', 'middle'], 'again'),
    );
    for (const graph of [before, after]) assert.ok(distance((await read(graph))!.values, learned) <= 0.0051);
  });

  it('of the shipped model is its 512 x 384', async () => {
    const table = await readPositionTable('media/models/sentiment-en/onnx/model_quantized.onnx');
    assert.deepEqual([table?.positions, table?.width], [512, 384]);
    assert.ok(table!.values.every((value) => Math.abs(value) < 5));
    assert.match(table!.name, /position_embeddings/);
  });

  it('is missing where positions only bias the scores, or nothing is as wide as the tokens', async () => {
    const narrow = embeddings((graph) => graph.weight('buckets', [32, 4], noise(128)));
    assert.equal(await read(narrow), undefined);
  });

  it('that is said to lie outside the folder, or is cut short, is refused', async () => {
    const outside = (location: string, offset = '0'): TestGraph =>
      embeddings((graph) => {
        const tensor: TensorProto = {
          ...rawTensor(elementTypes.float, [positions, width], new Uint8Array(0)),
          raw: undefined,
          external: Object.entries({ location, offset }).map(([key, value]) => ({ key, value })),
          dataLocation: externalLocation,
        };
        return graph.tensor('outside', tensor);
      });
    const refused = { code: 'model-file-invalid' };
    await assert.rejects(read(outside('../../../etc/passwd')), {
      ...refused,
      message: /outside the model's folder/,
    });
    await assert.rejects(read(outside('model.onnx', '4000')), { ...refused, message: /bytes, not 1536/ });
    await assert.rejects(read(outside('gone.bin')), { ...refused, message: /gone\.bin/ });
  });
});
