import assert from 'node:assert/strict';
import { thumbnailsOf as thumbnailsOfProcess } from '../../src/core/attention/thumbnails.ts';
import type { AttentionParams, AttentionTokens } from '../../src/shared/attentionProtocol.ts';
import { groupMap } from '../../src/shared/attentionWords.ts';
import { createDeferred } from '../../src/shared/deferred.ts';
import type { Deferred } from '../../src/shared/deferred.ts';
import { LoupeError } from '../../src/shared/errors.ts';
import { createAxis } from '../../webviews/attention/model/axis.ts';
import { alignAxes, differenceOf } from '../../webviews/attention/model/difference.ts';
import { gridOfMap } from '../../webviews/attention/model/grid.ts';
import { groupWeights } from '../../webviews/attention/model/groupWeights.ts';
import { linksOf } from '../../webviews/attention/model/links.ts';
import { startState, withinReach } from '../../webviews/attention/model/viewState.ts';
import { composeText } from '../../webviews/attention/text/composeText.ts';
import type { AttentionData } from '../../webviews/common/attentionData.ts';
import { decodeTokens } from '../../webviews/common/file/decode.ts';
import { cutMap, tokenWeights } from '../../webviews/common/file/layers.ts';
import { thumbnailsOf } from '../../webviews/common/file/thumbnails.ts';
import { Questions } from '../../webviews/common/questions.ts';
import { madeUpLayer, madeUpTokens } from './attentionFiles.ts';

const sides = { layers: 1, heads: 2, tokens: 18 };
const layer = { ...madeUpLayer(0, sides), heads: 2, queries: 18, keys: 18 };
const { text, tokens: fileTokens } = madeUpTokens(18);
const tokens = decodeTokens(fileTokens);

describe('questions of the attention page', () => {
  /** A source whose answers come when the test lets them. */
  const create = () => {
    const asked: { params: AttentionParams<'map'>; answer: Deferred<unknown>; signal: AbortSignal }[] = [];
    const data: AttentionData = {
      abilities: new Set(),
      ask: (_name, params, { signal }) => {
        const answer = createDeferred<unknown>();
        asked.push({ params: params as AttentionParams<'map'>, answer, signal });
        return answer.promise as never;
      },
    };
    let changes = 0;
    const questions = new Questions(data, 'map', { onChange: () => (changes += 1), keep: 2 });
    return { asked, questions, changes: () => changes };
  };
  const head = (index: number): AttentionParams<'map'> => ({ stack: 'encoder', layer: 0, head: index });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('are cancelled when another answer is wanted, and a late answer to them changes nothing', async () => {
    const { asked, questions, changes } = create();
    questions.get(head(0));
    questions.get(head(1));
    assert.equal(asked[0]?.signal.aborted, true);
    asked[0].answer.resolve('late');
    await turn();
    assert.equal(changes(), 0);
    assert.equal(questions.get(head(1)).status, 'loading');
  });

  it('are asked once; the last answers are kept, older ones asked again', async () => {
    const { asked, questions } = create();
    for (const index of [0, 1, 2]) {
      questions.get(head(index));
      questions.get(head(index));
      asked[index]?.answer.resolve(index);
      await turn();
    }
    assert.equal(asked.length, 3);
    assert.deepEqual(questions.get(head(1)), { status: 'ready', value: 1 });
    assert.equal(questions.get(head(0)).status, 'loading');
    assert.equal(asked.length, 4);
  });

  it('that are wanted together are kept together, however many', async () => {
    const { asked, questions } = create();
    const all = [0, 1, 2, 3, 4].map(head);
    questions.want(all);
    for (const { answer } of asked) answer.resolve('map');
    await turn();
    assert.deepEqual(
      questions.want(all).map(({ status }) => status),
      all.map(() => 'ready'),
    );
    assert.equal(asked.length, 5);
  });

  it('that failed say why, and are not asked again before retry', async () => {
    const { asked, questions } = create();
    questions.get(head(0));
    asked[0]?.answer.reject(new LoupeError('inference-crashed', { reason: 'SIGKILL' }));
    await turn();
    const failed = questions.get(head(0));
    assert.ok(failed.status === 'failed');
    assert.equal(failed.error.code, 'inference-crashed');
    questions.retry();
    assert.equal(questions.get(head(0)).status, 'loading');
    assert.equal(asked.length, 2);
  });
});

