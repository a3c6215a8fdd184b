import type { TemplateResult } from 'lit';
import { html, nothing, render } from 'lit';
import type {
  AttentionCursor,
  AttentionView,
  AttentionViewState,
} from '../../../src/shared/attentionPanel.ts';
import type { AttentionStrings } from '../../../src/shared/attentionStrings.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import { fillTemplate } from '../../../src/shared/errors.ts';
import type { WarningCode } from '../../../src/shared/taskProtocol.ts';
import { Frames } from '../../common/frames.ts';
import { createPalettes } from '../../common/palettes.ts';
import { remember } from '../../common/remember.ts';
import { createNumbers, createSay } from '../../common/say.ts';
import { ThemeWatcher } from '../../common/theme.ts';
import { Counterparts } from '../model/counterparts.ts';
import type { SideDescription } from '../model/side.ts';
import { Side } from '../model/side.ts';
import { ViewStore, startState, withinReach } from '../model/viewState.ts';
import type { Context, PageHost, View } from './context.ts';
import { stackControl } from './headControls.ts';
import { onPageKey } from './keys.ts';
import { Lighting } from './lighting.ts';
import { notReady } from './states.ts';
import { Toolbar } from './toolbar.ts';
import { tabs, viewsOf } from './tabs.ts';
import { tokenAtSpan } from './tokenAtSpan.ts';
import { createView } from '../views/createView.ts';

export interface PageOptions {
  readonly strings: AttentionStrings;
  readonly warnings: Readonly<Record<WarningCode, string>>;
  /** BCP 47 */
  readonly locale: string;
  readonly view: AttentionViewState | undefined;
  readonly host: PageHost | undefined;
}

/** The attention page: toolbar, tabs and views over one side, or over two to compare. */
export class AttentionPage implements Disposable {
  readonly #root: HTMLElement;
  readonly #context: Context;
  readonly #toolbar: Toolbar;
  readonly #lighting: Lighting;
  readonly #disposables = new DisposableStore();
  readonly #views = new Map<AttentionView, View>();
  readonly #status = document.createElement('p');
  #sides: readonly Side[] = [];
  /** What was asked for while other sides are on the screen: those stay until these have something to show. */
  #incoming: readonly Side[] | undefined;
  #isFollowing = false;
  /** The view that the status line speaks of. */
  #told: AttentionView | undefined;
  readonly #frames = new Frames();
  readonly #redraw = (): void => this.#render();

