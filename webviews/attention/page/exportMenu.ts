import type { TemplateResult } from 'lit';
import { html, nothing, render } from 'lit';
import type { ExportFormat, FigureSpec } from '../../../src/shared/attentionProtocol.ts';
import { exportFormats } from '../../../src/shared/attentionProtocol.ts';
import type { Context } from './context.ts';
import { segmented } from './controls.ts';
import { Menu, menuItems } from './menu.ts';

const scales = [1, 2, 3, 4] as const;

/** Saves what is seen: chooses the format, and for pictures their colours and size. The host asks where. */
export class ExportMenu {
  readonly #context: Context;
  readonly #menu = new Menu();
  #scale = 2;
  #theme: 'light' | 'dark' = 'light';
  /** Of two sides that are compared; each is a figure of its own. */
  #side = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  template(): TemplateResult {
    this.#renderList();
    return this.#menu.template(this.#context.say('export'));
  }

  #renderList(): void {
    const { say } = this.#context;
    const labels: Record<ExportFormat, string> = {
      svg: say('exportSvg'),
      pdf: say('exportPdf'),
      png: say('exportPng'),
      html: say('exportHtml'),
      csv: say('exportCsv'),
      npz: say('exportNpz'),
    };
    const redraw = (): void => this.#renderList();
    const isComparing = this.#context.sides().length > 1;
    if (!isComparing) this.#side = 0;
    render(
      html`${menuItems(
          this.#menu,
          exportFormats.map((format) => ({ label: labels[format], run: () => this.#export(format) })),
        )}
        <div class="menu-options">
          ${
            isComparing
              ? html`<span
                  >${say('exportSide')}
                  ${segmented<number>({
                    label: say('exportSide'),
                    value: this.#side,
                    choices: [
                      { value: 0, label: say('firstSide') },
                      { value: 1, label: say('secondSide') },
                    ],
                    onChoose: (side) => {
                      this.#side = side;
                      redraw();
                    },
                  })}</span
                >`
              : nothing
          }
          <span
            >${say('exportColors')}
            ${segmented<'light' | 'dark'>({
              label: say('exportColors'),
              value: this.#theme,
              choices: [
                { value: 'light', label: say('light') },
                { value: 'dark', label: say('dark') },
              ],
              onChoose: (theme) => {
                this.#theme = theme;
                redraw();
              },
            })}</span
          >
          <span
            >${say('exportScale')}
            ${segmented<number>({
              label: say('exportScale'),
              value: this.#scale,
              choices: scales.map((scale) => ({ value: scale, label: `${scale}×` })),
              onChoose: (scale) => {
                this.#scale = scale;
                redraw();
              },
            })}</span
          >
        </div>`,
      this.#menu.list,
    );
  }

  #export(format: ExportFormat): void {
    const { host, say, tell } = this.#context;
    tell(say('exporting'), true);
    host?.export({ side: this.#side, format, figure: this.#figure() }).then(
      ({ file }) => tell(file === undefined ? '' : say('exported', { file }), true),
      (thrown: unknown) => tell(thrown instanceof Error ? thrown.message : String(thrown), true),
    );
  }

  /** The figure nearest to the view that is open: of the other side, what its view shows there. */
  #figure(): FigureSpec {
    const { sides, counterparts, store } = this.#context;
    const { view, stack, topK, threshold, direction, words } = store.state;
    const layers = sides()[this.#side]?.stack(stack)?.heads ?? [];
    const layer = Math.min(store.state.layer, Math.max(0, layers.length - 1));
    const count = layers[layer] ?? 1;
    const head = Math.min(store.state.head, count - 1);
    const heads = store.state.heads.filter((one) => one < count);
    const along = direction === 'from' ? 'queries' : 'keys';
    const place = { stack, along, from: 0, to: this.#side } as const;
    const token =
      store.state.token === undefined ? undefined : counterparts.find(sides(), store.state.token, place);
    const common = { theme: this.#theme, scale: this.#scale, words };
    const at = { stack, layer, head };
    if (view === 'overview') return { ...common, view, stack };
    if (view === 'links') {
      const chosen = token === undefined || direction === 'to' ? {} : { token };
      return { ...common, view, stack, layer, heads, topK, threshold, ...chosen };
    }
    if (view === 'text' && token !== undefined) return { ...common, view, at, token, direction };
    return { ...common, view: 'matrix', at };
  }
}
