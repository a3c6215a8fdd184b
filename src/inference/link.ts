import { ProgressType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type {
  AttentionParams,
  AttentionQueryName,
  AttentionResult,
  AttentionSource,
} from '../shared/attentionProtocol.ts';
import type { ErrorData } from '../shared/errors.ts';
import type { InferenceInfo, InferenceSettings, PrepareResponse } from '../shared/inferenceProtocol.ts';
import { inferenceMethods } from '../shared/inferenceProtocol.ts';
import type { TaskName, TaskProgress, TaskRequest, TaskResponse } from '../shared/taskProtocol.ts';

/** Names the request in `TaskProgress` messages; the caller makes it up, unique on its connection. */
export type ProgressToken = number;

export interface RunParams {
  readonly request: TaskRequest;
  readonly progress: ProgressToken | undefined;
}
export interface PrepareParams {
  readonly model: string;
  readonly task: TaskName;
  readonly progress: ProgressToken | undefined;
}
/** Any query about attention: its name says which of the parameters and results it goes with. */
export interface AttentionCall {
  readonly source: AttentionSource;
  readonly name: AttentionQueryName;
  readonly params: AttentionParams<AttentionQueryName>;
  readonly progress: ProgressToken | undefined;
}

/** The link between host and inference process, typed for vscode-jsonrpc. Errors carry `LoupeError.toData()` as data. */
export const link = {
  initialize: new RequestType<InferenceSettings, InferenceInfo, ErrorData>(inferenceMethods.initialize),
  configure: new RequestType<InferenceSettings, null, ErrorData>(inferenceMethods.configure),
  run: new RequestType<RunParams, TaskResponse, ErrorData>(inferenceMethods.run),
  prepare: new RequestType<PrepareParams, PrepareResponse, ErrorData>(inferenceMethods.prepare),
  attention: new RequestType<AttentionCall, AttentionResult<AttentionQueryName>, ErrorData>(
    inferenceMethods.attention,
  ),
  info: new RequestType0<InferenceInfo, ErrorData>(inferenceMethods.info),
  progress: new ProgressType<TaskProgress>(),
} as const;
