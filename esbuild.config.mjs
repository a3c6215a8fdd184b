// Builds every realm into dist/. `--watch` rebuilds on change; `--production` minifies.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { build, context } from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const node = {
  bundle: true,
  platform: 'node',
  // jsonc-parser's UMD build requires its parts in a way that cannot be bundled; its ES modules can.
  mainFields: ['module', 'main'],
  target: 'node20',
  sourcemap: production ? 'external' : 'linked',
  minify: production,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development') },
};

// Packages with native code stay outside the bundle. Only the extension may import vscode, only the
// inference server onnxruntime: an import in the wrong realm does not resolve, and the build fails.
const nativeTokenizers = ['@anush008/tokenizers'];
const stubs = { 'onnxruntime-web': './scripts/emptyModule.mjs', sharp: './scripts/emptyModule.mjs' };

// pdfkit's ES module looks for files beside itself by import.meta, which a CommonJS bundle has not. fontkit unpacks WOFF2
// with brotli (0.5 MB); the font of figures is TrueType.
const figures = {
  pdfkit: './node_modules/pdfkit/js/pdfkit.js',
  'brotli/decompress.js': './scripts/emptyModule.mjs',
};

/** Files that exports of attention read when they run: the font of figures, and the SVG rasterizer. */
const assets = {
  'dist/DejaVuSans.ttf': 'node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  'dist/resvg.wasm': 'node_modules/@resvg/resvg-wasm/index_bg.wasm',
};

/** Bytes an entry may have at most when minified: growth is a decision, not an accident. */
const budgets = {
  'dist/extension.cjs': 400 << 10,
  'dist/inference.cjs': 1500 << 10,
  'dist/attention.cjs': 1100 << 10,
  'dist/cli.mjs': 400 << 10,
  'dist/attention-panel.js': 250 << 10,
  'dist/attention-panel.css': 20 << 10,
  'dist/attention-standalone.js': 220 << 10,
  'dist/attention-notebook.js': 220 << 10,
};

const esmRequire = {
  js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};

// Chromium of the oldest VS Code that Loupe runs in (package.json, engines); exported pages open in any current browser.
const browser = {
  bundle: true,
  platform: 'browser',
  target: 'es2023',
  sourcemap: production ? 'external' : 'linked',
  minify: production,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
};

const builds = [
  {
    ...node,
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    external: ['vscode'],
  },
  {
    ...node,
    entryPoints: ['src/inference/server/main.ts'],
    outfile: 'dist/inference.cjs',
    format: 'cjs',
    external: ['onnxruntime-node', ...nativeTokenizers],
    alias: stubs,
  },
  {
    ...node,
    entryPoints: ['src/inference/server/lane.ts'],
    outfile: 'dist/lane.cjs',
    format: 'cjs',
    external: ['onnxruntime-node'],
  },
  {
    ...node,
    entryPoints: ['src/inference/server/attention/attentionWorker.ts'],
    outfile: 'dist/attention.cjs',
    format: 'cjs',
    external: ['onnxruntime-node', ...nativeTokenizers],
    alias: { ...stubs, ...figures },
  },
  { ...node, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.mjs', format: 'esm', banner: esmRequire },
  {
    ...browser,
    entryPoints: ['webviews/attention/main.ts'],
    outfile: 'dist/attention-panel.js',
    format: 'iife',
    target: 'chrome138',
  },
  { ...browser, entryPoints: ['webviews/attention/panel.css'], outfile: 'dist/attention-panel.css' },
  {
    ...browser,
    entryPoints: ['webviews/standalone/main.ts'],
    outfile: 'dist/attention-standalone.js',
    format: 'iife',
    loader: { '.css': 'text' },
  },
  {
    ...browser,
    entryPoints: ['webviews/notebook/main.ts'],
    outfile: 'dist/attention-notebook.js',
    format: 'esm',
    loader: { '.css': 'text' },
  },
];

await mkdir('dist', { recursive: true });
for (const [to, from] of Object.entries(assets)) await copyFile(from, to);

if (watch) {
  // The two marker lines are what the editor's esbuild problem matcher waits for.
  const marker = {
    name: 'marker',
    setup(plugin) {
      plugin.onStart(() => console.log('[watch] build started'));
      plugin.onEnd(() => console.log('[watch] build finished'));
    },
  };
  for (const options of builds) await (await context({ ...options, plugins: [marker] })).watch();
} else {
  const results = await Promise.all(builds.map((options) => build(options)));
  // What went into each bundle: the third-party notices are made from it (scripts/lib/notices.mjs).
  await writeFile('dist/meta.json', JSON.stringify(results.map(({ metafile }) => metafile)));
  const over = results
    .flatMap((result) => Object.entries(result.metafile.outputs))
    .filter(([file, output]) => production && output.bytes > (budgets[file] ?? Infinity));
  for (const [file, output] of over)
    console.error(`${file}: ${output.bytes} bytes, over its budget of ${budgets[file]}`);
  if (over.length > 0) process.exitCode = 1;
}
