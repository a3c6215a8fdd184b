/** A rectangle of cells: rows `row` to `row + rows`, exclusive. */
export interface Box {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const largestCell = 96;

/** Which part of a matrix is seen, and how large a cell is. Lengths are CSS pixels. */
export class Viewport {
  area: Area = { x: 0, y: 0, width: 0, height: 0 };
  #rows = 0;
  #columns = 0;
  #ratio = 1;
  /** Pixels a cell; undefined: as large as fits. */
  #scale: number | undefined;
  #left = 0;
  #top = 0;

  /** Another matrix: all of it is seen. */
  reset(rows: number, columns: number): void {
    this.#rows = rows;
    this.#columns = columns;
    this.fit();
  }

  /** Takes the sides of what there is to paint on; `left` and `top` are the strips for labels. */
  resize(size: { left: number; top: number; width: number; height: number; ratio: number }): void {
    const { left, top, width, height } = size;
    this.area = {
      x: left,
      y: top,
      width: Math.max(1, width - left - 2),
      height: Math.max(1, height - top - 2),
    };
    this.#ratio = size.ratio;
    this.#clamp();
  }

  fit(): void {
    this.#scale = undefined;
    this.#left = 0;
    this.#top = 0;
  }

  get scale(): number {
    return this.#scale ?? this.#fitScale;
  }

  get canPan(): boolean {
    return (
      this.#scale !== undefined &&
      (this.#columns * this.scale > this.area.width || this.#rows * this.scale > this.area.height)
    );
  }

  /** The cells that are seen, whole numbers. */
  get seen(): Box {
    const row = Math.max(0, Math.floor(this.#top));
    const column = Math.max(0, Math.floor(this.#left));
    return {
      row,
      column,
      rows: Math.min(this.#rows, Math.ceil(this.#top + this.area.height / this.scale)) - row,
      columns: Math.min(this.#columns, Math.ceil(this.#left + this.area.width / this.scale)) - column,
    };
  }

  /** Where cells are painted. Edges lie on device pixels, so neighbours neither overlap nor leave a gap. */
  rect(row: number, column: number, rows: number, columns: number): Area {
    const x = this.#snap(this.area.x + (column - this.#left) * this.scale);
    const y = this.#snap(this.area.y + (row - this.#top) * this.scale);
    const right = this.#snap(this.area.x + (column + columns - this.#left) * this.scale);
    const bottom = this.#snap(this.area.y + (row + rows - this.#top) * this.scale);
    return { x, y, width: right - x, height: bottom - y };
  }

  cellAt(x: number, y: number): { readonly row: number; readonly column: number } | undefined {
    const column = Math.floor(this.#left + (x - this.area.x) / this.scale);
    const row = Math.floor(this.#top + (y - this.area.y) / this.scale);
    const isInside = x >= this.area.x && y >= this.area.y && column < this.#columns && row < this.#rows;
    return isInside && row >= 0 && column >= 0 ? { row, column } : undefined;
  }

  /** Zooms around a point, without one around the middle. */
  zoomBy(factor: number, at?: { readonly x: number; readonly y: number }): void {
    const { x, y } = at ?? { x: this.area.x + this.area.width / 2, y: this.area.y + this.area.height / 2 };
    const before = this.scale;
    const after = Math.min(largestCell, before * factor);
    if (after <= this.#fitScale) {
      this.fit();
      return;
    }
    this.#scale = after;
    this.#left += (x - this.area.x) * (1 / before - 1 / after);
    this.#top += (y - this.area.y) * (1 / before - 1 / after);
    this.#clamp();
  }

  panBy(dx: number, dy: number): void {
    this.#left += dx / this.scale;
    this.#top += dy / this.scale;
    this.#clamp();
  }

  reveal(row: number, column: number): void {
    const rows = this.area.height / this.scale;
    const columns = this.area.width / this.scale;
    if (row < this.#top) this.#top = row;
    else if (row + 1 > this.#top + rows) this.#top = row + 1 - rows;
    if (column < this.#left) this.#left = column;
    else if (column + 1 > this.#left + columns) this.#left = column + 1 - columns;
    this.#clamp();
  }

  get #fitScale(): number {
    const fitting = Math.min(this.area.width / this.#columns, this.area.height / this.#rows, 48);
    // Cells of whole device pixels are all equal; only matrices larger than the screen are shrunk smoothly.
    const device = fitting * this.#ratio;
    return device >= 1 ? Math.floor(device) / this.#ratio : fitting;
  }

  #clamp(): void {
    const lastLeft = this.#columns - this.area.width / this.scale;
    const lastTop = this.#rows - this.area.height / this.scale;
    this.#left = Math.max(0, Math.min(this.#left, lastLeft));
    this.#top = Math.max(0, Math.min(this.#top, lastTop));
  }

  #snap(value: number): number {
    return Math.round(value * this.#ratio) / this.#ratio;
  }
}
