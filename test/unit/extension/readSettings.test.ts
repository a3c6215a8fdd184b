import assert from 'node:assert/strict';
import { readSettings, settingDefaults } from '../../../src/extension/settings/readSettings.ts';
import { settingIds } from '../../../src/shared/ids.ts';

const readWith = (id: string, value: unknown) => readSettings((asked) => (asked === id ? value : undefined));

describe('settings of the wrong type', () => {
  it('give the default and one message that names setting, value and what was expected', () => {
    const { settings, problems } = readWith(settingIds.device, 'tpu');
    assert.deepEqual(settings, settingDefaults);
    assert.deepEqual(
      problems.map((problem) => problem.message),
      [
        'Setting loupe.device is "tpu"; expected auto | cpu | cuda | coreml | dml | webgpu. The default is used.',
      ],
    );
  });

  it('are told for every setting and every odd value', () => {
    const odd: Readonly<Record<string, readonly unknown[]>> = {
      [settingIds.device]: [1, null, {}, ['cpu']],
      [settingIds.precision]: ['int8', false],
      [settingIds.threads]: ['2', -1, 1.5, 1000, null],
      [settingIds.memoryLimit]: [0, '2 GB', Number.NaN],
      [settingIds.codeLens]: [true, 'above'],
      [settingIds.sentimentModel]: ['', '  ', 3],
      [settingIds.questionModel]: [{}],
      [settingIds.tokenModel]: [[]],
      [settingIds.aggregation]: ['mean'],
      [settingIds.topK]: [0, 21, '3'],
      [settingIds.maxAnswerLength]: [0, '15'],
      [settingIds.hubEndpoint]: ['', 'ftp://hub', 'hub', 8080],
      [settingIds.cacheFolder]: [null, 1],
    };
    assert.deepEqual(Object.keys(odd).sort(), Object.values<string>(settingIds).sort());
    for (const [id, values] of Object.entries(odd))
      for (const value of values) {
        const { settings, problems } = readWith(id, value);
        assert.deepEqual(settings, settingDefaults, `${id} ${JSON.stringify(value)}`);
        assert.deepEqual(
          problems.map(({ code, details }) => [code, details['setting']]),
          [['setting-invalid', id]],
        );
      }
  });

  it('leave the other settings alone', () => {
    const { settings } = readSettings((id) =>
      id === settingIds.threads ? 'many' : id === settingIds.topK ? 7 : undefined,
    );
    assert.equal(settings.threads, 0);
    assert.equal(settings.topK, 7);
  });

  it('show a long value cut, not whole', () => {
    const [problem] = readWith(settingIds.device, 'x'.repeat(1000)).problems;
    assert.ok(problem!.message.length < 250, problem!.message);
  });
});
