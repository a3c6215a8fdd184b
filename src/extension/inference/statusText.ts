import type { Wording } from '../base/wording.ts';
import { modelName } from '../../shared/modelName.ts';
import type { InferenceState } from '../../shared/inferenceProtocol.ts';

export interface StatusText {
  /** With a codicon. */
  readonly text: string;
  /** For the tooltip and for screen readers: no icons. */
  readonly spoken: string;
}

const icons: Record<InferenceState, string> = {
  idle: 'search',
  starting: 'loading~spin',
  ready: 'search',
  busy: 'loading~spin',
  restarting: 'sync~spin',
  failed: 'error',
};

/** What the status bar says: the model that the next command uses, and how the inference process fares. */
export function statusText(state: InferenceState, model: string, wording: Wording): StatusText {
  const words = stateWords(state, wording);
  const shown = state === 'idle' || state === 'ready' ? '' : ` (${words})`;
  const name = modelName(model);
  return {
    text: `$(${icons[state]}) ${name}${shown}`,
    spoken: wording.t('Loupe: model {model}, inference process: {state}', { model: name, state: words }),
  };
}

function stateWords(state: InferenceState, { t }: Wording): string {
  const words: Record<InferenceState, string> = {
    idle: t('not started'),
    starting: t('starting'),
    ready: t('ready'),
    busy: t('busy'),
    restarting: t('restarting'),
    failed: t('stopped'),
  };
  return words[state];
}
