import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { sequentialColors, themeBackgrounds } from '../../src/shared/attentionColors.ts';
import { skipBecause } from '../support/skip.ts';
import { AttentionPage, type SeenCell } from './attentionPage.ts';
import { litBoxes, putCursorInWord } from './editorText.ts';
import { acceptFileDialog, refuseToReplace } from './fileDialog.ts';
import { readArrays, type Arrays } from './numpy.ts';
import { openSession, screenshotFolder, type Session } from './session.ts';
import { until } from './until.ts';

const hotel = 'The lighthouse hotel was';
const text =
  'The lighthouse hotel was a wonderful surprise. Our room looked out over the bay, and breakfast was the best we had all\n' +
  'year. Sadly the heating failed on the second night, and nobody answered the phone. We would still go back.';
/** Weights on the screen have three decimals. */
const shownStep = 0.0005;
/** A weight kept as a byte is off by half a step of its row's largest, which is at most 1. */
const byteStep = 0.5 / 255;

describe('Attention, beside the text', () => {
  let session: Session;
  let attention: AttentionPage;
  const python = process.env['LOUPE_PYTHON'] ?? '';

  before(async function () {
    this.timeout(120_000);
    session = await openSession({ viewport: { width: 1500, height: 900 } });
    attention = new AttentionPage(session.workbench);
    await session.workbench.openFile('welcome.md');
  });
  afterEach(async function () {
    await session.keepEvidence(this.currentTest);
  });
  after(() => session.close());

  /** Saves what the panel exports under the name that the dialog offers. */
  const exported = async (format: RegExp, name: string): Promise<string> => {
    await attention.chooseExport(format);
    await acceptFileDialog(session.workbench.page, name);
    await attention.waitForStatus(new RegExp(`Saved .*${name.replaceAll('.', '\\.')}`));
    return path.join(session.folder, name);
  };
  let arrays: Arrays | undefined;
  /** The whole tensor by way of numpy: what is on the screen is compared with it. */
  const tensor = async (context: Mocha.Context): Promise<Arrays> => {
    if (python === '') skipBecause(context, 'there is no Python with numpy');
    const file = path.join(session.folder, 'welcome-sentiment-en-attention.npz');
    arrays ??= await readArrays(python, file, [
      [2, 7],
      [4, 8],
    ]);
    return arrays;
  };

  it('a click on Attention above a paragraph paints all heads of the model beside it', async () => {
    const { workbench } = session;
    await workbench.clickCodeLens('Attention', hotel);
    await attention.waitForPicture('overview-grid');
    await workbench.page.locator('.tab', { hasText: 'Attention: welcome.md' }).waitFor();
    const heading = await attention.headings.innerText();
    assert.match(heading, /sentiment-en[^]*q8[^]*49 tokens[^]*welcome\.md, line 11[^]*POSITIVE/);
    await workbench.screenshot('attention-overview', screenshotFolder);
  });

  it('a click on a head opens its matrix, and its export as NPZ is read by numpy', async function () {
    await attention.openHead(2, 7);
    await session.workbench.screenshot('attention-matrix', screenshotFolder);
    await exported(/NPZ/, 'welcome-sentiment-en-attention.npz');
    const { shape, type, tokens, offsets, heads } = await tensor(this);
    assert.deepEqual([shape, type], [[6, 12, 49, 49], 'float32']);
    assert.deepEqual([tokens[0], tokens.at(-1)], ['[CLS]', '[SEP]']);
    tokens.forEach((token, at) => {
      const [start = 0, end = 0] = offsets[at] ?? [];
      if (!token.startsWith('[')) assert.equal(token.replace('##', ''), text.slice(start, end).toLowerCase());
    });
    for (const row of heads[0]!) assert.ok(Math.abs(row.reduce((a, b) => a + b, 0) - 1) < 1e-3);
  });

  it('the matrix says and paints the weights of the tensor', async function () {
    const { heads } = await tensor(this);
    assertAsTensor(await attention.seenCells(200), heads[0]!);
  });

  it('the mouse on a cell lights up its two tokens in the text, and leaves nothing behind', async () => {
    const { workbench } = session;
    await attention.pointAtCell(12, 21);
    const lit = await until(
      async () => {
        const boxes = await litBoxes(workbench.page);
        return boxes.some(({ isFramed }) => isFramed) && boxes;
      },
      () => 'nothing is lit up in the text',
    );
    const words = lit.filter(({ isFramed }) => isFramed).map(({ text: under }) => under);
    await workbench.screenshot('attention-linked', screenshotFolder);
    const status = await attention.status.innerText();
    const [, token = ''] = /“(.*?)” \(12\)/.exec(status) ?? [];
    assert.ok(
      words.some((word) => word.toLowerCase() === token.replace('##', '')),
      `${words.join()}: ${status}`,
    );
    await workbench.page.mouse.move(5, 5);
    await until(
      async () => (await litBoxes(workbench.page)).length === 0,
      () => 'the text is still lit up after the mouse left',
    );
  });

  it('the cursor in a word chooses its row, which stays chosen while heads change', async () => {
    const { workbench } = session;
    assert.equal(await attention.chosenQuery(), undefined);
    await putCursorInWord(workbench.page, 'lighthouse');
    const isChosen = async () => (await attention.chosenQuery()) === 2;
    await until(isChosen, () => 'the row of “lighthouse” is not chosen');
    await workbench.screenshot('attention-chosen-row', screenshotFolder);
    await attention.surface('matrix-canvas').focus();
    await workbench.page.keyboard.press(']');
    await attention.waitForStatus(/Layer 2, head 8/);
    assert.ok(await isChosen());
    await workbench.page.keyboard.press('Escape');
  });

  it('of 50 quick clicks on heads only the last matters', async function () {
    await attention.tab('overview').click();
    const positions = await attention.headPoints([
      ...Array.from({ length: 49 }, (_, at) => [at % 6, (at * 5) % 12] as const),
      [4, 8],
    ]);
    const { mouse } = session.workbench.page;
    for (const { x, y } of positions) {
      await attention.tab('overview').evaluate((tab: HTMLElement) => tab.click());
      // The page draws at the next frame; the head's weights are still on their way when the next click comes.
      await attention.surface('overview-grid').waitFor();
      await mouse.click(x, y);
      await attention.surface('matrix-canvas').waitFor();
    }
    await attention.waitForPicture('matrix-canvas');
    const { heads } = await tensor(this);
    await attention.waitForControls(/Layer\s*4[^]*Head\s*8/);
    assertAsTensor(await attention.seenCells(200), heads[1]!);
  });

  it('an exported SVG says what it shows, in itself', async () => {
    const svg = await readFile(await exported(/SVG/, 'welcome-sentiment-en-layer4-head8.svg'), 'utf8');
    assert.match(svg, /^<\?xml|^<svg/);
    assert.match(svg, /sentiment-en/);
    assert.match(svg, /layer 4[^]*head 8|"layer":\s*4[^]*"head":\s*8/i);
    assert.match(svg, /lighthouse/);
  });

  it('an export over a file that exists asks first, and "no" keeps it', async () => {
    const { workbench } = session;
    const file = path.join(session.folder, 'welcome-sentiment-en-layer4-head8.svg');
    const before = await stat(file);
    await attention.chooseExport(/SVG/);
    await acceptFileDialog(workbench.page, 'welcome-sentiment-en-layer4-head8.svg');
    await refuseToReplace(workbench.page);
    const after = await stat(file);
    assert.deepEqual([after.mtimeMs, after.size], [before.mtimeMs, before.size]);
  });

  it('an exported page draws itself from a file, with no network, and still switches heads', async () => {
    const file = await exported(/HTML/, 'welcome-sentiment-en-attention.html');
    const page = await session.workbench.page.context().newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    try {
      await page.setContent(await readFile(file, 'utf8'));
      await page.locator('.surface.matrix-canvas').waitFor();
      await page.locator('[role=tab][data-view=overview]').click();
      await page.locator('.surface.overview-grid').waitFor();
      await page.screenshot({ path: path.join(screenshotFolder, 'attention-exported-page.png') });
      assert.deepEqual(
        requests.filter((url) => !/^(?:data|blob|about):/.test(url)),
        [],
      );
    } finally {
      await page.close();
    }
  });

  it('after the window was loaded anew the panel is back, with its text and head', async () => {
    const { workbench } = session;
    await workbench.reload();
    await workbench.page.locator('.tab', { hasText: 'Attention: welcome.md' }).waitFor();
    await attention.waitForPicture('matrix-canvas');
    await attention.waitForControls(/Layer\s*4[^]*Head\s*8/);
    assert.match(await attention.headings.innerText(), /welcome\.md, line 11/);
  });
});

/** The page's numbers and colours against the tensor's. */
function assertAsTensor(cells: readonly SeenCell[], head: readonly (readonly number[])[]): void {
  assert.ok(cells.length > 100, `only ${cells.length} cells were seen`);
  const colors = sequentialColors(themeBackgrounds.light);
  const largest = Math.max(...head.flat());
  for (const { query, key, weight, color } of cells) {
    const expected = head[query]![key]!;
    const rowStep = byteStep * Math.max(...head[query]!);
    const where = `query ${query}, key ${key}: ${weight} for ${expected}`;
    assert.ok(Math.abs(weight - expected) <= shownStep + rowStep, where);
    const index = Math.round((expected / largest) * 255);
    const near = [-1, 0, 1].map((step) => Math.min(255, Math.max(0, index + step)));
    const wanted = near.map((at) => [...colors.slice(4 * at, 4 * at + 3)].join());
    assert.ok(wanted.includes(color.join()), `${where}, painted ${color.join()}, not ${wanted.join(' or ')}`);
  }
}
