import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { exists } from '../../../src/core/models/files.ts';
import { readModelFolder } from '../../../src/core/models/folder.ts';
import type { LocalModel } from '../../../src/core/models/modelDescription.ts';
import { skipBecause } from '../../support/skip.ts';

const directory = path.join(import.meta.dirname, '..', '..', '..', 'media', 'models');

describe('starters that ship with Loupe', () => {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  async function readStarter(context: Mocha.Context, name: string): Promise<LocalModel> {
    if (!(await exists(path.join(directory, name, 'README.md'))))
      skipBecause(context, `${name} has no card yet`);
    return readModelFolder(path.join(directory, name), `starter:${name}`);
  }

  // WNUT17, the data of ner-en, is under CC BY 4.0.
  const licences: Readonly<Record<string, string>> = { 'ner-en': 'cc-by-4.0' };

  for (const name of names)
    it(`have a licence, a language, a task and at most 24 MB: ${name}`, async function () {
      const { description, weights } = await readStarter(this, name);
      assert.equal(description.licence, licences[name] ?? 'apache-2.0');
      assert.deepEqual(description.languages, ['en']);
      assert.ok(description.task !== undefined);
      assert.deepEqual(
        weights.map(({ precision, bytes }) => [precision, bytes <= 24e6]),
        [['q8', true]],
      );
    });

  it('may say "no answer", if they answer questions', async function () {
    const { description } = await readStarter(this, 'qa-en');
    assert.equal(
      description.answersImpossible,
      true,
      'config.json needs "loupe": {"answers_impossible": true}',
    );
  });
});
