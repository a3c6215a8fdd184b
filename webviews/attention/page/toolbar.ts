import type { TemplateResult } from 'lit';
import { html, nothing, render } from 'lit';
import type { AttentionAction } from '../../../src/shared/attentionPanel.ts';
import type { AttentionOverview } from '../../../src/shared/attentionProtocol.ts';
import type { Side } from '../model/side.ts';
import type { Context } from './context.ts';
import { checkbox, select } from './controls.ts';
import { ExportMenu } from './exportMenu.ts';
import { Help } from './help.ts';
import { Menu, menuItems } from './menu.ts';
import { modelName } from '../../../src/shared/modelName.ts';
import { predictionText } from './words.ts';

/** The page's first lines: what is looked at, and what can be done with the whole of it. */
export class Toolbar {
  readonly #context: Context;
  readonly #isFollowing: () => boolean;
  readonly #compare = new Menu();
  readonly #export: ExportMenu;
  readonly #help: Help;

  /** @param isFollowing whether the panel follows the editor's selection */
  constructor(context: Context, isFollowing: () => boolean) {
    this.#context = context;
    this.#isFollowing = isFollowing;
    this.#export = new ExportMenu(context);
    this.#help = new Help(context.say);
  }

  template(): TemplateResult {
    const sides = this.#context.sides();
    return html`<header class="toolbar">
      <div class="headings">${sides.map((side, index) => this.#heading(side, index))}</div>
      <div class="actions">${this.#actions()} ${this.#help.template()}</div>
    </header>`;
  }

  toggleHelp(): void {
    this.#help.toggle();
  }

  #heading(side: Side, index: number): TemplateResult {
    const { say, host, numbers } = this.#context;
    const overview = side.loaded;
    if (!overview) return html`<div class="heading"><h1>${side.description.title}</h1></div>`;
    const { reference, architecture, precision } = overview.model;
    const details = [architecture, precision, say('tokenCount', { tokens: overview.source.pieces.length })];
    const name = modelName(reference);
    return html`<div class="heading">
      <h1 title=${reference}>${host ? this.#modelButton(name, index) : name}</h1>
      <span
        class="muted details"
        title=${say('timing', {
          edit: Math.round(overview.ms.edit),
          load: Math.round(overview.ms.load),
          run: Math.round(overview.ms.run),
          megabytes: numbers.plain(overview.bytes / 1e6),
        })}
        >${details.filter((part) => part !== '').join(' · ')}</span
      >
      <span class="muted">${side.description.title}</span>
      ${overview.prediction ? html`<span class="prediction">${predictionText(this.#context, overview.prediction)}</span>` : nothing}
      ${this.#windows(side, overview, index)}
    </div>`;
  }

  #modelButton(name: string, side: number): TemplateResult {
    return html`<button
      class="plain title"
      title=${this.#context.say('chooseModel')}
      @click=${() => this.#act({ kind: 'choose-model', side })}
    >
      ${name}
    </button>`;
  }

  #windows(side: Side, { windows }: AttentionOverview, index: number): TemplateResult | typeof nothing {
    const { say, host } = this.#context;
    if (windows.length < 2) return nothing;
    const label = (window: number): string =>
      say('windowAt', { window, last: windows.length - 1, tokens: windows[window]?.tokens ?? 0 });
    if (!host) return html`<span class="muted">${say('window')} ${label(side.description.window)}</span>`;
    return select({
      label: say('window'),
      value: side.description.window,
      choices: windows.map((_, window) => ({ value: window, label: label(window) })),
      onChoose: (window) => this.#act({ kind: 'window', side: index, window }),
    });
  }

  #actions(): TemplateResult | typeof nothing {
    const { say, host } = this.#context;
    const sides = this.#context.sides();
    if (!host) return nothing;
    const generators = sides.flatMap((side, index) =>
      side.loaded?.prediction?.kind === 'next-token' ? [index] : [],
    );
    const generate = (tokens: number): void => {
      for (const side of generators) this.#act({ kind: 'generate', side, tokens });
    };
    this.#renderCompare(sides.length);
    return html`${
      generators.length > 0
        ? html`<button class="plain" @click=${() => generate(1)}>${say('generateOne')}</button>
            <button class="plain" @click=${() => generate(10)}>${say('generateTen')}</button>`
        : nothing
    }
    ${
      sides.length === 1
        ? checkbox({
            label: say('follow'),
            checked: this.#isFollowing(),
            onChange: (on) => this.#act({ kind: 'follow', on }),
          })
        : nothing
    }
    ${this.#compare.template(say('compare'))} ${this.#export.template()}`;
  }

  #renderCompare(sides: number): void {
    const { say } = this.#context;
    const action = (label: string, kind: 'compare-model' | 'compare-text' | 'stop-comparing') => ({
      label,
      run: () => this.#act({ kind }),
    });
    const items = [
      action(say('compareModel'), 'compare-model'),
      action(say('compareText'), 'compare-text'),
      ...(sides > 1 ? [action(say('stopComparing'), 'stop-comparing')] : []),
    ];
    render(menuItems(this.#compare, items), this.#compare.list);
  }

  #act(action: AttentionAction): void {
    this.#context.host?.act(action).catch((thrown: unknown) => {
      this.#context.tell(thrown instanceof Error ? thrown.message : String(thrown), true);
    });
  }
}
