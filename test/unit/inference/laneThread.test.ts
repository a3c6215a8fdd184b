import assert from 'node:assert/strict';
import path from 'node:path';
import type { LaneOptions } from '../../../src/inference/server/laneThread.ts';
import { LaneThread } from '../../../src/inference/server/laneThread.ts';
import { hasCode } from './fakeClient.ts';
import { windowOf } from './windows.ts';

describe('a lane', () => {
  const lanes: LaneThread[] = [];
  const deaths: string[] = [];
  afterEach(async () => {
    deaths.length = 0;
    await Promise.all(lanes.splice(0).map((lane) => lane.close()));
  });

  async function start(behaviour: string, changes: Partial<LaneOptions> = {}): Promise<LaneThread> {
    const lane = await LaneThread.start({
      file: behaviour,
      threads: 1,
      background: false,
      provider: 'cpu',
      lanePath: path.join(import.meta.dirname, '../../fixtures/inference/fakeLane.cjs'),
      model: 'the model',
      task: 'text-classification',
      wanted: ['logits'],
      perToken: false,
      onDidDie: (reason) => void deaths.push(reason),
      ...changes,
    });
    lanes.push(lane);
    return lane;
  }

  it('runs a batch of rows of different length, padding masked, and gives each row its own', async () => {
    const lane = await start('works');
    const outputs = await lane.run([windowOf(1, 2, 3), windowOf(9)]);
    assert.deepEqual(
      outputs.map(({ logits }) => [[...logits!.data], logits!.dims]),
      [
        [[3, 6], [2]],
        [[1, 9], [2]],
      ],
    );
  });

  it('tells a damaged file from other reasons not to load', async () => {
    await assert.rejects(start('broken'), (thrown: Error) => {
      assert.ok(hasCode('model-load-failed')(thrown));
      assert.match(
        thrown.message,
        /^the model could not be loaded: the ONNX file is damaged or incomplete\./,
      );
      assert.match(thrown.message, /Protobuf parsing failed/);
      return true;
    });
  });

  it('refuses a graph that wants what Loupe cannot give, by name', async () => {
    await assert.rejects(start('positions'), /wants an input "position_ids"/);
    await assert.rejects(start('halves'), /wants the input "input_ids" as float16/);
  });

  it('refuses a graph without the output that the task reads, and says which it has', async () => {
    await assert.rejects(start('works', { wanted: ['start_logits'] }), {
      code: 'model-output-missing',
      details: {
        model: 'the model',
        output: 'start_logits',
        available: 'logits',
        task: 'text-classification',
      },
    });
  });

  it('fails a batch that onnxruntime refuses, and takes the next', async () => {
    const lane = await start('refuses');
    for (let i = 0; i < 2; i++)
      await assert.rejects(lane.run([windowOf(1)]), /the model failed while running: a bad shape/);
    assert.deepEqual(deaths, []);
  });

  for (const [behaviour, reason] of [
    ['dies', /its thread ended with code 9/],
    ['throws', /its thread failed: thrown in the lane/],
  ] as const)
    it(`fails its batch when its thread ${behaviour}, and reports its death once, first`, async () => {
      const lane = await start(behaviour);
      const failed = lane.run([windowOf(1)]).catch((thrown: unknown) => {
        assert.equal(deaths.length, 1);
        throw thrown;
      });
      await assert.rejects(
        failed,
        (thrown: Error) => hasCode('model-run-failed')(thrown) && reason.test(thrown.message),
      );
      await lane.close();
      assert.equal(deaths.length, 1);
      assert.match(deaths[0]!, reason);
    });

  it('fails to load when its thread ends while loading', async () => {
    await assert.rejects(start('exits-at-once'), hasCode('model-load-failed'));
    assert.deepEqual(deaths, []);
  });

  it('finishes its batch before it closes', async () => {
    const lane = await start('works');
    const answer = lane.run([windowOf(5)]);
    await lane.close();
    assert.deepEqual([...(await answer)[0]!['logits']!.data], [1, 5]);
    assert.deepEqual(deaths, []);
  });
});
