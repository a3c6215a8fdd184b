import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Frames } from '../../common/frames.ts';
import type { Theme } from '../../common/theme.ts';
import { labelFont } from './heatmap.ts';
import type { Frame } from './surface.ts';
import { Surface } from './surface.ts';

export interface Curve {
  readonly label: string;
  readonly color: string;
  /** Lengths of line and gap; empty: a whole line. Lines are told apart without their colours. */
  readonly dash: readonly number[];
  /** At equal distances from the left to the right edge. */
  readonly values: ArrayLike<number>;
}

export interface Chart {
  readonly curves: readonly Curve[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Written at the left and the right end of the x axis. */
  readonly xEnds: readonly [string, string];
  readonly format: (value: number) => string;
}

/** A few curves over one axis. */
export class LineChart implements Disposable {
  readonly surface: Surface;
  readonly #theme: () => Theme;
  #chart: Chart | undefined;

  constructor(label: string, { theme, frames }: { readonly theme: () => Theme; readonly frames: Frames }) {
    this.#theme = theme;
    this.surface = new Surface({
      frames,
      name: 'chart',
      label,
      role: 'img',
      paint: (context, frame) => this.#paint(context, frame),
    });
  }

  set chart(chart: Chart) {
    this.#chart = chart;
    this.surface.invalidate();
  }

  dispose(): void {
    this.surface.dispose();
  }

  #paint(context: CanvasRenderingContext2D, frame: Frame): void {
    const chart = this.#chart;
    if (!chart) return;
    const theme = this.#theme();
    const unit = theme.fontSize;
    context.font = labelFont(theme);
    const values = chart.curves
      .flatMap((curve) => Array.from(curve.values))
      .filter((value) => !Number.isNaN(value));
    const top = Math.max(0, ...values);
    const bottom = Math.min(0, ...values);
    const span = top - bottom || 1;
    const area = {
      x: Math.ceil(context.measureText(chart.format(top)).width + 10),
      y: Math.round(1.6 * unit),
      width: 0,
      height: 0,
    };
    area.width = Math.min(frame.width - area.x - 8, 560);
    area.height = Math.min(frame.height - area.y - 2 * unit, 320);
    const y = (value: number): number => area.y + area.height * (1 - (value - bottom) / span);
    context.lineWidth = 1;
    context.textBaseline = 'middle';
    context.fillStyle = theme.muted;
    context.strokeStyle = theme.border;
    for (let tick = 0; tick <= 4; tick += 1) {
      const value = bottom + (span * tick) / 4;
      context.textAlign = 'right';
      context.fillText(chart.format(value), area.x - 6, y(value));
      context.beginPath();
      context.moveTo(area.x, Math.round(y(value)) + 0.5);
      context.lineTo(area.x + area.width, Math.round(y(value)) + 0.5);
      context.stroke();
    }
    const under = area.y + area.height + unit;
    context.fillText(chart.xEnds[1], area.x + area.width, under);
    context.textAlign = 'left';
    context.fillText(chart.xEnds[0], area.x, under);
    context.fillText(chart.yLabel, 0, unit * 0.5);
    context.textAlign = 'center';
    context.fillText(chart.xLabel, area.x + area.width / 2, under);
    for (const curve of chart.curves) {
      context.strokeStyle = curve.color;
      context.lineWidth = 2;
      context.setLineDash([...curve.dash]);
      context.beginPath();
      for (let at = 0; at < curve.values.length; at += 1) {
        const value = curve.values[at] ?? NaN;
        const x = area.x + (area.width * at) / Math.max(1, curve.values.length - 1);
        if (!Number.isNaN(value)) context.lineTo(x, y(value));
      }
      context.stroke();
    }
    context.setLineDash([]);
  }
}
