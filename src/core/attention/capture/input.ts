import type { AttentionSource, AttentionTokens, AttentionWindow } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { TaskWarning } from '../../../shared/taskProtocol.ts';
import { questionWindowOptions } from '../../tasks/questionAnswering.ts';
import { countLoneSurrogates } from '../../text/surrogates.ts';
import type { TextTokenizer } from '../../text/textTokenizer.ts';
import { validateQuestion, validateText } from '../../text/validate.ts';
import type { Window } from '../../text/window.ts';
import type { AttentionModel } from './model.ts';

/** A source as token ids: its windows, the one that was asked for, and what a decoder is given. */
export interface EncodedSource {
  readonly windows: readonly Window[];
  readonly window: Window;
  /** Decoder input of an encoder-decoder: its start token and the target's tokens. */
  readonly target: TargetTokens | undefined;
  readonly warnings: readonly TaskWarning[];
}

export interface TargetTokens {
  readonly ids: Int32Array;
  /** The same tokens with their places in `source.target`; the start token is special. */
  readonly tokens: AttentionTokens;
}

/**
 * Text to windows as the tasks do it: a question answered by 384 tokens with 128 shared, everything else by the model's
 * length with a quarter shared. Rejects with `text-empty`, `text-binary`, `text-too-long`, `question-empty` and
 * `attention-window-missing`.
 */
export async function encodeSource(
  source: AttentionSource,
  model: AttentionModel,
  tokenizer: TextTokenizer,
): Promise<EncodedSource> {
  const { text, question, window: index } = source;
  validateText(text);
  if (question !== undefined) validateQuestion(question);
  const { windows, questionCutTo } = await windowsOf(source, model, tokenizer);
  const window = windows[index];
  if (window === undefined)
    throw new LoupeError('attention-window-missing', { windows: windows.length, window: index });
  const warnings: TaskWarning[] = [];
  const count = countLoneSurrogates(text);
  if (count > 0) warnings.push({ code: 'lone-surrogates', details: { count } });
  if (questionCutTo !== undefined)
    warnings.push({ code: 'question-truncated', details: { tokens: questionCutTo } });
  if (windows.length > 1)
    warnings.push({ code: 'attention-windows', details: { window: index, windows: windows.length } });
  const target = model.hasDecoderInput ? await encodeTarget(source, model, tokenizer) : undefined;
  if (target?.cutTo !== undefined)
    warnings.push({ code: 'target-truncated', details: { tokens: target.cutTo } });
  return { windows, window, target: target?.tokens, warnings };
}

async function windowsOf(
  { text, question, task }: AttentionSource,
  { description }: AttentionModel,
  tokenizer: TextTokenizer,
): ReturnType<TextTokenizer['encodePair']> {
  const { maxTokens } = description;
  const options = { maxLength: maxTokens, stride: Math.floor(maxTokens / 4) };
  if (question === undefined)
    return { windows: await tokenizer.encode(text, options), questionCutTo: undefined };
  const answers = (task ?? description.task) === 'question-answering';
  return tokenizer.encodePair(question, text, answers ? questionWindowOptions(description) : options);
}

/**
 * What transformers' `shift_tokens_right` makes of a target: the start token, then all its tokens but the closing one.
 * `cutTo`: how many of the target's own tokens were used, when the decoder does not take them all.
 */
async function encodeTarget(
  { target = '' }: AttentionSource,
  { description, startId }: AttentionModel,
  tokenizer: TextTokenizer,
): Promise<{ readonly tokens: TargetTokens; readonly cutTo: number | undefined }> {
  const room = description.maxTokens - 1;
  const options = { maxLength: Number.MAX_SAFE_INTEGER, stride: 0 };
  const [encoded] = target.trim() === '' ? [] : await tokenizer.encode(target, options);
  const length = encoded?.ids.length ?? 0;
  const closing = encoded?.special[length - 1] === 1 ? 1 : 0;
  const used = Math.min(length - closing, room);
  const own = encoded ? tokensOf(encoded, tokenizer, used) : emptyTokens();
  const start: AttentionTokens = {
    ...emptyTokens(),
    ids: Int32Array.of(startId),
    pieces: [tokenizer.tokenText(startId)],
    offsets: Uint32Array.of(0, 0),
    sequence: Int8Array.of(-1),
    special: Uint8Array.of(1),
    words: Int32Array.of(-1),
    generated: Uint8Array.of(0),
  };
  const tokens = joinTokens(start, own);
  return { tokens: { ids: tokens.ids, tokens }, cutTo: used < length - closing ? used : undefined };
}

/** The first `count` tokens of a window as the protocol has them. */
export function tokensOf(
  window: Window,
  tokenizer: TextTokenizer,
  count = window.ids.length,
): AttentionTokens {
  const ids = window.ids.slice(0, count);
  return {
    ids,
    pieces: Array.from(ids, (id) => tokenizer.tokenText(id)),
    offsets: window.offsets.slice(0, 2 * count),
    sequence: window.sequence.slice(0, count),
    special: window.special.slice(0, count),
    words: window.words.slice(0, count),
    generated: new Uint8Array(count),
  };
}

function emptyTokens(): AttentionTokens {
  return {
    ids: new Int32Array(0),
    pieces: [],
    offsets: new Uint32Array(0),
    sequence: new Int8Array(0),
    special: new Uint8Array(0),
    words: new Int32Array(0),
    generated: new Uint8Array(0),
  };
}

export function joinTokens(a: AttentionTokens, b: AttentionTokens): AttentionTokens {
  return {
    ids: Int32Array.of(...a.ids, ...b.ids),
    pieces: [...a.pieces, ...b.pieces],
    offsets: Uint32Array.of(...a.offsets, ...b.offsets),
    sequence: Int8Array.of(...a.sequence, ...b.sequence),
    special: Uint8Array.of(...a.special, ...b.special),
    words: Int32Array.of(...a.words, ...b.words),
    generated: Uint8Array.of(...a.generated, ...b.generated),
  };
}

/** The text (of a pair: the second sequence) that each window covers. */
export function windowSpans(windows: readonly Window[]): AttentionWindow[] {
  return windows.map((window) => {
    const sequence = window.sequence.includes(1) ? 1 : 0;
    const first = window.sequence.indexOf(sequence);
    const last = window.sequence.lastIndexOf(sequence);
    const isEmpty = first < 0;
    return {
      start: isEmpty ? 0 : (window.offsets[2 * first] ?? 0),
      end: isEmpty ? 0 : (window.offsets[2 * last + 1] ?? 0),
      tokens: window.ids.length,
    };
  });
}
