import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';
import { until } from './until.ts';

/** A point of a surface, in CSS pixels from its top left corner. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the status line says of the cell under the mouse, and the colour that is painted there. */
export interface SeenCell {
  readonly query: number;
  readonly key: number;
  readonly weight: number;
  readonly color: readonly number[];
}

const cellPattern = /\((\d+)\) attends to “.*” \((\d+)\): ([\d.]+)/s;
const headPattern = /Layer (\d+), head (\d+)/;

/** The attention panel's page as a person uses it. */
export class AttentionPage {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** The page of the panel that was drawn last. */
  get frame(): FrameLocator {
    const { page } = this.#workbench;
    return page
      .locator('iframe.webview.ready')
      .last()
      .contentFrame()
      .locator('iframe#active-frame')
      .contentFrame();
  }

  get status(): Locator {
    return this.frame.locator('p.status');
  }

  get headings(): Locator {
    return this.frame.locator('.heading');
  }

  tab(view: string): Locator {
    return this.frame.locator(`[role=tab][data-view=${view}]`);
  }

  surface(name: string): Locator {
    return this.frame.locator(`.surface.${name}`);
  }

  /** Waits until a view's picture has more than a few colours. */
  async waitForPicture(name: string): Promise<number> {
    await this.surface(name).first().waitFor();
    return until(
      async () => {
        const colors = await this.colorCount(name);
        return colors > 20 && colors;
      },
      async () => `nothing is painted in ${name}: ${await this.frame.locator('body').innerText()}`,
    );
  }

  /** Distinct colours of a surface's base canvas. */
  colorCount(name: string): Promise<number> {
    return this.surface(name)
      .first()
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
  }

  /** The query token whose row is framed in the matrix; undefined: none. */
  async chosenQuery(): Promise<number | undefined> {
    const name = 'matrix-canvas';
    const y = await this.surface(name)
      .first()
      .locator('canvas')
      .nth(1)
      .evaluate((canvas: HTMLCanvasElement) => {
        // A column of the picture, right of the labels: painted where the frame's upper and lower edges are.
        const x = Math.floor(canvas.width * 0.7);
        const { data } = canvas.getContext('2d')!.getImageData(x, 0, 1, canvas.height);
        const rows = Array.from({ length: canvas.height }, (_, row) => row).filter(
          (row) => (data[4 * row + 3] ?? 0) > 0,
        );
        const [first] = rows;
        const last = rows.at(-1);
        if (first === undefined || last === undefined) return undefined;
        return ((first + last) / 2) * (canvas.clientHeight / canvas.height);
      });
    if (y === undefined) return undefined;
    const { width } = (await this.surface(name).first().boundingBox()) ?? { width: 0 };
    const [said = ''] = await this.statusAt(name, [{ x: width * 0.6, y }]);
    const [, query] = cellPattern.exec(said) ?? [];
    return query === undefined ? undefined : Number(query);
  }

  /** The point of the window under a point of a surface. */
  async windowPoint(name: string, { x, y }: Point): Promise<Point> {
    const box = await this.surface(name).first().boundingBox();
    if (box === null) throw new Error(`${name} is not on the screen.`);
    return { x: box.x + x, y: box.y + y };
  }

  /** Moves the mouse to a point of a surface and reads the status line. */
  async pointAt(name: string, point: Point): Promise<string> {
    const { x, y } = await this.windowPoint(name, point);
    await this.#workbench.page.mouse.move(x, y);
    await this.status.evaluate(() => new Promise(requestAnimationFrame));
    return this.status.innerText();
  }

  /** What the status line says for each of many points: as `pointAt`, in one go. */
  statusAt(name: string, points: readonly Point[]): Promise<string[]> {
    return this.surface(name)
      .first()
      .evaluate((element, asked) => {
        const { left, top } = element.getBoundingClientRect();
        const under = element.querySelector('.surface-overlay') ?? element;
        const status = element.ownerDocument.querySelector('p.status');
        const said = asked.map(({ x, y }) => {
          // Where nothing stands the page leaves the line as it was.
          if (status !== null) status.textContent = '';
          const place = { clientX: left + x, clientY: top + y, bubbles: true };
          under.dispatchEvent(new PointerEvent('pointermove', place));
          return status?.textContent ?? '';
        });
        under.dispatchEvent(new PointerEvent('pointerleave', { bubbles: true }));
        element.dispatchEvent(new PointerEvent('pointerleave'));
        return said;
      }, points);
  }

  /** The page's background colour. */
  background(): Promise<string> {
    return this.frame.locator('.loupe').evaluate((page) => getComputedStyle(page).backgroundColor);
  }

  /** Waits until no webview is drawn. */
  async waitUntilHidden(): Promise<void> {
    await this.#workbench.page.locator('iframe.webview.ready').first().waitFor({ state: 'hidden' });
  }

  /** Waits until the status line reads so. */
  waitForStatus(pattern: RegExp): Promise<string> {
    return until(
      async () => {
        const said = await this.status.innerText();
        return pattern.test(said) && said;
      },
      async () => `The page does not say ${String(pattern)}: ${await this.status.innerText()}`,
    );
  }

