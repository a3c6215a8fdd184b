/** Shortens a text with an ellipsis until it fits into `width` CSS pixels of the context's font. */
export function fitText(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  // Not by binary search: labels are short, and most are cut by a few characters.
  const characters = Array.from(text);
  while (characters.length > 1) {
    characters.pop();
    const shortened = `${characters.join('')}…`;
    if (context.measureText(shortened).width <= width) return shortened;
  }
  return '';
}

/** The largest width of some labels; of very many, a sample is measured. */
export function widestLabel(
  context: CanvasRenderingContext2D,
  count: number,
  labelOf: (index: number) => string,
): number {
  const step = Math.max(1, Math.floor(count / 200));
  let widest = 0;
  for (let index = 0; index < count; index += step)
    widest = Math.max(widest, context.measureText(labelOf(index)).width);
  return widest;
}
