import assert from 'node:assert/strict';
import { passageAt } from '../../../src/extension/attention/passage.ts';
import { comparesModels, PanelModel, type PanelSide } from '../../../src/extension/attention/panelModel.ts';
import { PanelQueries } from '../../../src/extension/attention/queries.ts';
import { readPersisted } from '../../../src/extension/attention/persisted.ts';
import type { AttentionQueryParams } from '../../../src/shared/attentionPanel.ts';
import type { AttentionSource } from '../../../src/shared/attentionProtocol.ts';
import { createDeferred } from '../../../src/shared/deferred.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import type { InferenceLink } from '../../../src/shared/inferenceProtocol.ts';
import { uri } from './runFixtures.ts';

const sourceOf = (text: string, model = 'starter:sentiment-en'): AttentionSource => ({
  model,
  task: 'text-classification',
  text,
  window: 0,
  generate: 0,
});
const sideOf = (text: string, start = 0, model?: string): PanelSide => ({
  source: sourceOf(text, model),
  label: 'notes.md, line 1',
  passage: passageAt({ uri, name: 'notes.md' }, text, start),
});

describe('what an attention panel shows', () => {
  it('is called by file and line, of two sides by model too, and says where its passage stands', () => {
    const { shown } = new PanelModel([sideOf('Good day.', 5)], true);
    assert.deepEqual(shown, {
      version: 1,
      sides: [{ source: sourceOf('Good day.'), title: 'notes.md, line 1', isLinked: true }],
      isFollowing: true,
      documents: [{ uri, start: 5 }],
    });
    const two = new PanelModel([sideOf('Good day.'), sideOf('Good day.', 0, '/models/other')], true);
    assert.deepEqual(
      two.shown.sides.map(({ title }) => title),
      ['notes.md, line 1 · sentiment-en', 'notes.md, line 1 · other'],
    );
  });

  it('gets a higher version with every change, and says so once', () => {
    const model = new PanelModel([sideOf('Good day.')], true);
    const versions: number[] = [];
    model.onDidChange(() => versions.push(model.shown.version));
    model.setFollowing(false);
    model.setSource(0, { window: 1 });
    model.setSource(7, { window: 1 });
    assert.deepEqual(versions, [2, 3]);
    assert.equal(model.sides[0]?.source.window, 1);
    assert.equal(model.isFollowing, false);
  });

  it('stays silent while edits only move the passage, speaks when its text changes, and when it is back', () => {
    const model = new PanelModel([sideOf('Good day.', 5)], true);
    const links: boolean[] = [];
    model.onDidChange(() => links.push(model.shown.sides[0]!.isLinked));
    model.changeDocument(uri, [{ start: 0, removed: 0, inserted: 3 }], () => 'xyz12345Good day.');
    assert.deepEqual(model.shown.documents, [{ uri, start: 8 }]);
    model.changeDocument(uri, [{ start: 9, removed: 1, inserted: 0 }], () => 'xyz12345God day.');
    model.changeDocument(uri, [{ start: 9, removed: 0, inserted: 1 }], () => 'xyz12345Good day.');
    assert.deepEqual(links, [false, true]);
    model.changeDocument('file:///other.md', [{ start: 0, removed: 99, inserted: 0 }], () => '');
    assert.equal(model.shown.sides[0]?.isLinked, true);
  });

  it('still answers for a side whose source stayed the same, not for one that is gone or to come', () => {
    const model = new PanelModel([sideOf('Good day.')], true);
    model.setSides([sideOf('Good day.'), sideOf('Bad night.')]);
    assert.equal(model.sourceOf(0, 1)?.text, 'Good day.');
    assert.equal(model.sourceOf(1, 1), undefined);
    assert.equal(model.sourceOf(1, 2)?.text, 'Bad night.');
    model.setSource(0, { model: '/other' });
    assert.equal(model.sourceOf(0, 2), undefined);
    assert.equal(model.sourceOf(1, 2)?.text, 'Bad night.');
    assert.equal(model.sourceOf(0, 4), undefined);
  });

  it('compares models when both sides have one text', () => {
    assert.equal(comparesModels([sideOf('a'), sideOf('a', 0, '/other')]), true);
    assert.equal(comparesModels([sideOf('a'), sideOf('b')]), false);
    assert.equal(comparesModels([sideOf('a')]), false);
  });
});

