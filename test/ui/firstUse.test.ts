import assert from 'node:assert/strict';
import { openSession, screenshotFolder, type Session } from './session.ts';
import { until } from './until.ts';

const hotel = 'The lighthouse hotel was';
const ada = 'Ada Lovelace was born';

describe('First use: the welcome document, by clicking', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    session = await openSession();
    await session.workbench.openFile('welcome.md');
  });
  afterEach(async function () {
    await session.keepEvidence(this.currentTest);
  });
  after(() => session.close());

  it('every paragraph offers Sentiment, Ask a question and Entities above it', async () => {
    const lenses = await session.workbench.waitForCodeLens(/Sentiment.*Ask a question.*Entities/);
    assert.match(lenses, /Sentiment/);
  });

  it('a click on Sentiment tints each sentence and writes the answer above the paragraph', async () => {
    const { workbench } = session;
    await workbench.clickCodeLens('Sentiment', hotel);
    const answer = await workbench.waitForCodeLens(/(POSITIVE|NEGATIVE) [01][.,]\d\d/, 60_000);
    assert.match(answer, /\d+ m?s/, 'the answer says how long it took');
    await workbench.waitForAttachment('surprise', /^POSITIVE [01][.,]\d+$/);
    await until(
      async () => (await workbench.backgrounds()).length >= 2,
      async () =>
        `sentences of two polarities have two colours, seen: ${(await workbench.backgrounds()).join(' ')}`,
    );
    await workbench.screenshot('sentiment', screenshotFolder);
  });

  it('the mouse on a sentence shows all scores, the model and the time', async () => {
    const text = await session.workbench.hover(hotel, 'lighthouse');
    assert.match(text, /POSITIVE/);
    assert.match(text, /NEGATIVE/);
    assert.match(text, /sentiment-en/);
    assert.match(text, /q8 on cpu/);
    await session.workbench.screenshot('hover', screenshotFolder);
    await session.workbench.page.keyboard.press('Escape');
  });

  it('a question of one’s own about a paragraph marks the answer in the text', async () => {
    const { workbench } = session;
    await workbench.clickCodeLens('Ask a question', ada);
    await workbench.answerInput('Who wrote the article?');
    await workbench.waitForCodeLens(/[01][.,]\d\d · \d+ m?s/);
    const framed = workbench.page.locator(
      '.editor-group-container.active .view-overlays .cdr[class*="ced-"]',
    );
    await until(
      () => framed.evaluateAll((boxes) => boxes.some((box) => getComputedStyle(box).borderStyle === 'solid')),
      () => 'no answer has a frame around it',
    );
    await workbench.screenshot('question', screenshotFolder);
  });

  it('a line Q: ...? in Markdown is answered from the document', async () => {
    const { workbench } = session;
    await workbench.clickCodeLens('Answer from this document', 'Q: Where was Ada Lovelace born?');
    await workbench.statusItem(/Question: London [01][.,]\d+/).waitFor();
    // The answer is revealed, wherever it stands, and has its score beside it.
    await workbench.line(ada).waitFor();
    await workbench.waitForAttachment(ada, /^[01][.,]\d+$/);
  });

  it('a click on Entities writes a label behind the words that the model marks', async () => {
    const { workbench } = session;
    await workbench.clickCodeLens('Entities', 'Last week Maria');
    await workbench.waitForCodeLens(/entit(y|ies):/, 60_000);
    // The first label stands behind "Maria", so the line reads on only up to there.
    await workbench.waitForAttachment('Last week', /^person$/i);
    await workbench.screenshot('entities', screenshotFolder);
  });

  it('typing inside a sentence removes its result, typing before it moves it along', async () => {
    const { workbench } = session;
    await workbench.putCursorIn('# Welcome to Loupe');
    await workbench.page.keyboard.press('Home');
    await workbench.page.keyboard.press('Enter');
    await workbench.reveal(hotel);
    await workbench.waitForAttachment('surprise', /^POSITIVE/);
    await workbench.putCursorIn(hotel);
    await workbench.page.keyboard.press('Home');
    await workbench.page.keyboard.press('Control+ArrowRight');
    await workbench.page.keyboard.insertText(' old');
    await until(
      async () => (await workbench.attachments('old lighthouse')).length === 0,
      async () => `still there: ${JSON.stringify(await workbench.attachments('old lighthouse'))}`,
    );
  });

  it('Clear Results removes every colour and label', async () => {
    const { workbench } = session;
    await workbench.command('Loupe: Clear Results');
    await until(
      async () => (await workbench.decorationCount()) === 0,
      async () => `${await workbench.decorationCount()} decorations are left`,
    );
  });
});
