/** What every row of the benchmark works on. */
export interface Inputs {
  /** The repository. */
  readonly root: string;
  /** The trainer's Python. */
  readonly python: string;
  /** A model folder with safetensors, onnx/model.onnx and onnx/model_quantized.onnx. */
  readonly model: string;
  /** JSON file of `texts`. */
  readonly textsFile: string;
  /** The first is a single sentence, the others reviews of one to ten sentences. */
  readonly texts: readonly string[];
}
