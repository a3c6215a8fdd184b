import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { hostFromEnvironment } from '../support/environment.ts';
import { zipEntries } from '../support/zipEntries.ts';
import { AttentionPage } from './attentionPage.ts';
import { openSession, root, screenshotFolder, type Session } from './session.ts';

const run = promisify(execFile);
const target = `${process.platform}-${process.arch}`;

/** Everything that may be in the packed extension. Adding to it is a decision. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|package\.nls(\.pt-br)?\.json|readme\.md|changelog\.md|LICENSE\.txt|THIRD_PARTY_NOTICES\.txt)$/i,
  /^extension\/l10n\/bundle\.l10n\.pt-br\.json$/,
  /^extension\/dist\/(extension|inference|lane|attention)\.cjs(\.LEGAL\.txt)?$/,
  /^extension\/dist\/attention-(panel|standalone|notebook)\.js(\.LEGAL\.txt)?$/,
  /^extension\/dist\/(attention-panel\.css|DejaVuSans\.ttf|resvg\.wasm)$/,
  /^extension\/dist\/node_modules\/onnxruntime-(node|common)\/(package\.json|LICENSE.*|dist\/.*\.js|bin\/napi-v6\/.*)$/,
  /^extension\/dist\/node_modules\/onnxruntime-common\/dist\/cjs\/package\.json$/,
  /^extension\/dist\/node_modules\/@anush008\/tokenizers(-[\w-]+)?\/(package\.json|index\.js|LICENSE.*|tokenizers\.[\w-]+\.node)$/,
  /^extension\/media\/(icon\.png|loupe\.svg|(readme|walkthrough)\/[\w-]+\.(svg|png))$/,
  /^extension\/media\/models\/[\w-]+\/(README\.md|[\w.]+\.json|onnx\/model_quantized\.onnx)$/,
  /^extension\/examples\/(\.vscode\/)?[\w.-]+\.(md|txt|ipynb|json)$/,
];
const sizeLimitMiB = 75;

describe(`The packed extension for ${target}`, () => {
  let session: Session | undefined;
  let scratch: string;
  let vsix: string;
  let entries: Map<string, number>;

  before(async function () {
    this.timeout(240_000);
    scratch = await mkdtemp(path.join(tmpdir(), 'loupe-vsix-'));
    await run(process.execPath, ['scripts/package.mjs'], { cwd: root });
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    vsix = path.join(root, `dist/loupe-${target}-${version}.vsix`);
    entries = await zipEntries(vsix);
  });
  afterEach(async function () {
    await session?.keepEvidence(this.currentTest);
  });
  after(async () => {
    await session?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  it('holds nothing but what is on the list', () => {
    const strangers = [...entries.keys()].filter((name) => !allowed.some((pattern) => pattern.test(name)));
    assert.deepEqual(strangers, []);
  });

  it('holds the three starter models, the tokenizers and one onnxruntime', () => {
    const names = [...entries.keys()];
    for (const model of ['sentiment-en', 'qa-en', 'ner-en'])
      assert.ok(entries.has(`extension/media/models/${model}/onnx/model_quantized.onnx`), model);
    assert.equal(names.filter((name) => name.endsWith('onnxruntime_binding.node')).length, 1);
    assert.equal(names.filter((name) => /tokenizers\.[\w-]+\.node$/.test(name)).length, 1);
  });

  it(`is at most ${sizeLimitMiB} MiB`, async () => {
    const { size } = await stat(vsix);
    assert.ok(size <= sizeLimitMiB * 2 ** 20, `${(size / 2 ** 20).toFixed(1)} MiB`);
  });

  it('installed in VS Code, it answers without the repository', async function () {
    this.timeout(180_000);
    const { node, server } = hostFromEnvironment();
    const extensionsFolder = path.join(scratch, 'extensions');
    const flags = ['--extensions-dir', extensionsFolder, '--server-data-dir', path.join(scratch, 'data')];
    await run(node, [server, '--accept-server-license-terms', ...flags, '--install-extension', vsix]);
    assert.ok((await readdir(extensionsFolder)).some((name) => name.startsWith('loupe.loupe-')));
    session = await openSession({ extensionsFolder });
    const { workbench } = session;
    await workbench.openFile('welcome.md');
    await workbench.clickCodeLens('Sentiment', 'The lighthouse hotel was');
    await workbench.waitForCodeLens(/POSITIVE [01][.,]\d\d/, 60_000);
    await workbench.screenshot('vsix', screenshotFolder);
    assert.equal(
      (await session.inferenceProcesses()).length,
      1,
      'the process runs from the installed extension',
    );
    await workbench.clickCodeLens('Attention', 'The lighthouse hotel was');
    await new AttentionPage(workbench).waitForPicture('overview-grid');
  });
});
