import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { modelBytes, modelFrom } from '../../../src/core/onnx/graph.ts';
import {
  MessageWriter,
  readFields,
  readVarint,
  varintBytes,
  WireError,
} from '../../../src/core/onnx/wire.ts';
import { TestGraph } from './testGraph.ts';

describe('protobuf wire format', () => {
  it('keeps numbers of every size, negative ones too', () => {
    for (const value of [
      0n,
      1n,
      127n,
      128n,
      2n ** 31n,
      2n ** 32n + 5n,
      2n ** 53n,
      2n ** 63n - 1n,
      -1n,
      -(2n ** 63n),
    ]) {
      const bytes = varintBytes(value);
      const read = readVarint(bytes, 0);
      assert.equal(read?.end, bytes.length);
      assert.equal(BigInt.asIntN(64, read.value), value);
    }
  });

  it('writes unknown fields back byte for byte, whatever their type', () => {
    const message = Uint8Array.from([
      ...[0x98, 0x06, 0x96, 0x01], // field 99, a varint
      ...[0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8], // field 100, 8 bytes
      ...[0xad, 0x06, 9, 8, 7, 6], // field 101, 4 bytes
      ...[0xb2, 0x06, 3, 0xff, 0x00, 0xfe], // field 102, bytes
    ]);
    assert.deepEqual(new MessageWriter().keep(readFields(message)).finish(), message);
  });

  it('refuses lengths beyond the message and numbers that never end', () => {
    assert.throws(() => readFields(Uint8Array.of(0x0a, 0x05, 1, 2)), WireError);
    assert.throws(
      () => readFields(Uint8Array.from([0x08, ...Array.from({ length: 11 }, () => 0xff)])),
      WireError,
    );
    assert.throws(
      () => readFields(Uint8Array.from([0x0a, ...Array.from({ length: 9 }, () => 0xff), 0x01])),
      WireError,
    );
  });
});

describe('reading and writing models', () => {
  for (const name of ['sentiment-en', 'qa-en', 'ner-en']) {
    it(`gives back the very bytes of the shipped ${name}`, async () => {
      const bytes = await readFile(`media/models/${name}/onnx/model_quantized.onnx`);
      assert.equal(Buffer.compare(Buffer.from(modelBytes(modelFrom(bytes))), bytes), 0);
    });
  }

  it('keeps fields that it does not know in models, graphs and nodes', () => {
    const graph = new TestGraph();
    graph.node('Identity', ['a'], 'b');
    const model = graph.model();
    const unknown = readFields(new MessageWriter().text(99, 'of a later ONNX').finish());
    const marked = {
      ...model,
      rest: [...model.rest, ...unknown],
      graph: {
        ...model.graph,
        rest: unknown,
        nodes: model.graph.nodes.map((node) => ({ ...node, rest: unknown })),
      },
    };
    const bytes = modelBytes(marked);
    const read = modelFrom(bytes);
    assert.equal(read.graph.nodes[0]!.rest.length, 1);
    assert.deepEqual(modelBytes(read), bytes);
  });

  it('refuses subgraphs that lie absurdly deep', () => {
    let graph = new MessageWriter().text(2, 'innermost').finish();
    for (let depth = 0; depth < 100; depth++) {
      const attribute = new MessageWriter().text(1, 'body').bytes(6, graph).finish();
      const node = new MessageWriter().text(4, 'Loop').bytes(5, attribute).finish();
      graph = new MessageWriter().bytes(1, node).finish();
    }
    assert.throws(() => modelFrom(new MessageWriter().bytes(7, graph).finish()), /deep/);
  });
});
