import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import type { HeadSummary } from '../../../src/shared/attentionProtocol.ts';
import type { MeasureName } from '../model/measures.ts';
import { measureNames, measureOf } from '../model/measures.ts';
import type { Context } from '../page/context.ts';
import { measureLabel, measureValue } from '../page/measureWords.ts';
import { patternName } from '../page/patterns.ts';

const pageSize = 12;

type Column = 'head' | MeasureName;

/** The heads of the chosen layer in numbers: sortable, at most twelve rows at once, one stop for the Tab key. */
export class HeadTable {
  readonly #context: Context;
  #sort: { readonly column: Column; readonly isDescending: boolean } = {
    column: 'head',
    isDescending: false,
  };

  constructor(context: Context) {
    this.#context = context;
  }

  /** @param summaries of the chosen layer */
  template(summaries: readonly HeadSummary[]): TemplateResult {
    const { say, store } = this.#context;
    const sorted = this.#sorted(summaries);
    const at = Math.max(
      0,
      sorted.findIndex(({ head }) => head === store.state.head),
    );
    const page = Math.floor(at / pageSize);
    const rows = sorted.slice(page * pageSize, (page + 1) * pageSize);
    const columns: readonly Column[] = ['head', ...measureNames];
    return html`<table class="heads" @keydown=${(event: KeyboardEvent) => this.#onKey(event, sorted, at)}>
      <caption>
        ${say('tableCaption', { layer: store.state.layer })}
        ${
          sorted.length > pageSize
            ? say('tablePage', {
                first: page * pageSize,
                last: page * pageSize + rows.length - 1,
                count: sorted.length,
              })
            : nothing
        }
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => this.#header(column))}
        </tr>
      </thead>
      <tbody>
        ${rows.map((summary) => this.#row(summary))}
      </tbody>
    </table>`;
  }

  #header(column: Column): TemplateResult {
    const { say, invalidate } = this.#context;
    const isSorted = this.#sort.column === column;
    const direction = this.#sort.isDescending ? 'descending' : 'ascending';
    const label = column === 'head' ? say('head') : measureLabel(say, column);
    return html`<th scope="col" aria-sort=${isSorted ? direction : 'none'}>
      <button
        @click=${() => {
          this.#sort = { column, isDescending: isSorted ? !this.#sort.isDescending : column !== 'head' };
          invalidate();
        }}
      >
        ${label}${isSorted ? (this.#sort.isDescending ? ' ↓' : ' ↑') : nothing}
      </button>
    </th>`;
  }

  #row(summary: HeadSummary): TemplateResult {
    const { say, store, numbers } = this.#context;
    const isCurrent = summary.head === store.state.head;
    const name = summary.pattern === undefined ? '' : ` ${patternName(say, summary.pattern)}`;
    return html`<tr
      tabindex=${isCurrent ? 0 : -1}
      aria-selected=${String(isCurrent)}
      @click=${() => store.update({ head: summary.head })}
      @dblclick=${() => store.update({ head: summary.head, view: 'matrix' })}
    >
      <th scope="row">${summary.head}${name}</th>
      ${measureNames.map((measure) => html`<td>${measureValue(numbers, measure, measureOf(summary, measure))}</td>`)}
    </tr>`;
  }

  #sorted(summaries: readonly HeadSummary[]): readonly HeadSummary[] {
    const { column, isDescending } = this.#sort;
    const value = (summary: HeadSummary): number =>
      column === 'head' ? summary.head : measureOf(summary, column);
    return [...summaries].sort((a, b) => (isDescending ? value(b) - value(a) : value(a) - value(b)));
  }

  #onKey(event: KeyboardEvent, sorted: readonly HeadSummary[], at: number): void {
    const { target, key } = event;
    if (!(target instanceof HTMLTableRowElement)) return;
    if (key === 'Enter') this.#context.store.update({ view: 'matrix' });
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: sorted.length - 1 }[key];
    const head = next === undefined ? undefined : sorted[next]?.head;
    if (head === undefined) return;
    const table = target.closest('table');
    this.#context.store.update({ head });
    requestAnimationFrame(() => table?.querySelector<HTMLElement>('tr[aria-selected=true]')?.focus());
    event.preventDefault();
    event.stopPropagation();
  }
}
