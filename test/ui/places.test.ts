import assert from 'node:assert/strict';
import { AttentionPage } from './attentionPage.ts';
import { openSession, screenshotFolder, type Session } from './session.ts';
import { until } from './until.ts';

describe('Wherever there is text', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    session = await openSession();
  });
  afterEach(async function () {
    await session.keepEvidence(this.currentTest);
  });
  after(() => session.close());

  it('an untitled document, by the keyboard: the paragraph around the cursor', async () => {
    const { workbench } = session;
    await workbench.openUntitled('What a lovely day it was.\n\nThe food was terrible.');
    await workbench.page.keyboard.press('Control+Alt+U');
    await workbench.page.keyboard.press('S');
    await workbench.waitForAttachment('The food was terrible.', /^NEGATIVE/, 60_000);
    assert.deepEqual(await workbench.attachments('What a lovely day'), []);
  });

  it('two selections at once: each gets its own answer', async () => {
    const { workbench } = session;
    await workbench.openUntitled(
      'I loved every minute of it.\n\nNothing to see here.\n\nIt was the worst film of the year.',
    );
    await workbench.selectLine('I loved every minute', 'It was the worst film');
    await workbench.waitForCodeLens(/Sentiment/);
    await workbench.command('Loupe: Analyze Sentiment');
    await workbench.waitForAttachment('I loved every minute', /^POSITIVE/, 60_000);
    await workbench.waitForAttachment('It was the worst film', /^NEGATIVE/);
    assert.deepEqual(await workbench.attachments('Nothing to see here'), []);
    await workbench.screenshot('two-selections', screenshotFolder);
  });

  it('a notebook cell, while it is edited', async () => {
    const { workbench } = session;
    await workbench.openFile('notebook.ipynb', '.notebookOverlay');
    // A cell gets its editor once it is clicked; until then only its text is painted.
    await workbench.page
      .locator('.notebookOverlay .cell-list-container')
      .getByText('I loved every page')
      .first()
      .click();
    const cell = workbench.page
      .locator('.notebookOverlay .view-line', { hasText: 'I loved every page' })
      .first();
    await cell.click();
    await workbench.command('Loupe: Analyze Sentiment');
    await until(
      async () => (await workbench.attachmentsOf(cell)).some(({ text }) => /^POSITIVE/.test(text)),
      () => 'the cell carries no label',
      60_000,
    );
    await workbench.screenshot('notebook', screenshotFolder);
  });

  it('Open Welcome Document opens it from the extension, whatever folder is open', async () => {
    const { workbench } = session;
    await workbench.command('View: Close All Editors');
    await workbench.discardChanges();
    await workbench.command('Loupe: Open Welcome Document');
    await workbench.page.locator('.tab.active', { hasText: 'welcome' }).waitFor();
    await workbench.line('Welcome to Loupe').waitFor();
  });
});

describe('Restricted Mode', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    session = await openSession({ untrusted: true });
  });
  afterEach(async function () {
    await session.keepEvidence(this.currentTest);
  });
  after(() => session.close());

  it('a folder that nobody trusts: the starter models answer all the same', async () => {
    const { workbench } = session;
    await workbench.statusItem('Restricted Mode').waitFor();
    await workbench.openFile('welcome.md');
    await workbench.reveal('The lighthouse hotel was');
    await workbench.putCursorIn('The lighthouse hotel was');
    await workbench.command('Loupe: Analyze Sentiment');
    await workbench.waitForAttachment('surprise', /^POSITIVE/, 60_000);
    await workbench.screenshot('restricted-mode', screenshotFolder);
    await workbench.command('Loupe: Show Attention');
    await new AttentionPage(workbench).waitForPicture('overview-grid');
  });
});