  /** Waits until what stands above the picture reads so. */
  waitForControls(pattern: RegExp): Promise<true> {
    const controls = this.frame.locator('.controls');
    return until<true>(
      async () => pattern.test(await controls.innerText()),
      async () => `The controls do not read ${String(pattern)}: ${await controls.innerText()}`,
    );
  }

  /** Middles of heads' squares as points of the window: the squares are alike, so two edges tell where all are. */
  async headPoints(heads: readonly (readonly [layer: number, head: number])[]): Promise<Point[]> {
    const name = 'overview-grid';
    await this.waitForPicture(name);
    const { width } = (await this.surface(name).first().boundingBox()) ?? { width: 0 };
    const steps = Array.from({ length: Math.floor(width / 2) }, (_, at) => at * 2);
    const first = async (pointOf: (at: number) => Point, group: 1 | 2, index: number): Promise<number> => {
      const said = await this.statusAt(name, steps.map(pointOf));
      const at = said.findIndex((text) => headPattern.exec(text)?.[group] === String(index));
      if (at < 0) throw new Error(`The overview does not say where ${index} stands: ${said.join(' | ')}`);
      return steps[at]!;
    };
    const top = await first((y) => ({ x: width / 2, y }), 1, 0);
    const next = (await first((y) => ({ x: width / 2, y }), 1, 1)) - top;
    const left = await first((x) => ({ x, y: top + next / 2 }), 2, 0);
    const origin = await this.windowPoint(name, { x: left, y: top });
    return heads.map(([layer, head]) => ({
      x: origin.x + next * (head + 0.5),
      y: origin.y + next * (layer + 0.5),
    }));
  }

  /** Clicks a head in the overview: its matrix opens. */
  async openHead(layer: number, head: number): Promise<void> {
    await this.tab('overview').click();
    const [point] = await this.headPoints([[layer, head]]);
    await this.#workbench.page.mouse.click(point!.x, point!.y);
    await this.waitForPicture('matrix-canvas');
  }

  /** Points at places all over the matrix (not at its labels, left and above), and reads what is said and painted there. */
  async seenCells(count: number): Promise<SeenCell[]> {
    const name = 'matrix-canvas';
    const { width, height } = (await this.surface(name).first().boundingBox()) ?? { width: 0, height: 0 };
    // Steps that have no common measure with the cells: each point falls somewhere else in its cell.
    const points = Array.from({ length: count }, (_, at) => ({
      x: Math.floor(width * (0.25 + 0.7 * ((at * 0.618) % 1))),
      y: Math.floor(height * (0.25 + 0.7 * ((at * 0.414) % 1))),
    }));
    const said = await this.statusAt(name, points);
    const colors = await this.colorsAt(name, points);
    return said.flatMap((text, at) => {
      const [, query, key, weight] = cellPattern.exec(text) ?? [];
      if (query === undefined) return [];
      return [{ query: Number(query), key: Number(key), weight: Number(weight), color: colors[at] ?? [] }];
    });
  }

  /** Moves the mouse onto the cell of two tokens. */
  async pointAtCell(query: number, key: number): Promise<void> {
    const name = 'matrix-canvas';
    const { width, height } = (await this.surface(name).first().boundingBox()) ?? { width: 0, height: 0 };
    const steps = (length: number) => Array.from({ length: Math.floor(length / 2) }, (_, at) => at * 2);
    const down = steps(height).map((y) => ({ x: width * 0.3, y }));
    const across = steps(width).map((x) => ({ x, y: height * 0.6 }));
    const find = async (points: readonly Point[], group: 1 | 2, index: number): Promise<Point> => {
      const said = await this.statusAt(name, points);
      const hits = points.filter((_, at) => cellPattern.exec(said[at] ?? '')?.[group] === String(index));
      const middle = hits[Math.floor(hits.length / 2)];
      if (middle === undefined) throw new Error(`The matrix shows no cell (${query}, ${key}).`);
      return middle;
    };
    const { y } = await find(down, 1, query);
    const { x } = await find(across, 2, key);
    await this.pointAt(name, { x, y });
  }

  /** Red, green and blue on a surface's base canvas. */
  colorsAt(name: string, points: readonly Point[]): Promise<number[][]> {
    return this.surface(name)
      .first()
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement, asked) => {
        const ratio = canvas.width / canvas.clientWidth;
        const context = canvas.getContext('2d')!;
        return asked.map(({ x, y }) => [
          ...context.getImageData(Math.floor(x * ratio), Math.floor(y * ratio), 1, 1).data.slice(0, 3),
        ]);
      }, points);
  }

  /** Chooses a format in the export menu. The editor's dialog opens. */
  async chooseExport(format: RegExp): Promise<void> {
    await this.frame.getByRole('button', { name: 'Export' }).click();
    await this.frame.locator('.menu:popover-open .item', { hasText: format }).click();
  }
}
