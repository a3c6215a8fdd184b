// Entry of an attention thread: a worker thread that owns one model's tapped sessions and the maps they gave.
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import { loadTokenizer } from '../../../core/text/loadTokenizer.ts';
import type { Deferred } from '../../../shared/deferred.ts';
import { createDeferred } from '../../../shared/deferred.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { Answers } from './answers.ts';
import { createAnswers } from './createAnswers.ts';
import { Captures } from './captures.ts';
import { ModelSessions } from './modelSessions.ts';
import type {
  AnyResult,
  AttentionQuery,
  AttentionThreadData,
  AttentionThreadReply,
  AttentionThreadRequest,
} from './threadProtocol.ts';
import { transferOf } from './transfer.ts';

async function main(port: MessagePort): Promise<void> {
  const data = workerData as AttentionThreadData;
  const reply = (message: AttentionThreadReply, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const underWay = new Map<number, AbortController>();
  let grant: Deferred<boolean> | undefined;
  const sessions = new ModelSessions({
    ...data,
    grant: async () => {
      // One question at a time: the answers carry no name.
      while (grant) await grant.promise;
      grant = createDeferred();
      reply({ kind: 'wants-session' });
      const isGranted = await grant.promise;
      grant = undefined;
      return isGranted;
    },
    onDidChange: (count) => reply({ kind: 'sessions', count }),
  });
  try {
    const tokenizer = await loadTokenizer(data.model);
    const captures = new Captures({ ...data, sessions, tokenizer });
    const answers = createAnswers({ data, sessions, captures, tokenizer });
    port.on('message', (request: AttentionThreadRequest) => {
      switch (request.kind) {
        case 'query':
          return void serve(answers, request.id, request.query);
        case 'cancel':
          return underWay.get(request.id)?.abort();
        case 'session':
          return grant?.resolve(request.isGranted);
        case 'close':
          return void close();
      }
    });
    reply({ kind: 'ready' });
  } catch (thrown) {
    reply({ kind: 'load-failed', error: LoupeError.from(thrown).toData() });
    port.on('message', () => port.close());
  }

  async function serve(answers: Answers, id: number, query: AttentionQuery): Promise<void> {
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      const result = await answer(answers, query, {
        signal: controller.signal,
        onProgress: (progress) => reply({ kind: 'progress', id, progress }),
      });
      if (controller.signal.aborted) throw new LoupeError('cancelled');
      reply({ kind: 'done', id, result }, transferOf(query.name, result));
    } catch (thrown) {
      const error = LoupeError.from(thrown);
      const stack = error.code === 'internal' && thrown instanceof Error ? thrown.stack : undefined;
      reply({ kind: 'failed', id, error: error.toData(), stack });
    } finally {
      underWay.delete(id);
    }
  }

  async function close(): Promise<void> {
    for (const controller of underWay.values()) controller.abort();
    await sessions.close();
    port.close();
  }
}

/** A query's name says which parameters it has, which the compiler cannot see across the union. */
function answer(
  answers: Answers,
  { source, name, params }: AttentionQuery,
  context: Parameters<Answers['overview']>[2],
): Promise<AnyResult> {
  const own = answers[name] as (...args: readonly unknown[]) => Promise<AnyResult>;
  return own(source, params, context);
}

if (!parentPort) throw new Error('Attention is worked out in a worker thread only.');
void main(parentPort);
