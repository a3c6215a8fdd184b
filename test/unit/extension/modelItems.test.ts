import assert from 'node:assert/strict';
import { modelItems, type ModelItem } from '../../../src/extension/models/modelItems.ts';
import type { ModelListing } from '../../../src/core/models/listModels.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import { english } from './runFixtures.ts';

const listing = (
  change: Partial<ModelListing> & Pick<ModelListing, 'reference' | 'origin'>,
): ModelListing => ({
  directory: '/models/x',
  installed: true,
  task: 'text-classification',
  precisions: ['q8'],
  bytes: 23_100_000,
  languages: ['en'],
  licence: 'apache-2.0',
  ...change,
});
const broken = new LoupeError('model-no-onnx', { directory: '/models/broken' });
const listings = [
  listing({ reference: 'starter:sentiment-en', origin: { kind: 'shipped' } }),
  listing({ reference: 'starter:qa-en', origin: { kind: 'shipped' }, task: 'question-answering' }),
  listing({
    reference: 'starter:later',
    origin: { kind: 'package', name: 'later-model', version: '1.0' },
    installed: false,
    precisions: [],
  }),
  listing({
    reference: 'hub:a/b',
    origin: { kind: 'hub', id: 'a/b', revision: 'main', commit: '0123456789abcdef' },
    precisions: ['fp32', 'q8'],
    languages: [],
    licence: undefined,
  }),
  listing({
    reference: '/models/broken',
    origin: { kind: 'folder' },
    installed: false,
    task: undefined,
    precisions: [],
    bytes: 0,
    error: broken.toData(),
  }),
];

describe('the list of models for a task', () => {
  const items = modelItems(listings, 'text-classification', 'starter:sentiment-en', english);
  const row = (name: string) =>
    items.find((item) => item.kind === 'model' && item.reference === name) as
      Extract<ModelItem, { kind: 'model' }> | undefined;

  it('is grouped by where models come from, and leaves out those for other tasks', () => {
    assert.deepEqual(
      items.map((item) => (item.kind === 'group' ? `- ${item.label}` : item.reference)),
      [
        '- Starter models',
        'starter:sentiment-en',
        'starter:later',
        '- Downloaded from the hub',
        'hub:a/b',
        '- Folders',
        '/models/broken',
      ],
    );
  });

  it('marks the one in use, and tells precision, size, languages, licence and origin', () => {
    assert.equal(row('starter:sentiment-en')?.label, '$(check) sentiment-en');
    assert.equal(row('starter:sentiment-en')?.description, 'in use · q8 · 23.1 MB · en · apache-2.0');
    assert.equal(row('starter:sentiment-en')?.detail, 'Comes with Loupe');
    assert.equal(row('hub:a/b')?.description, 'fp32 · q8 · 23.1 MB');
    assert.equal(row('hub:a/b')?.detail, 'a/b at 0123456789ab');
  });

  it('says of a starter that it is not installed yet, and where it would come from', () => {
    assert.equal(row('starter:later')?.description, '23.1 MB · en · apache-2.0 · not installed yet');
    assert.equal(row('starter:later')?.detail, 'From the Python package later-model 1.0');
  });

  it('shows a broken folder with the reason, and gives the error to whoever chooses it', () => {
    assert.equal(row('/models/broken')?.label, '$(error) broken');
    assert.match(row('/models/broken')!.detail, /has no ONNX weights/);
    assert.equal(row('/models/broken')?.error?.code, 'model-no-onnx');
  });
});
