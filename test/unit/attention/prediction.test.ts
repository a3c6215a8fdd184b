import assert from 'node:assert/strict';
import type { ReadoutContext } from '../../../src/core/attention/prediction/prediction.ts';
import { createReadout } from '../../../src/core/attention/prediction/prediction.ts';
import { readablePiece } from '../../../src/core/attention/prediction/nextToken.ts';
import type { TextTokenizer } from '../../../src/core/text/textTokenizer.ts';
import type { RowOutputs } from '../../../src/core/text/window.ts';
import type { AttentionSource } from '../../../src/shared/attentionProtocol.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import { windowOf } from '../inference/windows.ts';
import { attentionModel, factsOf } from './captureFixture.ts';

const pieces = ['[PAD]', 'Ġthe', 'Ġcat', '[MASK]'];
const tokenizer = {
  tokenText: (id: number) => pieces[id] ?? '',
  maskId: 3,
  unknownId: undefined,
  continuationPrefix: undefined,
} as TextTokenizer;

function contextOf(
  changes: Partial<AttentionSource>,
  description: Parameters<typeof attentionModel>[0] = {},
  model: Partial<ReadoutContext['model']> = {},
): ReadoutContext {
  return {
    model: { ...attentionModel(description), ...model },
    source: { model: 'm', text: 'the cat', window: 0, generate: 0, ...changes },
    window: { ...windowOf(1, 2), offsets: Uint32Array.of(0, 3, 4, 7) },
    tokenizer,
  };
}

function row(name: string, dims: readonly number[], ...data: readonly number[]): RowOutputs {
  return { [name]: { data: Float32Array.from(data), dims } };
}

function readout(
  context: ReadoutContext,
  outputs: readonly string[],
): Exclude<ReturnType<typeof createReadout>, string> {
  const made = createReadout(context, factsOf([], outputs));
  if (typeof made === 'string') throw new Error(made);
  return made;
}

describe('a prediction', () => {
  it('of a classifier is its best label, followed by that label’s probability', () => {
    const labels = ['NEG', 'POS'];
    const own = readout(contextOf({}, { task: 'text-classification', labels }), ['logits']);
    const base = row('logits', [2], 0, Math.log(3));
    assert.equal(own.predict(base).text, 'POS');
    assert.ok(Math.abs(own.predict(base).score - 0.75) < 1e-6);
    assert.ok(Math.abs(own.follow(base)(row('logits', [2], 0, 0)) - 0.5) < 1e-6);
    assert.equal(own.outputToken(base, 2), 0);
  });

  it('of a causal classifier is read from the last token, the only one that has seen them all', () => {
    const description = { task: 'text-classification', labels: ['NEG', 'POS'] } as const;
    const context = contextOf({}, description, { isDecoderOnly: true });
    const base = row('logits', [2], 0, 1);
    assert.equal(readout(context, ['logits']).outputToken(base, 9), context.window.ids.length - 1);
  });

  it('of a regression is its raw value', () => {
    const own = readout(
      contextOf({}, { task: 'text-classification', labels: ['stars'], problemType: 'regression' }),
      ['logits'],
    );
    assert.equal(own.predict(row('logits', [1], 3.5)).score, 3.5);
  });

  it('of labelled tokens lists what was found, followed by the mean probability of those labels', () => {
    const own = readout(contextOf({}, { task: 'token-classification', labels: ['O', 'ANIMAL'] }), ['logits']);
    const base = row('logits', [2, 2], Math.log(3), 0, 0, Math.log(3));
    assert.equal(own.predict(base).text, 'cat (ANIMAL)');
    assert.ok(Math.abs(own.predict(base).score - 0.75) < 1e-6);
    assert.ok(Math.abs(own.follow(base)(row('logits', [2, 2], 0, 0, 0, Math.log(3))) - 0.625) < 1e-6);
    assert.equal(own.outputToken(base, 2), undefined);
  });

  it('of a language model is the token after the last, written as text', () => {
    const own = readout(contextOf({}, {}, { isDecoderOnly: true }), ['logits']);
    const base = row('logits', [2, 4], 9, 0, 0, 0, 0, 0, 5, 1);
    assert.deepEqual(
      [own.predict(base).kind, own.predict(base).text, own.predict(base).scores.length],
      ['next-token', ' cat', 4],
    );
    assert.equal(own.outputToken(base, 2), 1);
    const lastAlone = row('logits', [1, 4], 0, 0, 5, 1);
    assert.equal(own.outputToken(lastAlone, 7), 6, 'also of graphs that give the last logits alone');
    assert.ok(own.follow(base)(row('logits', [1, 4], 0, 0, 0, 0)) - 0.25 < 1e-6);
  });

  it('of a masked model is what stands in the place of the mask', () => {
    const masked = { ...contextOf({}), window: windowOf(3, 1) };
    const own = readout(masked, ['logits']);
    assert.equal(own.predict(row('logits', [2, 4], 0, 0, 9, 0, 9, 0, 0, 0)).text, ' cat');
  });

  it('without a head is an embedding, followed by its cosine with the undisturbed one', () => {
    const own = readout(contextOf({}), ['last_hidden_state']);
    const base = row('last_hidden_state', [2, 2], 1, 0, 1, 0);
    assert.equal(own.predict(base).score, 1);
    assert.ok(Math.abs(own.follow(base)(row('last_hidden_state', [2, 2], 1, 0, 0, 1)) - Math.SQRT1_2) < 1e-6);
  });

  it('of a question needs the question; of another task than the model’s there is none', () => {
    const facts = factsOf([], ['start_logits', 'end_logits']);
    assert.match(
      createReadout(contextOf({}, { task: 'question-answering' }), facts) as string,
      /needs a question/,
    );
    for (const [task, code] of [
      ['text-classification', 'model-output-missing'],
      ['question-answering', 'model-wrong-task'],
    ] as const)
      assert.throws(
        () => createReadout(contextOf({ task }, { task: 'text-classification' }), facts),
        (thrown) => thrown instanceof LoupeError && thrown.code === code,
      );
  });

  it('writes pieces of vocabularies as text, and leaves parts of characters as they are', () => {
    assert.deepEqual(['Ġolá', 'ĠolÃ¡', '▁olá', 'é', 'Î¸Î'].map(readablePiece), [
      'Ġolá',
      ' olá',
      ' olá',
      'é',
      'Î¸Î',
    ]);
  });
});
