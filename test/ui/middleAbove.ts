import type { Locator } from 'playwright-core';

/** A point of the window, in CSS pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The middle of the first link whose middle is less than `reach` above `top`. All are measured in one go, and the point is to be clicked
 * at once: a link that is looked up a second time may be another one by then, or gone, since CodeLenses are drawn anew
 * when a selection or a result changes.
 */
export const middleAbove = async (links: Locator, top: number, reach: number): Promise<Point | undefined> => {
  const middles = await links.evaluateAll((found) =>
    found.map((link) => {
      const { x, y, width, height } = link.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2, isDrawn: width > 0 };
    }),
  );
  // Lenses are drawn one after the other: the nearest so far may belong to another paragraph.
  return middles.find(({ y, isDrawn }) => isDrawn && y < top && y > top - reach);
};

/** Gives a point only when it was the same at the last call: what is still moving must not be clicked. */
export const atRest = (measure: () => Promise<Point | undefined>): (() => Promise<Point | undefined>) => {
  let last: Point | undefined;
  return async () => {
    const now = await measure();
    const isStill = now !== undefined && now.x === last?.x && now.y === last.y;
    last = now;
    return isStill ? now : undefined;
  };
};