describe('queries of a panel', () => {
  const params = (change: Partial<AttentionQueryParams> = {}): AttentionQueryParams => ({
    side: 0,
    version: 1,
    name: 'overview',
    params: {},
    progress: 0,
    ...change,
  });
  const setUp = () => {
    const model = new PanelModel([sideOf('Good day.')], true);
    const calls: { source: AttentionSource; name: string; signal: AbortSignal | undefined }[] = [];
    const ensured: string[] = [];
    const gate = createDeferred<undefined>();
    const attention = async (
      source: AttentionSource,
      name: string,
      _params: unknown,
      options?: { signal?: AbortSignal },
    ) => {
      calls.push({ source, name, signal: options?.signal });
      if (options?.signal?.aborted === true) throw new LoupeError('cancelled');
      options?.signal?.addEventListener('abort', () => gate.reject(new LoupeError('cancelled')));
      await gate.promise;
    };
    const queries = new PanelQueries({
      model,
      link: { attention } as unknown as Pick<InferenceLink, 'attention'>,
      ensureModel: (reference) => {
        ensured.push(reference);
        return Promise.resolve();
      },
    });
    return { model, queries, calls, ensured, gate };
  };
  const isCode = (code: string) => (error: unknown) => error instanceof LoupeError && error.code === code;

  it('go to the inference process with the whole source, and look for the model once', async () => {
    const { queries, calls, ensured, gate } = setUp();
    const { signal } = new AbortController();
    const both = [queries.ask(params(), { signal }), queries.ask(params(), { signal })];
    assert.equal(queries.pending, 2);
    gate.resolve(undefined);
    await Promise.all(both);
    await queries.ask(params({ name: 'summaries' }), { signal });
    assert.deepEqual(
      calls.map(({ source, name }) => [source.text, name]),
      [
        ['Good day.', 'overview'],
        ['Good day.', 'overview'],
        ['Good day.', 'summaries'],
      ],
    );
    assert.ok(ensured.length <= 2, 'the third query did not look again');
    assert.equal(queries.pending, 0);
  });

  it('end when the panel turns to another text, and when the page is gone', async () => {
    const first = setUp();
    const asked = first.queries.ask(params(), { signal: new AbortController().signal });
    first.model.setSides([sideOf('Bad night.')]);
    first.queries.dropStale();
    await assert.rejects(asked, isCode('cancelled'));
    const second = setUp();
    const page = new AbortController();
    const left = second.queries.ask(params(), { signal: page.signal });
    page.abort();
    await assert.rejects(left, isCode('cancelled'));
    assert.equal(second.queries.pending, 0);
  });

  it('live on while only the passage moves or the panel is pinned', async () => {
    const { model, queries, gate } = setUp();
    const asked = queries.ask(params(), { signal: new AbortController().signal });
    model.setFollowing(false);
    queries.dropStale();
    gate.resolve(undefined);
    await asked;
  });

  it('cannot write files, nor ask about a version that is not shown', async () => {
    const { queries, calls } = setUp();
    const { signal } = new AbortController();
    const file = { format: 'svg', file: '/etc/passwd', overwrite: true } as never;
    await assert.rejects(
      queries.ask(params({ name: 'export', params: file }), { signal }),
      isCode('internal'),
    );
    await assert.rejects(queries.ask(params({ name: 'toString' as never }), { signal }), isCode('internal'));
    await assert.rejects(queries.ask(params({ version: 2 }), { signal }), isCode('cancelled'));
    await assert.rejects(queries.ask(params({ side: 1 }), { signal }), isCode('cancelled'));
    assert.deepEqual(calls, []);
  });
});

describe('a panel after the window was loaded anew', () => {
  const view = { view: 'matrix', stack: 'encoder', layer: 2, head: 7, token: null };
  it('reads back what it kept, as JSON leaves it', () => {
    const typed: PanelSide = { source: sourceOf('Bad.'), label: '“Bad.”', passage: undefined };
    const { shown } = new PanelModel([sideOf('Good day.', 5), typed], true);
    const kept: unknown = JSON.parse(JSON.stringify({ ...shown, view }));
    assert.deepEqual(readPersisted(kept), {
      sides: [
        { source: sourceOf('Good day.'), label: 'notes.md, line 1', place: { uri, start: 5 } },
        { source: sourceOf('Bad.'), label: '“Bad.”', place: undefined },
      ],
      isFollowing: true,
      view,
    });
  });

  it('goes on without what it cannot read, and not at all without a text and a model', () => {
    const side = { source: { model: 'm', text: 't', window: -1, task: 'no-such-task' }, title: 7 };
    assert.deepEqual(
      readPersisted({ sides: [side, { source: { model: 3 } }], documents: 'x', view: { view: 'nowhere' } }),
      {
        sides: [{ source: { model: 'm', text: 't', window: 0, generate: 0 }, label: '', place: undefined }],
        isFollowing: false,
        view: undefined,
      },
    );
    for (const state of [undefined, null, 'x', {}, { sides: [] }, { sides: [{}] }])
      assert.equal(readPersisted(state), undefined);
  });
});
