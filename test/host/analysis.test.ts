import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { LoupeApi } from '../../src/extension/api.ts';
import { resultText } from '../../src/extension/results/run.ts';
import { closeEditors, loupe, openText, openUntitled, resultsOf, select, textAt } from './support.ts';

const good = 'This film is wonderful and I love it.';
const bad = 'The food was awful and the service was terrible.';

describe('analysing text in the editor', () => {
  let api: LoupeApi;
  before(async () => {
    api = await loupe();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('loupe.clearResults');
    await closeEditors();
  });

  it('a selection gets its sentiment as a whole and by sentence, with colours and labels in the text', async () => {
    const editor = await openText(`Before. ${good} ${bad} After.`);
    select(editor, `${good} ${bad}`);
    const [tracked, ...others] = await resultsOf(api, 'loupe.analyzeSentiment');
    assert.deepEqual(others, []);
    assert.equal(tracked?.run.request.text, `${good} ${bad}`);
    const { response } = tracked.run;
    assert.equal(response.task, 'text-classification');
    assert.deepEqual(
      tracked.spans.map((span) => textAt(editor.document, span).trim()),
      [`${good} ${bad}`, good, bad],
    );
    const drawn = api.drawings(editor.document.uri.toString());
    assert.deepEqual(
      drawn.map(({ style }) => style),
      ['positive', 'negative'],
    );
    assert.match(drawn[0]!.label, /^POSITIVE \d/i);
    assert.match(drawn[1]!.label, /^NEGATIVE \d/i);
  });

  it('without a selection the paragraph at the caret is taken', async () => {
    const editor = await openText(`First paragraph.\n\n${good}\nIt goes on.\n\nLast paragraph.`);
    const at = editor.document.positionAt(editor.document.getText().indexOf('goes'));
    editor.selection = new vscode.Selection(at, at);
    const [tracked] = await resultsOf(api, 'loupe.analyzeSentiment');
    assert.equal(tracked?.run.request.text, `${good}\nIt goes on.`);
  });

  it('a document that was never saved is a text like any other', async () => {
    const editor = await openUntitled(bad);
    const [tracked] = await resultsOf(api, 'loupe.analyzeSentiment');
    assert.equal(textAt(editor.document, tracked?.spans[0]), bad);
    assert.equal(api.drawings(editor.document.uri.toString())[0]?.style, 'negative');
  });

  it('several selections get one result each', async () => {
    const editor = await openText(`${good}\n${bad}\n${good}`);
    select(editor, good, bad);
    const found = await resultsOf(api, 'loupe.analyzeSentiment');
    assert.deepEqual(found.map(({ run }) => run.request.text).sort(), [good, bad].sort());
  });

  it('a question gets its answer, exactly placed', async () => {
    const editor = await openText('Ada Lovelace was born in London in 1815. She liked mathematics.');
    editor.selection = new vscode.Selection(0, 0, 0, 63);
    const [tracked] = await resultsOf(api, 'loupe.askQuestion', { question: 'Where was Ada Lovelace born?' });
    assert.match(textAt(editor.document, tracked?.spans[0]), /London/);
    assert.equal(api.drawings(editor.document.uri.toString())[0]?.style, 'answer');
    assert.equal(textAt(editor.document, tracked?.spans[0]), resultText(tracked!.run, 0));
  });

  it('a Q: line is answered from the document without that line', async () => {
    const content =
      'Marie Curie was born in Warsaw.\n\nQ: Where was Marie Curie born?\n\nShe moved to Paris.';
    const editor = await openText(content, 'markdown');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      editor.document.uri,
    );
    const lens = lenses.find(({ command }) => command?.title.endsWith('Answer from this document'));
    const [argument] = lens?.command?.arguments as [unknown];
    const [tracked] = await resultsOf(api, 'loupe.askQuestion', argument);
    assert.equal(tracked?.run.request.text.includes('Q:'), false);
    assert.match(textAt(editor.document, tracked.spans[0]), /Warsaw/);
    assert.equal(textAt(editor.document, tracked.anchor), 'Q: Where was Marie Curie born?');
  });

  it('lenses stand above a selection and carry the answer afterwards', async () => {
    // The workspace of the tests asks for lenses above paragraphs of prose; code has them above the selection only.
    const editor = await openText(`Before.\n\n${good}`, 'javascript');
    select(editor, good);
    const titles = async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        editor.document.uri,
      );
      return lenses
        .filter(({ command }) => command?.command.startsWith('loupe.'))
        .map(({ range, command }) => `${range.start.line} ${command?.title}`);
    };
    assert.deepEqual(await titles(), [
      '2 $(smiley) Sentiment',
      '2 $(question) Ask a question',
      '2 $(tag) Entities',
      '2 $(eye) Attention',
    ]);
    await vscode.commands.executeCommand('loupe.analyzeSentiment');
    assert.match((await titles())[0]!, /^2 \$\(smiley\) positive [\d.]+ · [\d.,]+ ms$/i);
  });

  it('a hover shows all scores and actions, which only Loupe commands may back', async () => {
    const editor = await openText(good);
    await vscode.commands.executeCommand('loupe.analyzeSentiment');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      editor.document.uri,
      new vscode.Position(0, 5),
    );
    const content = hovers
      .flatMap(({ contents }) => contents)
      .find((c) => c instanceof vscode.MarkdownString);
    assert.ok(content, 'no hover');
    assert.match(content.value, /POSITIVE.*\n?.*NEGATIVE/is);
    assert.match(content.value, /command:loupe\.rerunWithModel/);
    assert.deepEqual(
      typeof content.isTrusted === 'object' &&
        content.isTrusted.enabledCommands.every((c) => c.startsWith('loupe.')),
      true,
    );
  });

  it('a cell of a notebook is a text like any other', async () => {
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, 'Nothing here.', 'markdown'),
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, bad, 'plaintext'),
    ]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(1, 2)] });
    const cell = notebook.cellAt(1).document;
    const [tracked] = await resultsOf(api, 'loupe.analyzeSentiment', {
      uri: cell.uri.toString(),
      span: { start: 0, end: bad.length },
    });
    assert.equal(tracked?.run.request.text, bad);
    assert.equal(tracked.run.source.cell?.index, 1);
    assert.equal(api.drawings(cell.uri.toString())[0]?.style, 'negative');
  });

  it('emoji, accents, CRLF and tabs before the text move nothing', async () => {
    const content = `🙂 Olá,\tação!\r\n\r\n${bad}`;
    const editor = await openText(content);
    select(editor, bad);
    const [tracked] = await resultsOf(api, 'loupe.analyzeSentiment');
    assert.deepEqual(
      [tracked?.run.request.text, tracked?.place],
      [bad, { start: content.length - bad.length, end: content.length }],
    );
    assert.equal(textAt(editor.document, tracked?.spans[0]), bad);
  });
});
