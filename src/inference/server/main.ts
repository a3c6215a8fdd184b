// Entry of the inference process: the only one that loads onnxruntime (in its lanes). Started by src/inference/client.
import path from 'node:path';
import { IPCMessageReader, IPCMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import { Scheduler } from '../../core/scheduler/scheduler.ts';
import type { RowOutputs, Window } from '../../core/text/window.ts';
import type { InferenceSettings } from '../../shared/inferenceProtocol.ts';
import { AttentionStore } from './attention/attentionStore.ts';
import { bulkLanes } from './devices.ts';
import { Engine } from './engine.ts';
import { loadModel } from './loadModel.ts';
import { logLine } from './log.ts';
import { MemoryRoom } from './memoryRoom.ts';
import { ModelStore } from './modelStore.ts';
import { serve } from './serve.ts';

function createEngine(settings: InferenceSettings): Engine {
  const scheduler = new Scheduler<Window, RowOutputs>({
    lengthOf: (window) => window.ids.length,
    // Measured on mixed reviews: 512 and 1,024 tokens are equal within noise, more only pads more.
    tokenBudget: 512,
    bulkLimit: bulkLanes(0),
    interactiveRun: 4,
  });
  const room = new MemoryRoom(settings.memoryLimitMb);
  const lanePath = path.join(__dirname, 'lane.cjs');
  const store = new ModelStore({
    load: (reference, task, group, hooks) =>
      loadModel(reference, task, group, { ...hooks, scheduler, lanePath, log: logLine }),
    room,
    onDidFail: (group, reason) => scheduler.failGroup(group, reason),
    log: logLine,
  });
  const attention = new AttentionStore({
    room,
    workerPath: path.join(__dirname, 'attention.cjs'),
    assets: {
      viewer: path.join(__dirname, 'attention-standalone.js'),
      font: path.join(__dirname, 'DejaVuSans.ttf'),
      rasterizer: path.join(__dirname, 'resvg.wasm'),
    },
    log: logLine,
  });
  return new Engine({ store, attention, room, scheduler }, settings);
}

function main(): void {
  if (!process.send) {
    logLine('This program is started by Loupe, over an IPC channel; by itself it does nothing.');
    process.exitCode = 64;
    return;
  }
  // The parent is gone: nobody wants an answer any more. process.exit() would stop lanes within run(), which makes
  // onnxruntime-node 1.30 abort with a core dump (docs/decisions/030); there is nothing to save, so end hard.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process), {
    error: logLine,
    warn: logLine,
    info: logLine,
    log: logLine,
  });
  serve(connection, createEngine, logLine);
  connection.listen();
}

main();
