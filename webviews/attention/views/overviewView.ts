import type { TemplateResult } from 'lit';
import { html } from 'lit';
import type { AttentionStack, HeadPattern, HeadSummary } from '../../../src/shared/attentionProtocol.ts';
import { remember } from '../../common/remember.ts';
import type { HeadPlace, Rect } from '../canvas/headGrid.ts';
import { HeadGrid } from '../canvas/headGrid.ts';
import type { Context, View } from '../page/context.ts';
import { currentStack } from '../page/headControls.ts';
import { patternName, patternSigns } from '../page/patterns.ts';
import type { Side } from '../model/side.ts';
import { moveHead } from './headsMove.ts';
import { Panes } from './panes.ts';
import type { Atlas } from './thumbnails.ts';
import { createAtlas, createDifferenceAtlas, headIndex } from './thumbnails.ts';

/** Every head of the model at once, as thumbnails. */
export class OverviewView implements View {
  readonly #context: Context;
  readonly #grids: Panes<HeadGrid>;
  readonly #atlases: (Atlas | undefined)[] = [];
  readonly #differenceAtlas = remember(createDifferenceAtlas);

  constructor(context: Context) {
    this.#context = context;
    this.#grids = new Panes((side) => this.#createGrid(side));
  }

  controls(): readonly TemplateResult[] {
    return [];
  }

