import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { LoupeApi } from '../../src/extension/api.ts';
import {
  closeEditors,
  loupe,
  messagesDuring,
  openText,
  openUntitled,
  resultsOf,
  select,
  until,
  withSetting,
} from './support.ts';

const text = 'What a lovely day.';
const analyze = () => vscode.commands.executeCommand('loupe.analyzeSentiment');

describe('when something is wrong', () => {
  let api: LoupeApi;
  before(async () => {
    api = await loupe();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('loupe.clearResults');
    await closeEditors();
  });

  it('no text: one message says what to do', async () => {
    await openText(' \n\n ');
    assert.deepEqual(await messagesDuring(analyze), [
      'Loupe: There is no text to analyse. Select some text, or put the cursor in a paragraph.',
    ]);
    await closeEditors();
    assert.equal((await messagesDuring(analyze)).length, 1);
  });

  it('a selection of nothing but white space: the same message', async () => {
    const editor = await openText('a\n   \nb');
    editor.selection = new vscode.Selection(1, 0, 1, 3);
    assert.match((await messagesDuring(analyze)).join(), /There is no text to analyse/);
  });

  it('binary data: a message in words, and no result', async () => {
    const editor = await openUntitled('abc\u0000def');
    select(editor, 'abc\u0000def');
    assert.match((await messagesDuring(analyze)).join(), /looks like binary data/);
    assert.deepEqual(api.results(), []);
  });

  it('a model folder that is not there: one message for several selections', async () => {
    const editor = await openText('One.\nTwo.\nThree.');
    select(editor, 'One.', 'Two.', 'Three.');
    await withSetting('loupe.models.sentiment', '/does/not/exist', async () => {
      assert.deepEqual(await messagesDuring(analyze), [
        'Loupe: There is no folder /does/not/exist. Check the model reference, or choose another model.',
      ]);
    });
  });

  it('a model for another task: a message that says so', async () => {
    await openText(text);
    await withSetting('loupe.models.sentiment', 'starter:qa-en', async () => {
      assert.match((await messagesDuring(analyze)).join(), /starter:qa-en does question answering/);
    });
  });

  it('a reference that is none: a message with the ways to write one', async () => {
    await openText(text);
    await withSetting('loupe.models.sentiment', 'hub:nonsense', async () => {
      assert.match((await messagesDuring(analyze)).join(), /Not a model reference: "hub:nonsense"/);
    });
  });

  it('a setting of the wrong type: one message, the default is used, and the command works', async () => {
    await openText(text);
    const said = await messagesDuring(() =>
      withSetting('loupe.threads', 'many', async () => {
        await analyze();
        await analyze();
      }),
    );
    assert.deepEqual(said, [
      'Loupe: Setting loupe.threads is "many"; expected 0 .. 256. The default is used.',
    ]);
    assert.equal(api.results().length, 2);
  });

  it('a model from the hub that is not here: Loupe asks before it downloads, and "no" is no error', async () => {
    await openText(text);
    await withSetting('loupe.models.sentiment', 'hub:nobody/nothing', async () => {
      const said = await messagesDuring(analyze);
      assert.equal(said.length, 1);
      assert.match(
        said[0]!,
        /hub:nobody\/nothing is not on this machine yet\. It is downloaded once, from http/,
      );
      assert.deepEqual(api.results(), []);
    });
  });

  it('a hub that cannot be reached: a message after the person agreed to download', async () => {
    await openText(text);
    await withSetting('loupe.hub.endpoint', 'http://127.0.0.1:9', async () => {
      await withSetting('loupe.models.sentiment', 'hub:nobody/elsewhere', async () => {
        const said = await messagesDuring(analyze, 'Download');
        assert.equal(said.length, 2);
        assert.match(said[1]!, /The model hub at http:\/\/127\.0\.0\.1:9 cannot be reached/);
      });
    });
  });

  it('the inference process is killed: the next command works, in a new process', async () => {
    await openText(text);
    await analyze();
    const { pid } = await api.inferenceInfo();
    process.kill(pid, 'SIGKILL');
    const said = await messagesDuring(async () => {
      assert.equal((await resultsOf(api, 'loupe.analyzeSentiment')).length, 1);
    });
    assert.deepEqual(said, []);
    assert.notEqual((await api.inferenceInfo()).pid, pid);
  });

  it('the inference process is killed in the middle of many requests: each is answered, nothing hangs', async () => {
    const paragraphs = Array.from(
      { length: 20 },
      (_, i) => `Paragraph ${i} is a fairly pleasant one to read.`,
    );
    const editor = await openText(paragraphs.join('\n'));
    select(editor, ...paragraphs);
    const { pid } = await api.inferenceInfo();
    const running = analyze();
    process.kill(pid, 'SIGKILL');
    await running;
    assert.equal(api.results().length, 20);
  });

  it('Restart Inference gives a new process', async () => {
    const { pid } = await api.inferenceInfo();
    await vscode.commands.executeCommand('loupe.restartInference');
    await until('a new process', async () => ((await api.inferenceInfo()).pid === pid ? undefined : true));
  });

  it('Copy Debug Information tells versions, settings and state, and none of the texts', async () => {
    const secret = 'My secret diary entry about the lighthouse.';
    await openText(secret);
    await analyze();
    const said = await messagesDuring(() => vscode.commands.executeCommand('loupe.copyDebugInformation'));
    assert.equal(said.length, 1);
    const copied = await vscode.env.clipboard.readText();
    for (const part of [
      /Loupe: \d/,
      /onnxruntime: \d/,
      /starter:sentiment-en/,
      /"threads": 0/,
      /Inference process: /,
    ])
      assert.match(copied, part);
    assert.doesNotMatch(copied, /secret|lighthouse/);
  });
});
