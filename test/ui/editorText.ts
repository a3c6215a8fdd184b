import type { Page } from 'playwright-core';

/** A decorated stretch of a text editor, as it is drawn: one box a line. */
export interface LitBox {
  readonly isFramed: boolean;
  readonly background: string;
  /** The characters under it. */
  readonly text: string;
}

/** Where a word stands in the text editors, in CSS pixels of the window. */
const wordBox = (page: Page, word: string) =>
  page.evaluate((wanted) => {
    for (const line of document.querySelectorAll('.editor-instance .view-line')) {
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = node.textContent?.indexOf(wanted) ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x, y, width, height };
      }
    }
    return undefined;
  }, word);

/** Clicks into the middle of the first such word in an editor. */
export const putCursorInWord = async (page: Page, word: string): Promise<void> => {
  const box = await wordBox(page, word);
  if (box === undefined) throw new Error(`No editor shows '${word}'.`);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
};

/** Boxes that extensions' decorations draw behind the text, in all editors. */
export const litBoxes = (page: Page): Promise<LitBox[]> =>
  page.evaluate(() => {
    const boxes = document.querySelectorAll('.editor-instance .view-overlays .cdr[class*="ced-"]');
    return [...boxes].flatMap((box) => {
      const { borderStyle, backgroundColor } = getComputedStyle(box);
      if (backgroundColor === 'rgba(0, 0, 0, 0)') return [];
      const place = box.getBoundingClientRect();
      let text = '';
      for (const line of document.querySelectorAll('.editor-instance .view-line')) {
        const { top, bottom } = line.getBoundingClientRect();
        const middle = (place.top + place.bottom) / 2;
        if (middle < top || middle > bottom) continue;
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const content = node.textContent ?? '';
          for (let at = 0; at < content.length; at += 1) {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const { left, right } = range.getBoundingClientRect();
            const center = (left + right) / 2;
            if (place.left < center && center < place.right) text += content.charAt(at);
          }
        }
      }
      return [{ isFramed: borderStyle === 'solid', background: backgroundColor, text }];
    });
  });
