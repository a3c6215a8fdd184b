import type { CommandHandler } from './commandDeps.ts';
import { sideFor, type AttentionDeps } from './showAttention.ts';
import type { PanelModel } from '../attention/panelModel.ts';

/** Adds a second side, chosen by `choose`, to the attention panel that is there, or to a new one for the selection. */
export function compareAttention(
  { panels, sides }: AttentionDeps,
  choose: (model: PanelModel) => Promise<void>,
): CommandHandler {
  return async (argument) => {
    const panel = panels.current ?? panels.show(await sideFor(argument, sides));
    await choose(panel.model);
  };
}
