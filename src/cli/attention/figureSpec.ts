import type { AttentionOverview, AttentionStack, FigureSpec } from '../../shared/attentionProtocol.ts';
import { usageError } from '../arguments/values.ts';
import type { AttentionCommand } from '../command.ts';

/**
 * What the options ask to be drawn of a model that turned out to be like this. Not given: the first stack; layer 0 (of the text
 * view the last); head 0; of links all heads of the layer; token 0. Throws `arguments-invalid` for a stack that the model does not have.
 */
export function figureSpec(command: AttentionCommand, overview: AttentionOverview): FigureSpec {
  const stack = stackOf(command, overview);
  const { scale, words, view, token } = command;
  const common = { theme: command.dark ? 'dark' : 'light', scale, words } as const;
  const layer = command.layer ?? (view === 'text' ? stack.heads.length - 1 : 0);
  const at = { stack: stack.name, layer, head: command.head ?? 0 };
  switch (view) {
    case 'overview':
      return { ...common, view, stack: stack.name };
    case 'matrix':
      return { ...common, view, at };
    case 'text':
      return { ...common, view, at, token: token ?? 0, direction: command.direction };
    case 'links': {
      const { topK, threshold } = command;
      const heads =
        command.head === undefined
          ? Array.from({ length: stack.heads[layer] ?? 1 }, (_, head) => head)
          : [command.head];
      const chosen = token === undefined ? {} : { token };
      return { ...common, view, stack: stack.name, layer, heads, topK, threshold, ...chosen };
    }
  }
}

function stackOf({ stack: name }: AttentionCommand, { stacks, model }: AttentionOverview): AttentionStack {
  const stack = name === undefined ? stacks[0] : stacks.find((candidate) => candidate.name === name);
  if (stack !== undefined) return stack;
  const has = stacks.map((candidate) => candidate.name).join(', ');
  throw usageError(`--stack ${name ?? ''}: ${model.reference} has only ${has}.`);
}
