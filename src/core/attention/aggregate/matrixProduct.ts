/**
 * Product of two [n, n] matrices, row-major; `isLower`: both are lower triangular (causal), which is a sixth of the work.
 * Works on a transposed copy of `right`, two rows by four columns at a time in eight local sums: 75 ms at n = 512, half of
 * what row by row takes (decision 073).
 */
export function matrixProduct(
  left: Float32Array,
  right: Float32Array,
  n: number,
  isLower: boolean,
): Float32Array {
  const size = Math.ceil(n / 4) * 4;
  const rows = padded(left, n, size);
  const columns = transposed(right, n, size);
  const result = new Float32Array(size * size);
  for (let row = 0; row < n; row += 2)
    for (let column = 0; column < n; column += 4) {
      const start = isLower ? column : 0;
      const end = isLower ? Math.min(size, row + 2) : size;
      if (start < end) block(rows, columns, result, size, row, column, start, end);
    }
  return cropped(result, n, size);
}

function block(
  rows: Float32Array,
  columns: Float32Array,
  result: Float32Array,
  size: number,
  row: number,
  column: number,
  start: number,
  end: number,
): void {
  const [a, b] = [row * size, (row + 1) * size];
  const w = column * size;
  const x = w + size;
  const y = x + size;
  const z = y + size;
  let aw = 0;
  let ax = 0;
  let ay = 0;
  let az = 0;
  let bw = 0;
  let bx = 0;
  let by = 0;
  let bz = 0;
  for (let inner = start; inner < end; inner++) {
    const upper = rows[a + inner] as number;
    const lower = rows[b + inner] as number;
    const first = columns[w + inner] as number;
    const second = columns[x + inner] as number;
    const third = columns[y + inner] as number;
    const fourth = columns[z + inner] as number;
    aw += upper * first;
    ax += upper * second;
    ay += upper * third;
    az += upper * fourth;
    bw += lower * first;
    bx += lower * second;
    by += lower * third;
    bz += lower * fourth;
  }
  result.set([aw, ax, ay, az], a + column);
  result.set([bw, bx, by, bz], b + column);
}

function padded(matrix: Float32Array, n: number, size: number): Float32Array {
  const copy = new Float32Array(size * size);
  for (let row = 0; row < n; row++) copy.set(matrix.subarray(row * n, (row + 1) * n), row * size);
  return copy;
}

function transposed(matrix: Float32Array, n: number, size: number): Float32Array {
  const copy = new Float32Array(size * size);
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++) copy[column * size + row] = matrix[row * n + column] as number;
  return copy;
}

function cropped(matrix: Float32Array, n: number, size: number): Float32Array {
  const copy = new Float32Array(n * n);
  for (let row = 0; row < n; row++) copy.set(matrix.subarray(row * size, row * size + n), row * n);
  return copy;
}
