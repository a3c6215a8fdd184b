import * as vscode from 'vscode';
import type { AnalysisDeps, CommandHandler } from './commandDeps.ts';
import { runOf, type RunDeps } from './runArgument.ts';
import type { ModelPicker } from '../models/modelPicker.ts';
import { openDocument } from '../text/documents.ts';

/** Runs a result's request again, on its text as it is now, with a model chosen for this once. */
export function rerunWithModel(
  deps: AnalysisDeps & RunDeps & { readonly picker: ModelPicker },
): CommandHandler {
  return async (argument) => {
    const tracked = runOf(argument, deps);
    if (tracked === undefined) return;
    const scope = vscode.Uri.parse(tracked.run.source.uri, true);
    const model = await deps.picker.pick(tracked.run.request.task, scope);
    if (model === undefined) return;
    const job = deps.jobs.again(tracked, await openDocument(tracked.run.source), model);
    deps.announce(await deps.runner.run(deps.wording.t('Running again'), [job]));
  };
}