describe('what the attention page works out', () => {
  it('gives a word the same weights in the text view as in the matrix', () => {
    const axis = createAxis(tokens, [text], { words: true, segment: undefined });
    const map = cutMap(layer, { stack: 'encoder', layer: 0, head: 1 });
    const grouped = gridOfMap(groupMap(map, axis.groups, axis.groups));
    const word = axis.groups.findIndex(({ label }) => label === 'watching');
    const group = axis.groups[word];
    assert.ok(group && group.end - group.first === 2);
    for (const direction of ['from', 'to'] as const) {
      const answers = [group.first, group.first + 1].map((token) =>
        tokenWeights(layer, { stack: 'encoder', layer: 0, token, direction }),
      );
      const own = groupWeights(answers, 1, axis, direction);
      own.forEach((weight, other) => {
        const [row, column] = direction === 'from' ? [word, other] : [other, word];
        const wanted = grouped.values[row * grouped.columns + column] ?? NaN;
        // Grouping a map rounds to bytes once more.
        assert.ok(
          Math.abs(weight - wanted) <= grouped.max / 255,
          `${direction} ${other}: ${weight}, not ${wanted}`,
        );
      });
    }
  });

  it('draws the strongest links of each token, strongest first, none below the threshold', () => {
    const map = cutMap(layer, { stack: 'encoder', layer: 0, head: 0 });
    const { values } = gridOfMap(map);
    const links = linksOf(map, 0, { topK: 3, threshold: 0.1 });
    for (let query = 0; query < 18; query += 1) {
      const own = Array.from(links.queries.keys()).filter((at) => links.queries[at] === query);
      const row = Array.from(values.subarray(query * 18, (query + 1) * 18));
      const wanted = row.filter((weight) => weight >= 0.1).sort((a, b) => b - a);
      assert.deepEqual(
        own.map((at) => links.weights[at]?.toFixed(5)),
        wanted.slice(0, 3).map((weight) => weight.toFixed(5)),
      );
      for (const at of own)
        assert.equal(row[links.keys[at] ?? -1]?.toFixed(5), links.weights[at]?.toFixed(5));
    }
  });

  it('subtracts only what both sides have', () => {
    const axisOf = (pieces: readonly string[]) =>
      createAxis(decodeTokens({ pieces }), [''], { words: false, segment: undefined });
    const [left, right] = [axisOf(['a', 'x', 'b']), axisOf(['a', 'b', 'y'])];
    const aligned = alignAxes(left, right);
    assert.deepEqual(
      aligned.axis.groups.map(({ label }) => label),
      ['a', 'b'],
    );
    const grid = (values: readonly number[]) => ({
      rows: 3,
      columns: 3,
      values: Float32Array.from(values),
      max: 1,
    });
    const difference = differenceOf(
      grid([0.5, 0, 0.5, 0, 0, 0, 0.25, 0, 0.75]),
      grid([0.25, 0.75, 0, 1, 0, 0, 0, 0, 0]),
      aligned,
      aligned,
    );
    assert.deepEqual([...difference.values], [0.25, -0.25, -0.75, 0.75]);
    assert.equal(difference.max, 0.75);
  });

  it('takes the largest weight of a block where a map is asked for by steps, and keeps rows of NaN', () => {
    const scales = Float32Array.from(layer.scales);
    scales[4] = NaN;
    scales[5] = NaN;
    scales[7] = NaN;
    const whole = gridOfMap(cutMap({ ...layer, scales }, { stack: 'encoder', layer: 0, head: 0 }));
    const coarse = gridOfMap(cutMap({ ...layer, scales }, { stack: 'encoder', layer: 0, head: 0, step: 2 }));
    assert.deepEqual([coarse.rows, coarse.columns], [9, 9]);
    for (let row = 0; row < 9; row += 1)
      for (let column = 0; column < 9; column += 1) {
        const block = [0, 1].flatMap((down) =>
          [0, 1].map((right) => whole.values[(2 * row + down) * 18 + 2 * column + right] ?? NaN),
        );
        const numbers = block.filter((value) => !Number.isNaN(value));
        const found = coarse.values[row * 9 + column] ?? NaN;
        if (numbers.length === 0) assert.ok(Number.isNaN(found));
        else assert.ok(Math.abs(found - Math.max(...numbers)) <= whole.max / 255);
      }
  });

  it('draws the same thumbnails from a file as the inference process does', () => {
    const many = { layers: 1, heads: 2, tokens: 101 };
    const maps = { ...madeUpLayer(0, many), heads: 2, queries: 101, keys: 101, node: '' };
    maps.scales.fill(NaN, 10, 15);
    const { rows, columns, pixels } = thumbnailsOfProcess({
      name: 'encoder',
      queries: 'source',
      keys: 'source',
      layers: [maps],
      pooling: 1,
    });
    assert.deepEqual([rows, columns], [48, 48]);
    assert.deepEqual(thumbnailsOf(maps), pixels);
  });

  it('puts the passage together again, pairs line by line, with what the model wrote at the end', () => {
    const pair: AttentionTokens = decodeTokens({
      pieces: ['<s>', 'Who', '</s>', 'Ana', 'Ġsings', 'Ġwell', '</s>'],
      offsets: [0, 0, 0, 3, 0, 0, 0, 3, 4, 9, 0, 0, 0, 0],
      sequence: [-1, 0, -1, 1, 1, 1, -1],
      special: [1, 0, 1, 0, 0, 0, 1],
      generated: [0, 0, 0, 0, 0, 1, 0],
    });
    const composed = composeText(pair, ['Who', 'Ana sings.']);
    assert.equal(composed.text, '<s> Who </s>\nAna sings well </s>');
    assert.equal(composed.text.slice(composed.spans[8], composed.spans[9]), 'sings');
  });

  it('comes back to where the person was as far as the model has it', () => {
    const overview = {
      source: tokens,
      target: undefined,
      stacks: [{ name: 'encoder', queries: 'source', keys: 'source', heads: [2] }],
    } as unknown as Parameters<typeof withinReach>[1];
    const kept = {
      ...startState,
      layer: 7,
      head: 9,
      heads: [0, 1, 5],
      token: 400,
      stack: 'decoder' as const,
    };
    const reached = withinReach(kept, overview);
    assert.deepEqual(
      [reached.stack, reached.layer, reached.head, reached.heads, reached.token],
      ['encoder', 0, 1, [0, 1], undefined],
    );
    assert.equal(withinReach(reached, overview), reached);
  });
});
