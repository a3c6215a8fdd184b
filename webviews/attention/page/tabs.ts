import type { TemplateResult } from 'lit';
import { html } from 'lit';
import type { AttentionView } from '../../../src/shared/attentionPanel.ts';
import { attentionViews } from '../../../src/shared/attentionPanel.ts';
import type { Ability } from '../../common/attentionData.ts';
import type { Say } from '../../common/say.ts';
import type { Context } from './context.ts';

const needed: Readonly<Partial<Record<AttentionView, Ability>>> = {
  summary: 'summaries',
  attribution: 'attribution',
  heads: 'mask',
  positions: 'positions',
};

/** The views that can be shown: those that what the maps come from can answer. */
export function viewsOf({ sides }: Context): readonly AttentionView[] {
  const abilities = sides()[0]?.description.data.abilities;
  return attentionViews.filter((view) => {
    const ability = needed[view];
    return ability === undefined || abilities?.has(ability) === true;
  });
}

function viewName(say: Say, view: AttentionView): string {
  const names: Readonly<Record<AttentionView, () => string>> = {
    overview: () => say('viewOverview'),
    matrix: () => say('viewMatrix'),
    links: () => say('viewLinks'),
    text: () => say('viewText'),
    summary: () => say('viewSummary'),
    attribution: () => say('viewAttribution'),
    heads: () => say('viewHeads'),
    positions: () => say('viewPositions'),
  };
  return names[view]();
}

/** The tabs: one stop for the Tab key, arrows move between them. */
export function tabs(context: Context): TemplateResult {
  const { store, say } = context;
  const views = viewsOf(context);
  const current = views.includes(store.state.view) ? store.state.view : 'overview';
  const onKey = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const at = views.indexOf(current);
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: views.length - 1 }[event.key];
    if (next === undefined) return;
    const view = views[(next + views.length) % views.length];
    if (view) store.update({ view });
    event.preventDefault();
    const list = event.currentTarget;
    requestAnimationFrame(() => list.querySelector<HTMLElement>('[aria-selected=true]')?.focus());
  };
  return html`<div class="tabs" role="tablist" aria-label=${say('views')} @keydown=${onKey}>
    ${views.map(
      (view) =>
        html`<button
          role="tab"
          data-view=${view}
          aria-selected=${String(view === current)}
          tabindex=${view === current ? 0 : -1}
          @click=${() => store.update({ view })}
        >
          ${viewName(say, view)}
        </button>`,
    )}
  </div>`;
}
