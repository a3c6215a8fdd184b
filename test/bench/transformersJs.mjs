// Times the transformers.js pipeline on the same weights, in a process of its own. Called by throughput.ts.
// usage: transformersJs.mjs MODEL_FOLDER TEXTS.json; then as pipeline.py: `single|batch1|batch32 fp32|q8` a line on stdin.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { env, pipeline } from '@huggingface/transformers';

const singleRepeats = 60;
const [folder, textsFile] = process.argv.slice(2);
const texts = JSON.parse(readFileSync(textsFile, 'utf8'));
env.allowRemoteModels = false;
env.localModelPath = dirname(folder);

const classifiers = {};
for (const dtype of ['fp32', 'q8']) {
  classifiers[dtype] = await pipeline('text-classification', basename(folder), { dtype, device: 'cpu' });
  await classifiers[dtype](texts.slice(0, 8));
}
const answer = (value) => process.stdout.write(JSON.stringify(value) + '\n');
answer({ ready: true });

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

for await (const line of createInterface({ input: process.stdin })) {
  const [mode, dtype] = line.trim().split(' ');
  const classify = classifiers[dtype];
  const started = performance.now();
  const each = [];
  if (mode === 'single') {
    for (let i = 0; i < singleRepeats; i++) {
      const one = performance.now();
      await classify(texts[0]);
      each.push(performance.now() - one);
    }
  } else {
    const size = mode === 'batch32' ? 32 : 1;
    for (let i = 0; i < texts.length; i += size) await classify(texts.slice(i, i + size));
  }
  const rows = mode === 'single' ? singleRepeats : texts.length;
  answer({
    seconds: (performance.now() - started) / 1000,
    rows,
    median_ms: mode === 'single' ? median(each) : 0,
  });
}
