// A host for process.test.ts to kill: keeps its inference process at work and tells its id.
import path from 'node:path';
import { createInferenceClient } from '../../../src/inference/client/inferenceClient.ts';
import { settings } from './inferenceFixture.ts';
import { texts } from './realClient.ts';

const [model = ''] = process.argv.slice(2);
const client = createInferenceClient({
  modulePath: path.join(import.meta.dirname, '../../../dist/inference.cjs'),
  settings: () => settings(),
  log: () => undefined,
});
await client.prepare(model, 'text-classification');
const { pid } = await client.info();
const work = texts(5000).map((text) =>
  client.run({ task: 'text-classification', model, text, priority: 'bulk', sentences: false }),
);
process.send?.(pid);
await Promise.all(work);
