import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mapOf, overviewOf, sourceOf, weightsOf } from './attentionClient.ts';
import { hasCode } from './fakeClient.ts';
import type { RealClient } from './realClient.ts';
import { realClient } from './realClient.ts';

/** Changes a model folder's config.json. */
function configure(model: string, changes: Readonly<Record<string, unknown>>): void {
  const file = path.join(model, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, ...changes }));
}

describe('attention of every kind of model', function () {
  this.timeout(60_000);
  let real: RealClient;
  beforeEach(() => void (real = realClient()));
  afterEach(() => real.dispose());

  it('looks back only in a language model, whose next token is the prediction', async () => {
    const source = sourceOf(real.copyModel('lm', 'tiny-decoder'));
    const { stacks, prediction } = await overviewOf(real, source);
    assert.deepEqual(
      stacks.map(({ name, queries, keys }) => [name, queries, keys]),
      [['decoder', 'source', 'source']],
    );
    assert.equal(prediction?.kind, 'next-token');
    assert.equal(prediction.scores.length, 10);
    const weights = weightsOf(await mapOf(real, source, { stack: 'decoder', layer: 1 }));
    weights.forEach((row, query) => assert.ok(row.slice(query + 1).every((weight) => weight === 0)));
  });

  it('grows by a row for each token that the model writes, and the rows before stay', async () => {
    const model = real.copyModel('lm', 'tiny-decoder');
    const source = sourceOf(model);
    const lengths: number[] = [];
    let before: number[][] = [];
    for (const generate of [0, 1, 2, 3]) {
      const { source: tokens, prediction } = await overviewOf(real, { ...source, generate });
      lengths.push(tokens.ids.length);
      assert.equal([...tokens.generated].filter((flag) => flag === 1).length, generate);
      const weights = weightsOf(await mapOf(real, { ...source, generate }, { stack: 'decoder' }));
      before.forEach((row, query) =>
        row.forEach((weight, key) => assert.ok(Math.abs(weight - weights[query]![key]!) < 1e-6)),
      );
      before = weights;
      const next = await overviewOf(real, { ...source, generate: generate + 1 });
      assert.equal(next.source.pieces.at(-1)?.replace('Ġ', ' '), prediction?.text);
    }
    assert.deepEqual(lengths, [lengths[0]!, lengths[0]! + 1, lengths[0]! + 2, lengths[0]! + 3]);
  });

  it('is the same whether tokens were written one by one or all at once', async () => {
    const [one, all] = ['one', 'all'].map((name) => real.copyModel(name, 'tiny-decoder'));
    for (const generate of [1, 2, 3, 4]) await overviewOf(real, sourceOf(one!, { generate }));
    const maps = await Promise.all(
      [one!, all!].map((model) => mapOf(real, sourceOf(model, { generate: 4 }), { stack: 'decoder' })),
    );
    assert.deepEqual(maps[0], maps[1]);
  });

  it('stops writing where the model takes no more, and says so', async () => {
    const text = 'was good '.repeat(200);
    const model = real.copyModel('lm', 'tiny-decoder');
    const { source, windows, warnings } = await overviewOf(real, sourceOf(model, { text, generate: 5 }));
    assert.ok(windows.length > 1);
    assert.equal(source.ids.length, 128);
    const details = { written: 0, wanted: 5, limit: 128 };
    assert.deepEqual(warnings.at(-1), { code: 'generation-full', details });
  });

  it('stops writing at an end token, whose row is there too, and says so', async () => {
    const model = real.copyModel('lm', 'tiny-decoder');
    const { source } = await overviewOf(real, sourceOf(model, { generate: 4 }));
    const written = [...source.ids].slice(-4);
    const end = written.findIndex((id, index) => index > 0 && !written.slice(0, index).includes(id));
    const ending = real.copyModel('ending', 'tiny-decoder');
    configure(ending, { eos_token_id: written[end] });
    const ended = await overviewOf(real, sourceOf(ending, { generate: 4 }));
    assert.deepEqual([...ended.source.ids].slice(source.ids.length - 4), written.slice(0, end + 1));
    assert.equal(ended.source.special.at(-1), 1);
    const { rows } = await mapOf(real, sourceOf(ending, { generate: 4 }), { stack: 'decoder' });
    assert.equal(rows, ended.source.ids.length);
    const details = { written: end + 1, wanted: 4 };
    assert.deepEqual(ended.warnings, [{ code: 'generation-ended', details }]);
  });

  it('has three stacks in an encoder-decoder, with the target after its start token', async () => {
    const source = sourceOf(real.copyModel('seq', 'tiny-encoder-decoder'), { target: 'a good film' });
    const { stacks, source: tokens, target, prediction } = await overviewOf(real, source);
    assert.deepEqual(
      stacks.map(({ name, queries, keys }) => [name, queries, keys]),
      [
        ['encoder', 'source', 'source'],
        ['decoder', 'target', 'target'],
        ['cross', 'target', 'source'],
      ],
    );
    assert.equal(target?.special[0], 1);
    assert.equal(source.target?.slice(target.offsets[2], target.offsets[3]), 'a');
    const cross = await mapOf(real, source, { stack: 'cross' });
    assert.deepEqual([cross.rows, cross.columns], [target.ids.length, tokens.ids.length]);
    assert.equal(prediction?.kind, 'next-token');
    const longer = await overviewOf(real, { ...source, generate: 2 });
    assert.equal(longer.target?.ids.length, target.ids.length + 2);
    const bare = await overviewOf(real, sourceOf(source.model));
    assert.equal(bare.target?.ids.length, 1);
  });

  it('says when the target is longer than the decoder takes', async () => {
    const model = real.copyModel('seq', 'tiny-encoder-decoder');
    const { warnings, target } = await overviewOf(
      real,
      sourceOf(model, { target: 'good film '.repeat(400) }),
    );
    const [warning] = warnings;
    assert.equal(warning?.code, 'target-truncated');
    assert.equal(target?.ids.length, 1 + Number(warning.details['tokens']));
  });

  it('is open to bare encoders and other heads, which the tasks refuse', async () => {
    const model = real.copyModel('masked');
    configure(model, { architectures: ['BertForMaskedLM'], id2label: undefined, label2id: undefined });
    const { prediction, model: summary } = await overviewOf(real, sourceOf(model));
    assert.deepEqual([prediction?.kind, prediction?.score, summary.task], ['embedding', 1, undefined]);
    await assert.rejects(real.classify(model, 'x'), hasCode('model-architecture-unsupported'));
    const importance = await real.client.attention(sourceOf(model), 'importance', {});
    assert.ok(importance.stacks[0]?.drops.some((drop) => drop > 0));
  });

  it('changes a prediction when heads are switched off, and not when none is', async () => {
    for (const [fixture, stack] of [
      ['tiny-classifier', 'encoder'],
      ['tiny-decoder', 'decoder'],
      ['tiny-encoder-decoder', 'cross'],
    ] as const) {
      const source = sourceOf(real.copyModel(fixture, fixture));
      const { prediction } = await overviewOf(real, source);
      const none = await real.client.attention(source, 'mask', { heads: [] });
      assert.ok(Math.abs(none.kept - prediction!.score) < 1e-5, fixture);
      assert.deepEqual(none.after, none.before);
      const heads = [0, 1, 2, 3].map((head) => ({ stack, layer: 0, head }));
      const off = await real.client.attention(source, 'mask', { heads });
      assert.ok(Math.abs(off.kept - off.before.score) > 1e-5, fixture);
      const { stacks } = await real.client.attention(source, 'importance', {});
      const single = await real.client.attention(source, 'mask', { heads: heads.slice(2, 3) });
      const drop = stacks.find(({ name }) => name === stack)!.drops[2]!;
      assert.ok(Math.abs(single.before.score - single.kept - drop) < 1e-6, fixture);
    }
  });

  it('draws the positions that tokens have: learned, rotary, and says where there are none', async () => {
    const { client, copyModel } = real;
    const classifier = sourceOf(copyModel('a'));
    const learned = await client.attention(classifier, 'positions', { limit: 10 });
    assert.deepEqual([learned.kind, learned.positions, learned.width], ['learned', 10, 32]);
    assert.ok(Math.abs(learned.similarity[11]! - 1) < 1e-5);
    const rotary = copyModel('rotary');
    configure(rotary, { rope_theta: 10_000 });
    const turned = await client.attention(sourceOf(rotary), 'positions', { limit: 5 });
    assert.deepEqual([turned.kind, turned.width, turned.values[8]], ['rotary', 8, Math.fround(Math.cos(1))]);
    const relative = sourceOf(copyModel('seq', 'tiny-encoder-decoder'));
    const missing = client.attention(relative, 'positions', { limit: 5 });
    await assert.rejects(missing, hasCode('attention-positions-missing'));
  });
});
