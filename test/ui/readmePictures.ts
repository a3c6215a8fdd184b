// Takes the README's pictures: real results of the shipped models, in a window of a size that a README shows unscaled.
import path from 'node:path';
import { openSession, root, type Session } from './session.ts';

const folder = path.join(root, 'media/readme');
const viewport = { width: 1000, height: 620 };
const hotel = 'The lighthouse hotel was';
const ada = 'Ada Lovelace was born';

/** The part of the window with the editors, or with the side bar too, from its top down to `height`. */
const clip = async ({ workbench }: Session, parts: 'editor' | 'window', height: number) => {
  const box = await workbench.page.locator('.editor-group-container.active .editor-container').boundingBox();
  if (box === null) throw new Error('There is no editor.');
  const x = parts === 'editor' ? box.x : 0;
  return { x, y: box.y, width: box.x + box.width - x, height };
};

const session = await openSession({
  viewport,
  settings: {
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
  await workbench.screenshot('sentiment', folder, await clip(session, 'editor', 240));

  await workbench.command('Loupe: Clear Results');
  await workbench.clickCodeLens('Answer from this document', 'Q: What did note G compute?');
  await workbench.statusItem(/Question: .* [01][.,]\d/).waitFor();
  await workbench.scrollToTop('## 2. What does this text say?');
  await workbench.screenshot('answer', folder, await clip(session, 'editor', 380));

  await workbench.clickCodeLens('Sentiment', hotel);
  await workbench.waitForCodeLens(/POSITIVE [01][.,]\d\d/);
  await workbench.clickCodeLens('Answer from this document', 'Q: Where was Ada Lovelace born?');
  await workbench.statusItem(/Question: .* [01][.,]\d/).waitFor();
  await workbench.command('Loupe: Show Results');
  await workbench.treeRows('Results').first().waitFor();
  await workbench.expandRow('POSITIVE');
  await workbench.scrollToTop(ada);
  await workbench.screenshot('results', folder, await clip(session, 'window', 380));
} finally {
  await session.close();
}
