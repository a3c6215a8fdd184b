import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AttentionPage } from './attentionPage.ts';
import { contrast } from './contrast.ts';
import { litBoxes } from './editorText.ts';
import { openSession, root, screenshotFolder, type Session } from './session.ts';
import { until } from './until.ts';

const hotel = 'The lighthouse hotel was';
const ada = 'Ada Lovelace was born';
const models = path.join(root, 'test/fixtures/models');

/** A model folder whose graph holds no attention: its logits are constants. */
const writeModelWithoutAttention = async (folder: string): Promise<void> => {
  await mkdir(path.join(folder, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
    await cp(path.join(models, 'tiny-classifier', file), path.join(folder, file));
  await cp(path.join(models, 'half-logits.onnx'), path.join(folder, 'onnx/model.onnx'));
};

describe('Attention, whatever the model, the theme and the panel', () => {
  let session: Session;
  let attention: AttentionPage;

  before(async function () {
    this.timeout(120_000);
    session = await openSession({
      viewport: { width: 1500, height: 900 },
      prepare: async (folder) => {
        await writeModelWithoutAttention(path.join(folder, 'constant'));
        await chooseModel(folder, './constant');
      },
    });
    attention = new AttentionPage(session.workbench);
    await session.workbench.openFile('welcome.md');
  });
  afterEach(async function () {
    await session.keepEvidence(this.currentTest);
  });
  after(() => session.close());

  const chooseModel = (folder: string, model: string) =>
    writeFile(
      path.join(folder, '.vscode/settings.json'),
      JSON.stringify({ 'loupe.codeLens': 'paragraphs', 'loupe.models.sentiment': model }),
    );
  const tabs = () => session.workbench.page.locator('.tab', { hasText: 'Attention: ' });

  it('a model without attention: the panel says so, and what to do', async () => {
    const { workbench } = session;
    await workbench.clickCodeLens('Attention', hotel);
    const notice = attention.frame.locator('.notice[role=alert]', { hasText: 'has no attention' });
    await notice.waitFor();
    assert.match(
      await notice.innerText(),
      /examples\/constant has no attention that Loupe can read: .*choose another/s,
    );
    await workbench.screenshot('attention-none', screenshotFolder);
    await chooseModel(session.folder, 'starter:sentiment-en');
    // The editor has to notice the changed file first.
    await workbench.waitForStatus(/sentiment-en/);
    await workbench.clickCodeLens('Attention', hotel);
    await attention.waitForPicture('overview-grid');
    assert.equal(await tabs().count(), 1);
  });

  it('light, dark and high contrast: the panel and the lit words belong to the theme', async function () {
    this.timeout(180_000);
    const { workbench } = session;
    await attention.openHead(1, 4);
    const seen = new Set<string>();
    for (const theme of ['Dark Modern', 'Dark High Contrast', 'Light High Contrast', 'Light Modern']) {
      await workbench.chooseTheme(theme);
      await attention.waitForPicture('matrix-canvas');
      await attention.pointAtCell(12, 12);
      const [lit] = await until(
        async () => {
          const boxes = await litBoxes(workbench.page);
          return boxes.length > 0 && boxes;
        },
        () => `${theme}: nothing is lit up`,
      );
      await workbench.screenshot(`attention-${theme.toLowerCase().replaceAll(' ', '-')}`, screenshotFolder);
      const { foreground, editor } = await workbench.editorColors(hotel, '.editor-group-container');
      const ratio = contrast(foreground, lit!.background, editor);
      assert.ok(ratio >= 4.5, `${theme}: text on ${lit!.background} has a contrast of ${ratio.toFixed(1)}`);
      seen.add(await attention.background());
    }
    // Both light themes are white.
    assert.equal(seen.size, 3, [...seen].join(' '));
  });

  it('hidden behind another tab and shown again, it is where it was', async () => {
    const { workbench } = session;
    await tabs().click();
    // Opened in the panel's own group; the panel follows to the paragraph in which its cursor stands.
    await workbench.openFile('interview.txt');
    await attention.waitUntilHidden();
    await workbench.page.locator('.tab', { hasText: 'Attention: interview.txt' }).click();
    await attention.waitForPicture('matrix-canvas');
    await attention.waitForControls(/Layer\s*1[^]*Head\s*4/);
    assert.match(await attention.headings.innerText(), /interview\.txt, line \d/);
  });

  it('told to stay, it keeps its text, and the next command opens a second panel', async () => {
    const { workbench } = session;
    await attention.frame.locator('vscode-checkbox', { hasText: 'Follow selection' }).first().click();
    await workbench.page.locator('.tab', { hasText: 'welcome.md', hasNotText: 'Attention' }).first().click();
    await workbench.clickCodeLens('Attention', ada);
    await until(
      async () => (await tabs().count()) === 2,
      async () => `${await tabs().count()} panels are open`,
    );
    assert.deepEqual((await tabs().allInnerTexts()).sort(), [
      'Attention: interview.txt',
      'Attention: welcome.md',
    ]);
  });

  it('two models side by side, on one text', async () => {
    const { workbench } = session;
    await workbench.command('Loupe: Compare Attention with Another Model...');
    await workbench.quickPickRow('qa-en').click();
    await until(
      async () => (await attention.headings.count()) === 2,
      () => 'there is no second side',
    );
    await attention.waitForPicture('overview-grid');
    await workbench.screenshot('attention-compared', screenshotFolder);
  });
});

describe('Attention, in a notebook', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    session = await openSession();
  });
  afterEach(async function () {
    await session.keepEvidence(this.currentTest);
  });
  after(() => session.close());

  it('the example’s output draws itself, without Python', async () => {
    const { workbench } = session;
    await workbench.openFile('attention.ipynb', '.notebookOverlay');
    const output = new AttentionPage(workbench);
    await output.waitForPicture('overview-grid');
    // The output lies in a frame of its own below the cells: only the notebook itself can scroll to it.
    await workbench.page.mouse.move(800, 600);
    for (let step = 0; step < 14; step++) {
      await workbench.page.mouse.wheel(0, 300);
      await workbench.page.waitForTimeout(50);
    }
    await workbench.screenshot('attention-notebook', screenshotFolder);
  });
});
