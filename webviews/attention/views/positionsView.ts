import type { TemplateResult } from 'lit';
import { html } from 'lit';
import type { PositionEncodings } from '../../../src/shared/attentionProtocol.ts';
import { remember } from '../../common/remember.ts';
import type { Cell } from '../canvas/heatmap.ts';
import { Heatmap } from '../canvas/heatmap.ts';
import { pictureOf } from '../canvas/picture.ts';
import type { Context, View } from '../page/context.ts';
import { notReady } from '../page/states.ts';
import { Ramp } from './ramp.ts';

/** Positions that are drawn at most. */
const limit = 512;

/** The model's position encodings: their values, and how alike any two positions are. */
export class PositionsView implements View {
  readonly #context: Context;
  readonly #values: Heatmap;
  readonly #similarity: Heatmap;
  readonly #ramps = [new Ramp(), new Ramp()] as const;
  readonly #valuePicture = remember(pictureOfValues);
  readonly #similarityPicture = remember(pictureOfSimilarity);

  constructor(context: Context) {
    this.#context = context;
    const heatmap = (name: string, label: string, tell: (cell: Cell) => string): Heatmap => {
      const created: Heatmap = new Heatmap({
        name,
        label,
        theme: context.theme,
        frames: context.frames,
        onHover: (cell) => {
          created.marked = cell;
          if (cell) context.tell(tell(cell), false);
        },
        onPick: () => undefined,
      });
      return created;
    };
    const { say, numbers } = context;
    this.#values = heatmap('position-values', say('positionValues'), ({ row, column }) =>
      say('positionValueAt', {
        position: row,
        dimension: column,
        value: numbers.weight(this.#valueAt(row, column)),
      }),
    );
    this.#similarity = heatmap('position-similarity', say('positionSimilarity'), ({ row, column }) =>
      say('positionSimilarityAt', {
        a: row,
        b: column,
        value: numbers.weight(this.#similarityAt(row, column)),
      }),
    );
  }

  controls(): readonly TemplateResult[] {
    const encodings = this.#encodings;
    if (!encodings || encodings.kind === 'none') return [];
    const { say, numbers, palettes } = this.#context;
    const most = largest(encodings.values);
    const table = palettes().diverging;
    return [
      this.#ramps[0].template(table, say('positionValues'), [numbers.plain(-most), numbers.plain(most)]),
      this.#ramps[1].template(table, say('positionSimilarity'), [numbers.plain(-1), numbers.plain(1)]),
    ];
  }

  body(): TemplateResult {
    const side = this.#context.sides()[0];
    if (!side) return html``;
    const answer = side.positions.get({ limit });
    if (answer.status !== 'ready')
      return notReady(this.#context, answer, { retry: () => side.positions.retry() });
    const { say } = this.#context;
    const { kind, origin, positions, width } = answer.value;
    const about = this.#about(kind);
    if (kind === 'none' || positions === 0) return html`<div class="notice"><p>${about} ${origin}</p></div>`;
    return html`<p class="about">${about} ${say('positionOrigin', { origin, positions, width })}</p>
      <div class="panes">
        <section class="pane">
          <h2>${say('positionValues')}</h2>
          ${this.#values.surface.element}
        </section>
        <section class="pane">
          <h2>${say('positionSimilarity')}</h2>
          ${this.#similarity.surface.element}
        </section>
      </div>`;
  }

  draw(): void {
    const encodings = this.#encodings;
    if (!encodings || encodings.positions === 0) return;
    const { positions, width } = encodings;
    const table = this.#context.palettes().diverging;
    const show = (heatmap: Heatmap, columns: number, image: HTMLCanvasElement): void => {
      heatmap.content = {
        rows: positions,
        columns,
        rowLabel: String,
        columnLabel: String,
        layers: [{ image, row: 0, column: 0, rows: positions, columns }],
        nanRows: [],
      };
    };
    show(this.#values, width, this.#valuePicture(encodings, table));
    show(this.#similarity, positions, this.#similarityPicture(encodings, table));
  }

  onKey({ key }: KeyboardEvent): boolean {
    const heatmap = [this.#values, this.#similarity].find(({ surface }) =>
      surface.element.contains(document.activeElement),
    );
    if (!heatmap) return false;
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => heatmap.zoomBy(1.25),
      '=': () => heatmap.zoomBy(1.25),
      '-': () => heatmap.zoomBy(0.8),
      '0': () => heatmap.fit(),
      ArrowUp: () => heatmap.panBy(0, -40),
      ArrowDown: () => heatmap.panBy(0, 40),
      ArrowLeft: () => heatmap.panBy(-40, 0),
      ArrowRight: () => heatmap.panBy(40, 0),
    };
    const action = actions[key];
    action?.();
    return action !== undefined;
  }

  dispose(): void {
    this.#values.dispose();
    this.#similarity.dispose();
  }

  get #encodings(): PositionEncodings | undefined {
    const answer = this.#context.sides()[0]?.positions.peek({ limit });
    return answer?.status === 'ready' ? answer.value : undefined;
  }

  #about(kind: PositionEncodings['kind']): string {
    const { say } = this.#context;
    const texts: Readonly<Record<PositionEncodings['kind'], () => string>> = {
      learned: () => say('positionLearned'),
      sinusoidal: () => say('positionSinusoidal'),
      rotary: () => say('positionRotary'),
      relative: () => say('positionRelative'),
      none: () => say('positionNone'),
    };
    return texts[kind]();
  }

  #valueAt(row: number, column: number): number {
    const encodings = this.#encodings;
    return encodings?.values[row * encodings.width + column] ?? NaN;
  }

  #similarityAt(row: number, column: number): number {
    const encodings = this.#encodings;
    return encodings?.similarity[row * encodings.positions + column] ?? NaN;
  }
}

function pictureOfValues(
  { positions, width, values }: PositionEncodings,
  table: Uint8ClampedArray,
): HTMLCanvasElement {
  const most = largest(values);
  return pictureOf({ rows: positions, columns: width, values }, table, [-most, most]);
}

function pictureOfSimilarity(
  { positions, similarity }: PositionEncodings,
  table: Uint8ClampedArray,
): HTMLCanvasElement {
  return pictureOf({ rows: positions, columns: positions, values: similarity }, table, [-1, 1]);
}

const largest = (values: Float32Array): number =>
  values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
