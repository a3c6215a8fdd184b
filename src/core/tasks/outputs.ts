import { LoupeError } from '../../shared/errors.ts';
import type { TaskName } from '../../shared/taskProtocol.ts';
import type { ModelDescription } from '../models/modelDescription.ts';
import type { RowOutput, RowOutputs } from '../text/window.ts';

/** The named output of one window. Throws `model-output-missing` when the graph does not give it. */
export function outputOf(
  outputs: RowOutputs,
  name: string,
  model: ModelDescription,
  task: TaskName,
): RowOutput {
  const output = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (output) return output;
  const available = Object.keys(outputs).join(', ');
  throw new LoupeError('model-output-missing', { model: model.reference, output: name, available, task });
}

/** The label of an id; `LABEL_3` (transformers' own default) when config.json names none. */
export function labelOf(model: ModelDescription, id: number): string {
  return model.labels[id] ?? `LABEL_${id}`;
}
