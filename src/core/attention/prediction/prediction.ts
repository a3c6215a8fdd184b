import type { AttentionSource, Prediction } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { TaskName } from '../../../shared/taskProtocol.ts';
import { requireTask } from '../../models/taskOfModel.ts';
import type { TextTokenizer } from '../../text/textTokenizer.ts';
import type { RowOutput, RowOutputs, Window } from '../../text/window.ts';
import type { GraphFacts, GraphTensors } from '../capture/graph.ts';
import { floatsOf } from '../capture/graph.ts';
import type { AttentionModel } from '../capture/model.ts';
import { answerReadout } from './answer.ts';
import { embeddingReadout } from './embedding.ts';
import { labelReadout } from './label.ts';
import { nextTokenReadout } from './nextToken.ts';
import { tokensReadout } from './tokens.ts';

/** How a model's prediction is read from its outputs, and how it is followed when something is taken away. */
export interface Readout {
  /** Outputs of the main graph. */
  readonly outputs: readonly string[];
  predict(row: RowOutputs): Prediction;
  /**
   * A function that gives the score of what `base` predicts in another run of as many tokens: the probability of the
   * same label, span, token labels or next token; of an embedding the cosine with `base`.
   */
  follow(base: RowOutputs): (row: RowOutputs) => number;
  /**
   * The token whose last-layer attention stands for the prediction: the first ([CLS]) for a label (of a causal
   * model the last), the answer's start, the last for a next token; undefined: all tokens alike. Of an encoder-decoder a
   * token of the target.
   * @param tokens how many tokens the source (or the target) has: outputs may hold fewer
   */
  outputToken(base: RowOutputs, tokens: number): number | undefined;
}

/** What a readout is made from. */
export interface ReadoutContext {
  readonly model: AttentionModel;
  readonly source: AttentionSource;
  readonly window: Window;
  readonly tokenizer: TextTokenizer;
}

const embeddings = ['sentence_embedding', 'last_hidden_state', 'token_embeddings', 'pooler_output'];

/**
 * How the prediction of a source is read: by the task that was asked for, else the model's own, else as a language
 * model's next token, else as an embedding. Throws `model-wrong-task` (another task than the model's) and
 * `model-output-missing` (a task without its outputs). A string says why there is no prediction.
 */
export function createReadout(context: ReadoutContext, facts: GraphFacts): Readout | string {
  const { model, source, window, tokenizer } = context;
  const { description } = model;
  requireTask(description, source.task);
  const names = facts.outputs.map(({ name }) => name);
  const task = source.task ?? description.task;
  switch (task) {
    case 'text-classification':
      requireOutputs(['logits'], names, description.reference, task);
      // Only the last token of a causal model has seen them all: its classifiers read there.
      return labelReadout(description, model.isDecoderOnly ? window.ids.length - 1 : 0);
    case 'question-answering':
      requireOutputs(['start_logits', 'end_logits'], names, description.reference, task);
      return source.question === undefined
        ? 'question answering needs a question'
        : answerReadout(source.text, window, description);
    case 'token-classification':
      requireOutputs(['logits'], names, description.reference, task);
      return tokensReadout(context);
    case undefined:
      break;
  }
  if (names.includes('logits')) {
    if (model.isDecoderOnly || model.hasDecoderInput) return nextTokenReadout(tokenizer, undefined);
    const masked = tokenizer.maskId === undefined ? -1 : window.ids.indexOf(tokenizer.maskId);
    if (masked >= 0) return nextTokenReadout(tokenizer, masked);
  }
  const [first] = [...embeddings.filter((name) => names.includes(name)), ...names];
  return first === undefined ? 'its graph has no outputs' : embeddingReadout(first);
}

function requireOutputs(
  wanted: readonly string[],
  names: readonly string[],
  model: string,
  task: TaskName,
): void {
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new LoupeError('model-output-missing', {
      model,
      output: missing,
      available: names.join(', '),
      task,
    });
}

/** Row `row` of the batch: floating point outputs only, without the batch dimension. Views, not copies. */
export function rowOutputs(tensors: GraphTensors, names: readonly string[], row: number): RowOutputs {
  return Object.fromEntries(
    names.flatMap((name) => (tensors[name] ? [[name, rowOf(tensors, name, row)]] : [])),
  );
}

function rowOf(tensors: GraphTensors, name: string, row: number): RowOutput {
  const tensor = tensors[name];
  if (!tensor) throw new LoupeError('internal', { reason: `output ${name} was not fetched` });
  const data = floatsOf(tensor);
  const [rows = 1, ...dims] = tensor.dims;
  const size = data.length / rows;
  return { data: data.subarray(row * size, (row + 1) * size), dims };
}
