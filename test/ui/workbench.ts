import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { until } from './until.ts';
import { atRest, middleAbove } from './middleAbove.ts';

const settleMs = 300;
/** VS Code writes its storage this often. */
const storageMs = 6000;
const scrollSteps = 40;
const marginPx = 60;
const lensHeightPx = 36;

/** What stands behind or under a piece of text without being part of it. */
export interface Attachment {
  /** The attached text, as a decoration draws it. */
  readonly text: string;
  readonly color: string;
}

/** A text as it reads, whatever kinds of blanks and lines draw it. */
const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

const asPattern = (text: string | RegExp): RegExp =>
  text instanceof RegExp ? text : new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

/** VS Code's window as a person uses it: keyboard, mouse, and what is to be read on the screen. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until the window is drawn and its extensions have started. */
  async waitUntilReady(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
  }

  /** Loads the window anew, as the command does; what panels kept of themselves needs a moment to be written before. */
  async reload(): Promise<void> {
    await this.page.waitForTimeout(storageMs);
    await this.command('Developer: Reload Window');
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ state: 'detached' });
    await this.waitUntilReady();
  }

  /** Runs a command by its title in the palette. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget .quick-input-box input');
    await input.fill(`>${title}`);
    await this.pick(title);
  }

  /** Chooses the row of the open quick pick whose label reads exactly so, and waits until the pick is closed. */
  async pick(label: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', {
      has: this.page.getByText(label, { exact: true }),
    });
    await row.first().click();
  }

  async chooseTheme(theme: string): Promise<void> {
    await this.command('Preferences: Color Theme');
    const input = this.page.locator('.quick-input-widget:not(.hidden) .quick-input-box input');
    await input.fill(theme);
    await this.pick(theme);
    await input.waitFor({ state: 'hidden' });
  }

  /** A row of the open quick pick. */
  quickPickRow(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  async quickPickRows(): Promise<string[]> {
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    const rows = await this.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
    return rows.map(flat);
  }

  /** Types into the open input box and accepts it. */
  async answerInput(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:not(.hidden) .quick-input-box input');
    await input.waitFor();
    await input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Opens a file of the workspace by its name and waits until it is drawn. */
  async openFile(name: string, drawn = '.editor-instance .view-line'): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.page.locator('.quick-input-widget .quick-input-box input').fill(name);
    // Recently opened files stand there before the filter works: Enter takes the row that has the focus.
    await this.page
      .locator('.quick-input-list .monaco-list-row.focused', { hasText: name })
      .first()
      .waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.page.locator(drawn).first().waitFor();
  }

  /** Answers the question about unsaved changes, if there is one, with Don't Save. */
  async discardChanges(): Promise<void> {
    const button = this.page.locator('.monaco-dialog-box .monaco-button', { hasText: "Don't Save" });
    await this.page.waitForTimeout(settleMs);
    while ((await button.count()) > 0) {
      await button.first().click();
      await this.page.waitForTimeout(settleMs);
    }
  }

  /** A new untitled editor with this text. */
  async openUntitled(text: string): Promise<void> {
    await this.command('File: New Untitled Text File');
    await this.page.locator('.tab.active', { hasText: 'Untitled' }).waitFor();
    await this.page.locator('.editor-instance .view-line').first().click();
    await this.page.keyboard.insertText(text);
  }

  /** The drawn line of the active editor that holds this text. */
  line(text: string): Locator {
    return this.page.locator('.editor-group-container.active .view-line', { hasText: text }).first();
  }

  /** Scrolls the active editor by the wheel until the line that holds this text, and the lens above it, can be clicked. */
  async reveal(text: string): Promise<Locator> {
    const editor = this.page.locator('.editor-group-container.active .monaco-editor').first();
    const area = await editor.boundingBox();
    if (area === null) throw new Error('No editor is open.');
    const isAtTop = async () => (await editor.locator('.line-numbers').allInnerTexts()).includes('1');
    const canBeClicked = async () => {
      const line = this.line(text);
      const box = (await line.count()) > 0 ? await line.boundingBox() : null;
      if (box === null || box.y > area.y + area.height - marginPx) return false;
      return box.y >= area.y + marginPx || (await isAtTop());
    };
    if (await canBeClicked()) return this.line(text);
    await this.page.keyboard.press('Control+1');
    await this.page.keyboard.press('Control+Home');
    await this.page.mouse.move(area.x + area.width / 2, area.y + area.height / 2);
    await until(isAtTop, () => 'The editor does not scroll up.');
    for (let step = 0; step < scrollSteps; step++) {
      if (await canBeClicked()) return this.line(text);
      await this.page.mouse.wheel(0, area.height / 3);
      await this.page.waitForTimeout(settleMs);
    }
    throw new Error(`No line of the editor holds '${text}'.`);
  }

  /** Scrolls so that this line is the first one drawn, then takes the mouse away: for pictures. */
  async scrollToTop(text: string): Promise<void> {
    const line = await this.reveal(text);
    const area = await this.page
      .locator('.editor-group-container.active .monaco-editor')
      .first()
      .boundingBox();
    if (area === null) throw new Error('No editor is open.');
    await this.page.mouse.move(area.x + area.width / 2, area.y + area.height / 2);
    for (let step = 0; step < scrollSteps; step++) {
      const distance = ((await line.boundingBox())?.y ?? area.y) - area.y;
      if (distance < marginPx / 2) break;
      await this.page.mouse.wheel(0, distance / 2);
      await this.page.waitForTimeout(settleMs);
    }
    await this.page.mouse.move(2, 2);
  }

  /** Puts the cursor into the line that holds this text. */
  async putCursorIn(text: string): Promise<void> {
    await (await this.reveal(text)).click({ position: { x: 20, y: 8 } });
  }

  /** Selects a whole line by the keyboard; with `alsoLine`, a second one as a selection of its own. */
  async selectLine(text: string, alsoLine?: string): Promise<void> {
    await this.putCursorIn(text);
    await this.page.keyboard.press('Home');
    await this.page.keyboard.press('Shift+End');
    if (alsoLine === undefined) return;
    const box = await this.line(alsoLine).boundingBox();
    if (box === null) throw new Error(`The line '${alsoLine}' is not on the screen.`);
    // A second cursor by Alt+click, then both selections by the keyboard.
    await this.page.keyboard.press('Home');
    await this.page.keyboard.down('Alt');
    await this.page.mouse.click(box.x + 2, box.y + box.height / 2);
    await this.page.keyboard.up('Alt');
    await this.page.keyboard.press('Shift+End');
  }

  /** All CodeLens texts of the active editor, top to bottom, one per link. */
  async codeLenses(): Promise<string[]> {
    const texts = await this.page
      .locator('.editor-group-container.active .codelens-decoration')
      .allInnerTexts();
    return texts.map(flat).filter((text) => text !== '');
  }

  /** Clicks the CodeLens link with this title that stands right above a line. */
  async clickCodeLens(title: string | RegExp, line: string): Promise<void> {
    await this.reveal(line);
    const links = this.page.locator('.editor-group-container.active .codelens-decoration a', {
      hasText: asPattern(title),
    });
    const top = async () => (await this.line(line).boundingBox())?.y ?? 0;
    // Each lens that appears above moves the lines below it down: a click has to wait until they stand still.
    const { x, y } = await until(
      atRest(async () => middleAbove(links, await top(), lensHeightPx)),
      async () =>
        `No CodeLens '${String(title)}' above '${line}': ${JSON.stringify(await this.codeLenses())}`,
    );
    await this.page.mouse.click(x, y);
  }

  /** Waits for a CodeLens that reads so; returns its text. */
  waitForCodeLens(pattern: RegExp, limitMs = 60_000): Promise<string> {
    return until(
      async () => (await this.codeLenses()).find((text) => pattern.test(text)),
      async () =>
        `No CodeLens reads ${String(pattern)}; there are: ${JSON.stringify(await this.codeLenses())}`,
      limitMs,
    );
  }

  /** Labels that stand at a line without being part of its text: inlay hints, and what decorations draw by ::before and ::after. */
  attachments(line: string): Promise<Attachment[]> {
    return this.attachmentsOf(this.line(line));
  }

  /** The same of a drawn line, wherever it is (a notebook cell). */
  async attachmentsOf(line: Locator): Promise<Attachment[]> {
    if ((await line.count()) === 0) return [];
    const found = await line.evaluate((element) =>
      [...element.querySelectorAll('span')].flatMap((span) => {
        const drawn = ['::before', '::after'].map((place) => {
          const { content, color } = getComputedStyle(span, place);
          return { text: /^"(.*)"$/.exec(content)?.[1] ?? '', color };
        });
        // The editor gives each look of an inlay hint a generated class.
        const isHint = [...span.classList].some((name) => name.startsWith('dyn-rule'));
        return isHint ? [...drawn, { text: span.textContent, color: getComputedStyle(span).color }] : drawn;
      }),
    );
    return found.map(({ text, color }) => ({ text: flat(text), color })).filter(({ text }) => text !== '');
  }

  /** Waits for an attached text on a line. */
  waitForAttachment(line: string, pattern: RegExp, limitMs = 60_000): Promise<Attachment> {
    return until(
      async () => (await this.attachments(line)).find(({ text }) => pattern.test(text)),
      async () =>
        `Nothing at '${line}' reads ${String(pattern)}: ${JSON.stringify(await this.attachments(line))}`,
      limitMs,
    );
  }

  /** Background colours of decorations in the active editor, each once, without the editor's own. */
  async backgrounds(): Promise<string[]> {
    const colors = await this.page
      .locator('.editor-group-container.active .view-overlays .cdr[class*="ced-"]')
      .evaluateAll((boxes) => boxes.map((box) => getComputedStyle(box).backgroundColor));
    return [...new Set(colors)].filter((color) => color !== 'rgba(0, 0, 0, 0)');
  }

  /** The colour of a line's text and of the editor behind it; `group`: where to look for the line. */
  async editorColors(
    line: string,
    group = '.editor-group-container.active',
  ): Promise<{ foreground: string; editor: string }> {
    const foreground = await this.page
      .locator(`${group} .view-line`, { hasText: line })
      .first()
      .locator('span[class*="mtk"]')
      .first()
      .evaluate((span) => getComputedStyle(span).color);
    const editor = await this.page
      .locator(`${group} .monaco-editor-background`)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor);
    return { foreground, editor };
  }

  /** Number of drawn decoration boxes in the active editor. */
  decorationCount(): Promise<number> {
    return this.page.locator('.editor-group-container.active .view-overlays .cdr[class*="ced-"]').count();
  }

  /** Rests the mouse on a word and returns the hover's text. */
  async hover(line: string, word: string): Promise<string> {
    const span = this.line(line).locator('span', { hasText: word }).last();
    const hover = this.page.locator('.monaco-hover:not(.hidden) .hover-contents');
    await this.page.mouse.move(1, 1);
    await span.hover();
    await hover.first().waitFor();
    return (await hover.allInnerTexts()).join('\n');
  }

  /** Waits for a notification that reads so; returns its text. */
  async waitForNotification(pattern: RegExp, limitMs = 45_000): Promise<string> {
    const message = this.page
      .locator('.notification-toast .notification-list-item-message')
      .filter({ hasText: pattern })
      .first();
    await message.waitFor({ timeout: limitMs });
    return message.innerText();
  }

  /** Texts of the buttons of the notification that reads so. */
  notificationButtons(pattern: RegExp): Promise<string[]> {
    return this.page
      .locator('.notification-toast', { hasText: pattern })
      .locator('.notification-list-item-buttons-container .monaco-button')
      .allInnerTexts();
  }

  /** Closes all notifications. */
  clearNotifications(): Promise<void> {
    return this.command('Notifications: Clear All Notifications');
  }

  /** The status bar items that hold this text. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }

  /** Waits until Loupe's status bar item reads so. */
  async waitForStatus(pattern: RegExp, limitMs = 60_000): Promise<string> {
    const item = this.page.locator('.statusbar-item[id*="loupe"]');
    return until(
      async () => (await item.allInnerTexts()).find((text) => pattern.test(text)),
      async () =>
        `Loupe's status does not read ${String(pattern)}: ${JSON.stringify(await item.allInnerTexts())}`,
      limitMs,
    );
  }

  /** Rows of a tree view by the name in its header. */
  treeRows(view: string): Locator {
    return this.page.locator(`.pane:has(.pane-header[aria-label^="${view}"]) .monaco-list-row`);
  }

  async treeTexts(view: string): Promise<string[]> {
    const rows = await this.treeRows(view).allInnerTexts();
    return rows.map(flat);
  }

  /** Opens a tree row by its arrow. */
  async expandRow(text: string): Promise<void> {
    await this.page
      .locator('.pane .monaco-list-row', { hasText: text })
      .first()
      .locator('.monaco-tl-twistie')
      .click();
  }

  /** Runs one of the actions that a tree row shows while the mouse is on it. */
  async rowAction(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.locator(`.actions a[aria-label*="${title}"]`).click();
  }

  /** Drags the border between the side bar and the editors to the right. */
  async widenSideBar(pixels: number): Promise<void> {
    const bar = await this.page.locator('.part.sidebar').boundingBox();
    if (bar === null) throw new Error('The side bar is closed.');
    const y = bar.y + bar.height / 2;
    await this.page.mouse.move(bar.x + bar.width + 1, y);
    await this.page.mouse.down();
    await this.page.mouse.move(bar.x + bar.width + 1 + pixels, y, { steps: 5 });
    await this.page.mouse.up();
  }

  /** The selected text as the editor would copy it. */
  async clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Undoes VS Code's own selection highlight and focus before a picture or the next step. */
  async settle(): Promise<void> {
    await this.page.waitForTimeout(settleMs);
  }

  /** A picture of the window (or a part of it) under test/ui/screenshots. */
  async screenshot(
    name: string,
    folder: string,
    clip?: { x: number; y: number; width: number; height: number },
  ) {
    await mkdir(folder, { recursive: true });
    await this.settle();
    await this.page.screenshot({
      path: path.join(folder, `${name}.png`),
      ...(clip === undefined ? {} : { clip }),
    });
  }
}
