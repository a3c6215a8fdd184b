import assert from 'node:assert/strict';
import { drawnRuns, keptCharacters, keptRuns, RunStore } from '../../../src/extension/results/runStore.ts';
import { addRun, answersOf, sentimentOf, sourceAt, uri } from './runFixtures.ts';

const text = 'Good day. Bad night. Fine.';

/** Replaces `removed` units of the document at `start`, as an editor tells it; returns the new text. */
function edit(store: RunStore, before: string, start: number, removed: number, put: string): string {
  const after = before.slice(0, start) + put + before.slice(start + removed);
  store.changeDocument(uri, [{ start, removed, inserted: put.length }], () => after);
  return after;
}

describe('results are kept', () => {
  it('newest first, each at its place in the document', () => {
    const store = new RunStore();
    addRun(store, sentimentOf(text), sourceAt(text, 100));
    const second = addRun(store, sentimentOf(text));
    assert.deepEqual(
      store.all.map(({ run }) => run.id),
      [2, 1],
    );
    assert.equal(store.get(2), second);
    assert.deepEqual(store.get(1)?.spans, [
      { start: 100, end: 126 },
      { start: 100, end: 109 },
      { start: 110, end: 120 },
      { start: 121, end: 126 },
    ]);
  });

  it(`at most ${keptRuns}, and at most ${keptCharacters} characters of text, the newest in any case`, () => {
    const store = new RunStore();
    for (let i = 0; i < keptRuns + 3; i++) addRun(store, sentimentOf(text));
    assert.equal(store.all.length, keptRuns);
    assert.equal(store.all[0]?.run.id, keptRuns + 3);
    const { request, response } = sentimentOf(text);
    const long = { request: { ...request, text: 'x'.repeat(keptCharacters + 1) }, response };
    addRun(store, long, sourceAt(text));
    assert.equal(store.all.length, 1);
  });

  it('until they are removed one by one or all together, and everyone is told', () => {
    const store = new RunStore();
    let told = 0;
    store.onDidChange(() => told++);
    const first = addRun(store, sentimentOf(text));
    addRun(store, sentimentOf(text));
    store.remove(first.run.id);
    assert.deepEqual(
      store.all.map(({ run }) => run.id),
      [2],
    );
    store.clear();
    assert.deepEqual(store.all, []);
    assert.equal(told, 4);
  });
});

describe('results follow their document', () => {
  it('an edit in one sentence takes that sentence and the answer for the whole, the others move', () => {
    const store = new RunStore();
    addRun(store, sentimentOf(text));
    edit(store, text, 12, 0, 'XXXX');
    const [tracked] = store.all;
    assert.deepEqual(tracked?.spans, [undefined, { start: 0, end: 9 }, undefined, { start: 25, end: 30 }]);
    assert.equal(tracked.anchor, undefined);
    assert.deepEqual(tracked.place, { start: 0, end: 30 });
  });

  it('a whole line replaced by one that says the same in part (a file read anew) keeps that part', () => {
    const store = new RunStore();
    addRun(store, sentimentOf(text));
    edit(store, text, 0, text.length, 'Good day. Awful night. Fine.');
    assert.deepEqual(store.all[0]?.spans, [
      undefined,
      { start: 0, end: 9 },
      undefined,
      { start: 23, end: 28 },
    ]);
  });

  it('a sentence that is deleted is gone, even when the next one says the same', () => {
    const store = new RunStore();
    const twice = 'Fine. Fine.';
    addRun(store, sentimentOf(twice));
    edit(store, twice, 0, 6, '');
    assert.deepEqual(store.all[0]?.spans, [undefined, undefined, { start: 0, end: 5 }]);
  });

  it('an edit in another document changes nothing and tells nobody', () => {
    const store = new RunStore();
    addRun(store, sentimentOf(text));
    let told = 0;
    store.onDidChange(() => told++);
    store.changeDocument('file:///work/other.md', [{ start: 0, removed: 0, inserted: 4 }], () => 'XXXX');
    assert.equal(told, 0);
  });

  it('an edit made while the model was still at work counts too', () => {
    const store = new RunStore();
    const { request, response } = sentimentOf(text);
    const pending = store.begin(sourceAt(text, 50));
    store.changeDocument(uri, [{ start: 0, removed: 10, inserted: 0 }], () => '');
    store.changeDocument(uri, [{ start: 41, removed: 1, inserted: 1 }], () => '');
    const tracked = store.complete(pending, request, response);
    assert.deepEqual(tracked.place, { start: 40, end: 66 });
    assert.deepEqual(tracked.spans, [undefined, undefined, { start: 50, end: 60 }, { start: 61, end: 66 }]);
  });

  it('a document that was closed, changed and opened again loses what no longer fits', () => {
    const store = new RunStore();
    addRun(store, sentimentOf(text));
    store.verifyDocument(uri, 'Good day. Sad night. Fine.');
    const [tracked] = store.all;
    assert.equal(tracked?.anchor, undefined);
    assert.deepEqual(tracked?.spans, [undefined, { start: 0, end: 9 }, undefined, { start: 21, end: 26 }]);
  });

  it('a document that was opened again as it was keeps everything', () => {
    const store = new RunStore();
    const before = addRun(store, sentimentOf(text));
    store.verifyDocument(uri, `${text} And more.`);
    assert.deepEqual(store.all, [before]);
  });
});

describe('results are drawn', () => {
  it('the newest of one task on one text; other tasks and other texts beside it', () => {
    const store = new RunStore();
    addRun(store, sentimentOf(text));
    const newer = addRun(store, sentimentOf(text));
    const elsewhere = addRun(store, sentimentOf(text), sourceAt(text, 500));
    const question = addRun(store, answersOf(text, ['night']));
    assert.deepEqual(drawnRuns(store.all), [question, elsewhere, newer]);
  });

  it('answers to several question lines of one document together', () => {
    const store = new RunStore();
    for (const start of [200, 300]) {
      const source = sourceAt(text, 0, { start, end: start + 9 });
      addRun(store, answersOf(text, ['night']), source);
    }
    assert.equal(drawnRuns(store.all).length, 2);
  });
});