  /** @param root an empty element, which the page fills */
  constructor(root: HTMLElement, options: PageOptions) {
    this.#root = root;
    root.classList.add('loupe');
    const theme = this.#disposables.add(new ThemeWatcher(root));
    const store = this.#disposables.add(new ViewStore(options.view ?? startState));
    const palettes = remember(createPalettes);
    this.#lighting = new Lighting(options.host, () => this.#sides);
    this.#context = {
      say: createSay(options.strings),
      numbers: createNumbers(options.locale),
      warnings: options.warnings,
      store,
      host: options.host,
      frames: this.#frames,
      theme: () => theme.current,
      palettes: () => palettes(theme.current),
      sides: () => this.#sides,
      counterparts: new Counterparts(),
      invalidate: () => this.#invalidate(),
      tell: (text, aloud) => this.#tell(text, aloud),
      light: (side, marks) => this.#lighting.light(side, store.state.stack, marks),
    };
    this.#toolbar = new Toolbar(this.#context, () => this.#isFollowing);
    this.#status.className = 'status';
    // A notebook shows several pages in one document.
    this.#status.id = `loupe-status-${Math.random().toString(36).slice(2)}`;
    this.#status.setAttribute('role', 'status');
    this.#disposables.add(theme.onDidChange(() => this.#invalidate()));
    this.#disposables.add(
      store.onDidChange((state) => {
        options.host?.persist(state);
        this.#invalidate();
      }),
    );
    const onKey = (event: KeyboardEvent): void => this.#onKey(event);
    root.addEventListener('keydown', onKey);
    this.#disposables.defer(() => root.removeEventListener('keydown', onKey));
    this.#disposables.add(this.#frames);
  }

  get state(): AttentionViewState {
    return this.#context.store.state;
  }

  /** Shows other texts or models. What was on its way for the earlier ones is cancelled. */
  show(sides: readonly SideDescription[], isFollowing: boolean): void {
    for (const side of this.#incoming ?? []) side.dispose();
    this.#incoming = sides.map((description) => new Side(description, () => this.#invalidate()));
    this.#isFollowing = isFollowing;
    this.#render();
  }

  /** Whether the panel follows the editor's selection; the sides stay. */
  setFollowing(isFollowing: boolean): void {
    this.#isFollowing = isFollowing;
    this.#invalidate();
  }

  /** Chooses the token at the cursor of a side's text. */
  moveCursor({ side: index, span }: AttentionCursor): void {
    const side = this.#sides[index];
    const stack = side?.stack(this.state.stack);
    const found = side && stack && span && tokenAtSpan(side, stack, span);
    if (!found) return;
    // Where both axes are the same tokens, the person's own choice of direction stays.
    const direction = stack.queries === stack.keys ? this.state.direction : found.direction;
    const along = direction === 'from' ? 'queries' : 'keys';
    // The chosen token is one of the first side; the other side's cursor chooses its counterpart there.
    const place = { stack: stack.name, along, from: index, to: 0 } as const;
    const token = this.#context.counterparts.find(this.#sides, found.token, place);
    if (token === undefined || (token === this.state.token && direction === this.state.direction)) return;
    this.#context.store.update({ token, direction });
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const view of this.#views.values()) view.dispose();
    for (const side of [...this.#sides, ...(this.#incoming ?? [])]) side.dispose();
    this.#lighting.dispose();
    render(nothing, this.#root);
  }

  #invalidate(): void {
    if (!this.#disposables.isDisposed) this.#frames.ask(this.#redraw);
  }

  /** Puts what was asked for on the screen, once it is all there, or one of it failed, or there was nothing before. */
  #takeIncoming(): void {
    const incoming = this.#incoming;
    if (!incoming) return;
    const states = incoming.map(({ overview }) => overview.status);
    const isWorthIt = states.includes('failed') || states.every((status) => status === 'ready');
    if (!isWorthIt && this.#isReady) {
      this.#tell(this.#context.say('loading'), true);
      return;
    }
    for (const side of this.#sides) side.dispose();
    this.#sides = incoming;
    this.#incoming = undefined;
    this.#lighting.forget();
    this.#tell('', false);
  }

  #render(): void {
    this.#takeIncoming();
    const [first] = this.#sides;
    const overview = first?.loaded;
    if (overview) {
      const reached = withinReach(this.state, overview);
      if (reached !== this.state) this.#context.store.update(reached);
    }
    render(this.#template(), this.#root);
    if (this.#isReady) this.#view().draw();
    if (this.#told !== this.state.view) this.#tell('', false);
    this.#told = this.state.view;
    // Asked only now: the first picture does not wait for the names of heads.
    if (this.#isReady)
      for (const side of this.#sides)
        if (side.description.data.abilities.has('summaries')) side.summaries.get({});
  }

  get #isReady(): boolean {
    return this.#sides.length > 0 && this.#sides.every(({ loaded }) => loaded !== undefined);
  }

  #template(): TemplateResult {
    const waiting = this.#sides.find((side) => side.overview.status !== 'ready');
    return html`${this.#toolbar.template()}
    ${
      waiting
        ? notReady(this.#context, waiting.overview, { retry: () => waiting.overviews.retry() })
        : this.#sides.length === 0
          ? html`<div class="notice"><p>${this.#context.say('nothingShown')}</p></div>`
          : this.#content()
    }
    ${this.#status}`;
  }

  #content(): TemplateResult {
    const view = this.#view();
    // The body first: it takes what has arrived, which the controls' legends tell of.
    const body = view.body();
    const warnings = this.#sides.flatMap(({ loaded }) => loaded?.warnings ?? []);
    return html`${warnings.map(
        ({ code, details }) =>
          html`<p class="warning">${fillTemplate(this.#context.warnings[code], details)}</p>`,
      )}
      ${tabs(this.#context)}
      <div class="controls">${stackControl(this.#context)} ${view.controls()}</div>
      <main role="tabpanel" aria-label=${this.#context.say('panel')} aria-describedby=${this.#status.id}>
        ${body}
      </main>`;
  }

  #view(): View {
    const shown = viewsOf(this.#context);
    const name = shown.includes(this.state.view) ? this.state.view : 'overview';
    const known = this.#views.get(name);
    if (known) return known;
    const view = createView(name, this.#context);
    this.#views.set(name, view);
    return view;
  }

  #onKey(event: KeyboardEvent): void {
    if (!this.#isReady) return;
    if (event.key === '?') this.#toolbar.toggleHelp();
    else if (!onPageKey(event, this.#context) && !(isForView(event) && this.#view().onKey(event))) return;
    event.preventDefault();
  }

  #tell(text: string, aloud: boolean): void {
    this.#status.setAttribute('aria-live', aloud ? 'polite' : 'off');
    this.#status.textContent = text;
  }
}

const navigationKeys = new Set([
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Home',
  'End',
  'Enter',
  ' ',
]);

/** Arrow keys and Enter belong to sliders, lists, buttons and tabs while those have the focus; other keys to the picture. */
const isForView = ({ target, key }: KeyboardEvent): boolean =>
  !navigationKeys.has(key) ||
  (target instanceof HTMLElement &&
    target.closest('input, select, button, vscode-button, vscode-checkbox, .menu') === null);