  body(): TemplateResult {
    const sides = this.#context.sides();
    const grids = this.#grids.of(this.#gridCount);
    return html`<div class="panes">
        ${sides.map(
          (side, index) =>
            html`<section class="pane">
              ${sides.length > 1 ? html`<h2>${side.description.title}</h2>` : ''}
              ${grids[index]?.surface.element}
            </section>`,
        )}
        ${
          grids.length > sides.length
            ? html`<section class="pane">
                <h2>${this.#context.say('overviewDifference')}</h2>
                ${grids[sides.length]?.surface.element}
              </section>`
            : ''
        }
      </div>
      ${this.#legend()}`;
  }

  draw(): void {
    const sides = this.#context.sides();
    const { layer, head, stack: name } = this.#context.store.state;
    this.#grids.of(this.#gridCount).forEach((grid, index) => {
      const stack = (sides[index] ?? sides[0])?.stack(name);
      if (!stack) return;
      grid.heads = stack.heads;
      grid.current = { layer, head };
      grid.surface.label = this.#context.say('overviewLabel', {
        layers: stack.heads.length,
        heads: Math.max(0, ...stack.heads),
      });
    });
  }

  onKey(event: KeyboardEvent): boolean {
    const stack = currentStack(this.#context);
    if (!stack) return false;
    if (event.key === 'Enter') {
      this.#context.store.update({ view: 'matrix' });
      return true;
    }
    return moveHead(this.#context, event.key, stack.heads, {
      reveal: (place) => {
        for (const grid of this.#grids.of(this.#gridCount)) grid.reveal(place);
      },
      describe: (place) => this.#describe(this.#context.sides()[0], place),
    });
  }

  dispose(): void {
    this.#grids.dispose();
  }

  #createGrid(index: number): HeadGrid {
    const { say, store, theme, frames } = this.#context;
    const grid: HeadGrid = new HeadGrid({
      name: 'overview-grid',
      label: say('viewOverview'),
      cornerLabel: say('layerHead'),
      theme,
      frames,
      smallest: 18,
      largest: 120,
      paintHead: (context, place, rect) => this.#paintHead(context, index, place, rect),
      onHover: (place) => {
        grid.marked = place;
        if (place) this.#context.tell(this.#describe(this.#context.sides()[index], place), false);
      },
      onPick: (place) => store.update({ ...place, view: 'matrix' }),
    });
    return grid;
  }

  #paintHead(context: CanvasRenderingContext2D, index: number, place: HeadPlace, rect: Rect): void {
    const side = this.#context.sides()[index] ?? this.#context.sides()[0];
    const stack = side?.stack(this.#context.store.state.stack);
    const isDifference = index >= this.#context.sides().length;
    const atlas = isDifference ? this.#difference : stack && this.#atlas(index, stack);
    if (!side || !stack || !atlas) return;
    const { canvas } = atlas;
    const { thumbnailRows: rows, thumbnailColumns: columns } = stack;
    context.imageSmoothingEnabled = columns > rect.size * window.devicePixelRatio;
    const top = headIndex(stack, place.layer, place.head) * rows;
    context.drawImage(canvas, 0, top, columns, rows, rect.x, rect.y, rect.size, rect.size);
    const theme = this.#context.theme();
    if (theme.kind === 'light' || theme.isHighContrast) {
      context.strokeStyle = theme.border;
      context.lineWidth = 1;
      context.strokeRect(rect.x - 0.5, rect.y - 0.5, rect.size + 1, rect.size + 1);
    }
    const pattern = isDifference ? undefined : this.#summary(side, place)?.pattern;
    // On a narrow page the thumbnail needs its few pixels itself.
    if (pattern && rect.size >= 24) this.#paintSign(context, rect, pattern);
  }

  #paintSign(context: CanvasRenderingContext2D, rect: Rect, pattern: HeadPattern): void {
    const theme = this.#context.theme();
    const side = Math.round(Math.min(15, Math.max(11, rect.size * 0.3)));
    const x = rect.x + rect.size - side;
    context.fillStyle = theme.background;
    context.fillRect(x, rect.y, side, side);
    context.fillStyle = theme.foreground;
    context.font = `${side - 2}px ${theme.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(patternSigns[pattern], x + side / 2, rect.y + side / 2 + 0.5);
  }

  /** A grid a side, and one for the difference where it can be drawn. */
  get #gridCount(): number {
    const sides = this.#context.sides().length;
    return this.#difference === undefined ? sides : sides + 1;
  }

  get #difference(): Atlas | undefined {
    const { stack } = this.#context.store.state;
    const [left, right] = this.#context.sides().map((side) => side.stack(stack));
    return left && right && this.#differenceAtlas(left, right, this.#context.palettes().diverging);
  }

  #atlas(index: number, stack: AttentionStack): Atlas {
    const { sequential } = this.#context.palettes();
    const made = this.#atlases[index];
    if (made?.stack === stack && made.table === sequential) return made;
    const atlas = createAtlas(stack, sequential);
    this.#atlases[index] = atlas;
    return atlas;
  }

  /** Asked once the overview is on the screen: it must not wait for the summaries. */
  #summary(side: Side, { layer, head }: HeadPlace): HeadSummary | undefined {
    const summaries = side.summaries.peek({});
    const { stack } = this.#context.store.state;
    if (summaries.status !== 'ready') return undefined;
    return summaries.value.find(
      (summary) => summary.stack === stack && summary.layer === layer && summary.head === head,
    );
  }

  #describe(side: Side | undefined, place: HeadPlace): string {
    const { say, numbers } = this.#context;
    const summary = side && this.#summary(side, place);
    if (!summary) return say('headAt', { ...place });
    const details = {
      ...place,
      entropy: numbers.plain(summary.entropy),
      distance: numbers.plain(summary.distance),
    };
    return summary.pattern === undefined
      ? say('headSummary', details)
      : say('headSummaryNamed', {
          ...details,
          pattern: patternName(say, summary.pattern),
          share: numbers.percent(summary.shares[summary.pattern]),
        });
  }

  #legend(): TemplateResult {
    const side = this.#context.sides()[0];
    const { say, store } = this.#context;
    const summaries = side?.summaries.peek({});
    const found = new Set<HeadPattern>();
    if (summaries?.status === 'ready')
      for (const { pattern, stack } of summaries.value)
        if (pattern !== undefined && stack === store.state.stack) found.add(pattern);
    return html`<p class="caption">
      ${say('overviewCaption')}
      ${[...found].map((pattern) => html`<span class="sign">${patternSigns[pattern]} ${patternName(say, pattern)}</span>`)}
    </p>`;
  }
}
