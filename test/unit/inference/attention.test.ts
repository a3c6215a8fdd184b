import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readPositionTable } from '../../../src/core/onnx/positionTable.ts';
import { longText, mapOf, overviewOf, sourceOf, sumError, weightsOf } from './attentionClient.ts';
import { hasCode } from './fakeClient.ts';
import type { RealClient } from './realClient.ts';
import { realClient } from './realClient.ts';

describe('attention of a model', function () {
  this.timeout(60_000);
  let real: RealClient;
  const start = (...args: Parameters<typeof realClient>): RealClient => (real = realClient(...args));
  afterEach(() => real.dispose());

  it('comes with its tokens, its prediction and a thumbnail of every head', async () => {
    const { copyModel, classify } = start();
    const model = copyModel('a');
    const source = sourceOf(model);
    const overview = await overviewOf(real, source);
    assert.deepEqual(overview.model, {
      reference: model,
      architecture: 'bert',
      task: 'text-classification',
      precision: 'q8',
      device: 'cpu',
    });
    const { ids, pieces, offsets, special, words } = overview.source;
    const length = ids.length;
    assert.deepEqual([pieces.at(0), pieces.at(-1)], ['[CLS]', '[SEP]']);
    assert.deepEqual([special[0], special[1], words[0]], [1, 0, -1]);
    assert.equal(source.text.slice(offsets[2], offsets[3]), 'The');
    assert.deepEqual(overview.windows, [{ start: 0, end: source.text.length, tokens: length }]);
    const [stack] = overview.stacks;
    assert.deepEqual([stack?.name, stack?.heads, stack?.thumbnailRows], ['encoder', [4, 4], length]);
    assert.equal(stack?.thumbnails.length, 8 * length * length);
    assert.match(stack.nodes[1]!, /layer\.1.*Softmax/);
    const [result] = (await classify(model, source.text)).results;
    assert.equal(overview.prediction?.text, result?.label);
    assert.ok(Math.abs(overview.prediction!.score - result!.score) < 1e-6);
    assert.equal(overview.bytes, 8 * length * (length + 4));
  });

  it('sums to one in every row of every head, within the error that is told', async () => {
    for (const precision of ['q8', 'fp32'] as const) {
      const { copyModel } = start({ precision });
      const source = sourceOf(copyModel('a'));
      const { quantisationError } = await overviewOf(real, source);
      assert.equal(quantisationError, 0.5 / 255);
      for (let head = 0; head < 8; head++) {
        const map = await mapOf(real, source, { layer: Math.floor(head / 4), head: head % 4 });
        weightsOf(map).forEach((row, index) => {
          const sum = row.reduce((total, weight) => total + weight, 0);
          assert.ok(Math.abs(sum - 1) <= sumError(map, index), `${precision} ${head} ${index}: ${sum}`);
        });
      }
      real.dispose();
    }
  });

  it('gives a row and a column of a token as the map has them', async () => {
    const { copyModel, client } = start();
    const source = sourceOf(copyModel('a'));
    const weights = weightsOf(await mapOf(real, source, { layer: 1, head: 2 }));
    const token = 3;
    for (const direction of ['from', 'to'] as const) {
      const all = await client.attention(source, 'tokenWeights', {
        stack: 'encoder',
        layer: 1,
        token,
        direction,
      });
      const expected = direction === 'from' ? weights[token]! : weights.map((row) => row[token]!);
      const own = [...all.weights.subarray(2 * all.tokens, 3 * all.tokens)];
      own.forEach((weight, index) => assert.ok(Math.abs(weight - expected[index]!) < 1e-6));
    }
  });

  it('is shown in the window that was chosen, and says that there are others', async () => {
    const { copyModel } = start();
    const model = copyModel('a');
    const text = longText(120);
    const first = await overviewOf(real, sourceOf(model, { text }));
    assert.ok(first.windows.length > 2);
    const second = await overviewOf(real, sourceOf(model, { text, window: 1 }));
    assert.deepEqual(second.windows, first.windows);
    assert.equal(second.source.ids.length, 128);
    assert.equal(second.source.offsets[2], second.windows[1]!.start);
    assert.deepEqual(second.warnings, [
      { code: 'attention-windows', details: { window: 1, windows: first.windows.length } },
    ]);
    const beyond = overviewOf(real, sourceOf(model, { text, window: first.windows.length }));
    await assert.rejects(beyond, hasCode('attention-window-missing'));
  });

  it('tells question and context apart', async () => {
    const { copyModel } = start();
    const { source } = await overviewOf(
      real,
      sourceOf(copyModel('a'), { question: 'was it good', text: 'it was' }),
    );
    const separators = [...source.special.keys()].filter((token) => source.special[token] === 1);
    assert.equal(separators.length, 3);
    assert.deepEqual([source.sequence[1], source.sequence[separators[1]! + 1]], [0, 1]);
  });

  it('works for a text of one token', async () => {
    const { copyModel, client } = start();
    const source = sourceOf(copyModel('a'), { text: 'a' });
    const overview = await overviewOf(real, source);
    assert.deepEqual(overview.source.pieces, ['[CLS]', 'a', '[SEP]']);
    assert.equal((await client.attention(source, 'summaries', {})).length, 8);
    const { units, drops } = await client.attention(source, 'attribution', { unit: 'word' });
    assert.deepEqual(units, [{ start: 0, end: 1, sequence: 0 }]);
    assert.equal(drops.length, 1);
  });

  it('refuses what is no text, a head that is not there, and another task than the model has', async () => {
    const { copyModel } = start();
    const model = copyModel('a');
    await assert.rejects(overviewOf(real, sourceOf(model, { text: ' \n' })), hasCode('text-empty'));
    await assert.rejects(overviewOf(real, sourceOf(model, { text: 'a\0b' })), hasCode('text-binary'));
    await assert.rejects(overviewOf(real, sourceOf(model, { question: ' ' })), hasCode('question-empty'));
    for (const at of [{ layer: 2 }, { head: 4 }, { layer: -1 }, { stack: 'cross' as const }])
      await assert.rejects(mapOf(real, sourceOf(model), at), hasCode('attention-place-missing'));
    const other = sourceOf(model, { task: 'question-answering', question: 'who' });
    await assert.rejects(overviewOf(real, other), hasCode('model-wrong-task'));
    const written = sourceOf(model, { generate: 1 });
    await assert.rejects(overviewOf(real, written), hasCode('attention-cannot-generate'));
  });

  it('says which heads have rows that are not numbers, and draws the rest', async () => {
    const { copyModel, client } = start({ precision: 'fp32' });
    const model = copyModel('nan');
    const file = path.join(model, 'onnx/model.onnx');
    const table = await readPositionTable(file);
    const bytes = readFileSync(file);
    const at = bytes.indexOf(Buffer.from(table!.values.buffer, table!.values.byteOffset, 64));
    // The position of the second token: whoever looks at it sees NaN.
    bytes.writeFloatLE(NaN, at + 4 * table!.width);
    writeFileSync(file, bytes);
    const overview = await overviewOf(real, sourceOf(model));
    const rows = overview.source.ids.length;
    const [warning] = overview.warnings;
    assert.deepEqual(warning, { code: 'attention-nan', details: { layer: 0, head: 0, rows } });
    assert.equal(overview.warnings.length, 8);
    const { scales, cells } = await mapOf(real, sourceOf(model));
    assert.ok(scales.every(Number.isNaN));
    assert.ok(cells.every((cell) => cell === 0));
    assert.equal((await client.attention(sourceOf(model), 'summaries', {})).length, 8);
  });

  it('names a model that has none', async () => {
    const { copyModel } = start();
    const model = copyModel('none');
    const half = readFileSync(path.join(import.meta.dirname, '../../fixtures/models/half-logits.onnx'));
    writeFileSync(path.join(model, 'onnx/model_quantized.onnx'), half);
    await assert.rejects(overviewOf(real, sourceOf(model)), hasCode('attention-none'));
    assert.equal((await overviewOf(real, sourceOf(copyModel('fine')))).stacks.length, 1);
  });
});
