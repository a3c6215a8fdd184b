import assert from 'node:assert/strict';
import type { LocalModel, ModelWeights } from '../../../src/core/models/modelDescription.ts';
import { chooseWeights } from '../../../src/core/models/weights.ts';

function modelWith(...precisions: readonly ModelWeights['precision'][]): LocalModel {
  return {
    description: {
      reference: 'starter:test',
      directory: '/models/test',
      architecture: 'bert',
      task: undefined,
      labels: [],
      problemType: undefined,
      maxTokens: 512,
      languages: [],
      answersImpossible: false,
      licence: undefined,
    },
    tokenizerFile: '/models/test/tokenizer.json',
    weights: precisions.map((precision) => ({ precision, file: `/models/test/${precision}.onnx`, bytes: 1 })),
  };
}

describe('the choice of weights', () => {
  it('is q8 on a CPU and fp32 elsewhere, without a word, when left to Loupe', () => {
    const model = modelWith('fp32', 'fp16', 'q8');
    assert.deepEqual(chooseWeights(model, 'auto', 'cpu'), { weights: model.weights[2], warnings: [] });
    assert.deepEqual(chooseWeights(model, 'auto', 'cuda'), { weights: model.weights[0], warnings: [] });
  });

  it('takes what there is when left to Loupe', () => {
    assert.equal(chooseWeights(modelWith('fp32'), 'auto', 'cpu').weights.precision, 'fp32');
    assert.equal(chooseWeights(modelWith('q4'), 'auto', 'cuda').weights.precision, 'q4');
    assert.deepEqual(chooseWeights(modelWith('q4'), 'auto', 'cuda').warnings, []);
  });

  it('is what was asked for', () => {
    const model = modelWith('fp32', 'q8');
    assert.deepEqual(chooseWeights(model, 'fp32', 'cpu'), { weights: model.weights[0], warnings: [] });
  });

  it('says so when what was asked for is not there', () => {
    const { weights, warnings } = chooseWeights(modelWith('fp32', 'q8'), 'q4', 'cpu');
    assert.equal(weights.precision, 'q8');
    assert.deepEqual(warnings, [
      { code: 'precision-fallback', details: { model: 'starter:test', wanted: 'q4', used: 'q8' } },
    ]);
  });

  it('is an error for a model without weights', () => {
    assert.throws(() => chooseWeights(modelWith(), 'auto', 'cpu'), { code: 'model-no-onnx' });
  });
});
