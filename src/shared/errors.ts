/**
 * Every failure a person can meet, as one code with an English template. `{name}` is filled from the error's details.
 * The extension translates a template through vscode.l10n at its edge; the command line prints the English text.
 * A template says what happened, where, and what to do.
 */
export const errorTemplates = {
  'text-empty': 'There is no text to analyse. Select some text, or put the cursor in a paragraph.',
  'text-binary': 'This looks like binary data (it holds NUL characters), not text. Open a text file instead.',
  'text-encoding': 'This is not UTF-8 text ({reason}). Save it as UTF-8 and try again.',
  'text-too-long':
    'The text is {length} characters long; Loupe takes at most {limit} at once. Select a part of it.',
  'question-empty': 'There is no question. Type one, for example: Who wrote this?',
  'reference-invalid':
    'Not a model reference: "{reference}". Use starter:NAME, hub:OWNER/NAME[@REVISION], or the path of a model folder.',
  'reference-run':
    '"{reference}" names a training run; using one as a model comes with a later version. Until then give the path of its model folder.',
  'starter-unknown': 'There is no starter model "{name}". Starters: {known}.',
  'starter-not-installed':
    'The starter model "{name}" is not on this machine yet. Install it with: loupe models install starter:{name}',
  'starter-install-failed': 'The starter model "{name}" could not be installed: {reason}',
  'model-folder-missing':
    'There is no folder {directory}. Check the model reference, or choose another model.',
  'model-file-missing':
    '{directory} has no {file}. A model folder holds config.json, tokenizer.json and onnx/*.onnx.',
  'model-file-invalid': '{file} cannot be read: {reason}. Get the file again, or choose another model.',
  'model-pickle-refused':
    '{file} is a pickle, which can run code when it is opened, so Loupe refuses it. Use a model with safetensors or ONNX weights.',
  'model-no-onnx':
    '{directory} has no ONNX weights (onnx/model.onnx or model.onnx). Export it: python -m loupe_trainer export, or choose a model with ONNX weights.',
  'model-wrong-task': '{model} does {actual}, not {wanted}. Choose another model for this command.',
  'model-architecture-unsupported':
    '{model} is of an architecture that Loupe cannot run here: {architecture}. Choose a text encoder for sentiment, questions or tokens.',
  'model-output-missing':
    '{model} gives no output "{output}" (it gives {available}), so it cannot do {task}. Choose another model.',
  'model-load-failed': '{model} could not be loaded: {reason}',
  'model-run-failed': '{model} failed while running: {reason}',
  'memory-exhausted':
    '{model} needs about {needed} MB, over the limit of {limit} MB (setting loupe.memoryLimit).',
  'hub-offline':
    'The model hub at {endpoint} cannot be reached ({reason}). Models that are already here still work.',
  'hub-not-found': 'The hub has no {what} for {reference}. Check the name and the revision.',
  'hub-forbidden': 'The hub refuses {reference} (it may be private or gated). Choose an open model.',
  'hub-interrupted':
    'The download of {file} broke off ({reason}). What was received is kept: try again to go on from there.',
  'hub-checksum': '{file} arrived damaged (checksum differs) and was thrown away. Try again.',
  'disk-full':
    'No space left on the disk while writing {file}. Free some space and try again; no partial file is used.',
  'file-unwritable':
    '{file} cannot be written ({reason}). Check the permissions of its folder, or use another folder for models (setting loupe.cacheFolder, variable LOUPE_CACHE).',
  'inference-crashed': 'The inference process ended unexpectedly ({reason}). It is started again by itself.',
  'inference-gave-up':
    'The inference process ended {restarts} times in a row ({reason}). Use "Restart Inference", and see the log for why.',
  'inference-timeout': 'The inference process did not answer {method} within {seconds} s.',
  'attention-none':
    '{model} has no attention that Loupe can read: {reason}. Export it again with separate attention operators (python -m loupe_trainer export), or choose another model.',
  'attention-window-missing':
    'The text has {windows} windows; there is no window {window} (they count from 0).',
  'attention-place-missing': '{model} has no {what} {index}; the {what}s count from 0 to {last}.',
  'attention-memory':
    'Attention over {tokens} tokens needs about {needed} MB at once, over the limit of {limit} MB (setting loupe.memoryLimit). Select a shorter passage, or raise the limit.',
  'attention-flow-too-long':
    'Attention flow is worked out for at most {limit} tokens; this passage has {tokens}. Select a shorter passage, or use rollout.',
  'attention-cannot-generate': '{model} does not generate text; only a causal language model continues one.',
  'attention-no-prediction': '{model} predicts nothing that could move ({reason}).',
  'attention-positions-missing': 'The positions of {model} cannot be drawn: {reason}.',
  'file-exists': '{file} exists already. Choose another name, or allow it to be replaced (--overwrite).',
  'export-unwritable':
    '{file} cannot be written ({reason}). Check that its folder is there and may be written to, or choose another place.',
  'setting-invalid': 'Setting {setting} is {value}; expected {expected}. The default is used.',
  'arguments-invalid': '{reason}',
  'document-gone': 'The document {name} cannot be opened any more, so its text cannot be shown or run again.',
  cancelled: 'Cancelled.',
  internal: 'Something went wrong inside Loupe: {reason}',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof errorTemplates;
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** Fills `{name}` in a template from details; a name without a detail stays as it is, so that it is seen. */
export function fillTemplate(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = details[name];
    return value === undefined ? whole : String(value);
  });
}

/** The one error class that crosses Loupe's layers. Check `code`, never the message. */
export class LoupeError extends Error {
  override readonly name = 'LoupeError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options: { readonly cause?: unknown } = {}) {
    super(fillTemplate(errorTemplates[code], details), options);
    this.code = code;
    this.details = details;
  }

  /** The error as plain data, for RPC and JSON output. */
  toData(): ErrorData {
    return { code: this.code, details: this.details, message: this.message };
  }

  /** Wraps anything thrown: a LoupeError stays itself, an abort becomes `cancelled`, the rest becomes `internal`. */
  static from(thrown: unknown): LoupeError {
    if (thrown instanceof LoupeError) return thrown;
    if (thrown instanceof Error && thrown.name === 'AbortError')
      return new LoupeError('cancelled', {}, { cause: thrown });
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return new LoupeError('internal', { reason }, { cause: thrown });
  }

  static fromData(data: ErrorData): LoupeError {
    return new LoupeError(data.code, data.details);
  }
}

export interface ErrorData {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly message: string;
}
