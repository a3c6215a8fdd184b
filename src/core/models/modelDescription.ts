import type { TaskName } from '../../shared/taskProtocol.ts';
import type { Precision } from '../../shared/inferenceProtocol.ts';

/** What config.json, tokenizer_config.json and the card say of a model: everything a task needs but the weights. */
export interface ModelDescription {
  /** The reference as given, e.g. `starter:sentiment-en`. */
  readonly reference: string;
  readonly directory: string;
  /** `model_type` of config.json, e.g. `bert`. */
  readonly architecture: string;
  /** The task its head was made for; undefined when config.json does not tell. */
  readonly task: TaskName | undefined;
  /** `id2label` in order of ids. */
  readonly labels: readonly string[];
  readonly problemType:
    'single_label_classification' | 'multi_label_classification' | 'regression' | undefined;
  /** Tokens in one input at most, special tokens included. */
  readonly maxTokens: number;
  /** Languages of the card, as ISO 639-1 codes; empty when it names none. */
  readonly languages: readonly string[];
  /** Whether it was trained to say "no answer" (the card's or config's word); question answering only. */
  readonly answersImpossible: boolean;
  readonly licence: string | undefined;
}

/**
 * What a model is opened for. `task`: to answer with a head that Loupe reads. `attention`: to be looked into, which any
 * text transformer allows: bare encoders, other heads, decoders and encoder-decoders too.
 */
export type ModelPurpose = 'task' | 'attention';

/** ONNX weights of one precision. */
export interface ModelWeights {
  readonly precision: Exclude<Precision, 'auto'>;
  /** Absolute path of the .onnx file; of an encoder-decoder in two files, the decoder's. */
  readonly file: string;
  /** Absolute path of an encoder-decoder's encoder, where it has a file of its own. */
  readonly encoder?: string;
  /** Bytes of the files and their external data. */
  readonly bytes: number;
}

/** A folder that was found complete: described, with a tokenizer and at least one file of weights. */
export interface LocalModel {
  readonly description: ModelDescription;
  readonly tokenizerFile: string;
  readonly weights: readonly ModelWeights[];
}
