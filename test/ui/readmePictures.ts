// Takes the README's pictures: real results of the shipped models, in a window of a size that a README shows unscaled.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AttentionPage } from './attentionPage.ts';
import { litBoxes } from './editorText.ts';
import { openSession, root, type Session } from './session.ts';
import { until } from './until.ts';

const folder = path.join(root, 'media/readme');
const viewport = { width: 1240, height: 640 };
const editorWidth = 940;
const hotel = 'The lighthouse hotel was';
const ada = 'Ada Lovelace was born';

/** From a line of the text (or the window's side bar) so far down. */
const clipFrom = async ({ workbench }: Session, line: string, height: number) => {
  const box = await workbench.page.locator('.editor-group-container.active .editor-container').boundingBox();
  const start = await workbench.line(line).boundingBox();
  if (box === null || start === null) throw new Error(`'${line}' is not on the screen.`);
  return { x: box.x, y: start.y - 4, width: Math.min(editorWidth, box.width), height };
};

const session = await openSession({
  viewport,
  settings: {
    'editor.fontSize': 12,
    '[markdown]': { 'editor.wordWrap': 'wordWrapColumn', 'editor.wordWrapColumn': 118 },
    'editor.minimap.enabled': false,
    'editor.glyphMargin': false,
    'editor.folding': false,
    'editor.occurrencesHighlight': 'off',
    'editor.selectionHighlight': false,
    'editor.renderLineHighlight': 'none',
    'breadcrumbs.enabled': false,
  },
});
try {
  const { workbench } = session;
  await workbench.openFile('welcome.md', undefined);
  await workbench.command('View: Close Primary Side Bar');
  await workbench.clickCodeLens('Sentiment', hotel);
  await workbench.waitForCodeLens(/(POSITIVE|NEGATIVE) [01][.,]\d\d/, 60_000);
  // A second run: the first one's time holds the loading of the model.
  await workbench.command('Loupe: Clear Results');
  await workbench.clickCodeLens('Sentiment', hotel);
  await workbench.waitForCodeLens(/(POSITIVE|NEGATIVE) [01][.,]\d\d/);
  await workbench.scrollToTop('## 1. How does this text sound?');
  await workbench.screenshot('sentiment', folder, await clipFrom(session, '## 1. How does', 210));

  await workbench.command('Loupe: Clear Results');
  await workbench.clickCodeLens('Answer from this document', 'Q: What did note G compute?');
  await workbench.statusItem(/Question: .* [01][.,]\d/).waitFor();
  await workbench.scrollToTop('## 2. What does this text say?');
  await workbench.screenshot('answer', folder, await clipFrom(session, '## 2. What does', 270));

  await workbench.clickCodeLens('Sentiment', hotel);
  await workbench.statusItem(/Sentiment: /).waitFor();
  await workbench.clickCodeLens('Answer from this document', 'Q: Where was Ada Lovelace born?');
  await workbench.statusItem(/Question: London/).waitFor();
  await workbench.command('Loupe: Show Results');
  await workbench.treeRows('Results').first().waitFor();
  await workbench.scrollToTop(ada);
  await workbench.expandRow('POSITIVE');
  await workbench.widenSideBar(100);
  await workbench.screenshot('results', folder, { x: 0, y: 36, width: viewport.width, height: 400 });

  await workbench.command('Loupe: Clear Results');
  await workbench.command('View: Close Primary Side Bar');
  // Half of the window is narrower than the other pictures' lines.
  await writeFile(
    path.join(session.folder, '.vscode/settings.json'),
    JSON.stringify({ 'loupe.codeLens': 'paragraphs', '[markdown]': { 'editor.wordWrap': 'on' } }),
  );
  await workbench.page.setViewportSize({ ...viewport, height: 860 });
  await workbench.clickCodeLens('Attention', hotel);
  const attention = new AttentionPage(workbench);
  await attention.waitForPicture('overview-grid');
  await workbench.screenshot('overview', folder, { x: 0, y: 36, width: viewport.width, height: 520 });
  await attention.openHead(4, 8);
  await workbench.page.mouse.move(2, 2);
  await attention.pointAtCell(17, 6);
  await until(
    async () => (await litBoxes(workbench.page)).length > 0,
    () => 'nothing is lit up in the text',
  );
  await workbench.screenshot('attention', folder, { x: 0, y: 36, width: viewport.width, height: 780 });
} finally {
  await session.close();
}
