import assert from 'node:assert/strict';
import { openSession, screenshotFolder, type Session } from './session.ts';
import { tokenModel } from './models.ts';
import { contrast } from './contrast.ts';
import { until } from './until.ts';

const hotel = 'The lighthouse hotel was';
const view = 'Results';

describe('Results view, models and themes', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    session = await openSession({ settings: { 'loupe.models.tokens': tokenModel } });
  });
  afterEach(async function () {
    await session.keepEvidence(this.currentTest);
  });
  after(() => session.close());

  it('shows the runs, newest first, with model and time', async () => {
    const { workbench } = session;
    await workbench.openFile('welcome.md');
    await workbench.clickCodeLens('Sentiment', hotel);
    await workbench.waitForCodeLens(/POSITIVE [01][.,]\d\d/);
    await workbench.clickCodeLens('Entities', 'Yesterday me and my brother');
    await workbench.waitForCodeLens(/entit(y|ies):/);
    await workbench.command('Loupe: Show Results');
    await workbench.treeRows(view).first().waitFor();
    const runs = (await workbench.treeTexts(view)).filter((row) => /\d m?s$/.test(row));
    assert.equal(runs.length, 2);
    assert.match(runs[0] ?? '', /entit(y|ies):.*tiny-tokens/);
    assert.match(runs[1] ?? '', /POSITIVE.*sentiment-en/);
  });

  it('a click on a sentence goes to it in the text', async () => {
    const { workbench } = session;
    await workbench.expandRow('sentiment-en');
    const sentence = workbench
      .treeRows(view)
      .filter({ hasText: 'Sadly the heating failed', hasNotText: 'sentiment-en' });
    await sentence.waitFor();
    await workbench.screenshot('results', screenshotFolder);
    await sentence.click();
    await workbench.line('Sadly the heating').waitFor();
    await workbench.statusItem(/Ln 12, Col \d+/).waitFor();
  });

  it('copies a result as JSON that names task, model and exact ranges', async () => {
    const { workbench } = session;
    await workbench.rowAction(workbench.treeRows(view).filter({ hasText: 'sentiment-en' }), 'Copy as JSON');
    const copied = await until(
      async () => {
        const text = await workbench.clipboard();
        return text.startsWith('{') && text;
      },
      () => 'no JSON in the clipboard',
    );
    const result = JSON.parse(copied) as {
      task: string;
      model: string;
      results: { start: number; end: number; text: string; label: string; score: number }[];
    };
    assert.match(result.task, /classification|sentiment/);
    const first = result.results[1];
    assert.ok(first !== undefined);
    assert.equal(first.text, 'The lighthouse hotel was a wonderful surprise.');
    assert.equal(first.label, 'POSITIVE');
    for (const { start, end, text } of result.results) assert.equal(text.length, end - start);
  });

  it('light, dark and high contrast: sentences stay readable on their tint', async function () {
    this.timeout(180_000);
    const { workbench } = session;
    await workbench.reveal(hotel);
    for (const theme of ['Light Modern', 'Dark Modern', 'Dark High Contrast', 'Light High Contrast']) {
      await workbench.chooseTheme(theme);
      await workbench.screenshot(`theme-${theme.toLowerCase().replaceAll(' ', '-')}`, screenshotFolder);
      const { foreground, editor } = await workbench.editorColors(hotel);
      const backgrounds = await workbench.backgrounds();
      assert.ok(backgrounds.length >= 2, `${theme}: ${backgrounds.join(' ')}`);
      for (const background of backgrounds) {
        const ratio = contrast(foreground, background, editor);
        assert.ok(
          ratio >= 4.5,
          `${theme}: text on ${background} has a contrast of ${ratio.toFixed(1)}, below 4.5`,
        );
      }
    }
  });

  it('Choose Model lists starters and says which one is used', async () => {
    const { workbench } = session;
    await workbench.command('Loupe: Choose Model...');
    await workbench.quickPickRow('Sentiment').click();
    // The list of tasks names the model too, and stands there for a moment longer.
    await workbench.quickPickRow(/hub reference/).waitFor();
    const rows = await workbench.quickPickRows();
    await workbench.screenshot('choose-model', screenshotFolder);
    assert.ok(
      rows.some((row) => /sentiment-en/.test(row)),
      rows.join('\n'),
    );
    assert.ok(
      rows.some((row) => /hub/i.test(row)),
      rows.join('\n'),
    );
    await workbench.page.keyboard.press('Escape');
  });

  it('removing a result removes its colours, and the view says when nothing is left', async () => {
    const { workbench } = session;
    await workbench.rowAction(workbench.treeRows(view).filter({ hasText: 'sentiment-en' }), 'Remove Result');
    await until(
      async () => (await workbench.attachments('wonderful surprise')).length === 0,
      () => 'the sentence still carries its label',
    );
    await workbench.rowAction(workbench.treeRows(view).filter({ hasText: 'tiny-tokens' }), 'Remove Result');
    await workbench.page.locator('.welcome-view-content', { hasText: 'No results yet' }).waitFor();
    await workbench.screenshot('results-empty', screenshotFolder);
  });
});
