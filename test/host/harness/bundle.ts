import path from 'node:path';
import { build } from 'esbuild';
import { glob } from '../../../scripts/lib/glob.mjs';

/**
 * Bundles test/host/*.test.ts (those whose name contains `filter`) with the suite into one file for the extension host.
 * @returns the file, or undefined when no test matches
 */
export const bundleHostTests = async (root: string, filter: string): Promise<string | undefined> => {
  const files = (await glob(path.join(root, 'test/host'), '.test.ts')).filter((file) =>
    file.includes(filter),
  );
  if (files.length === 0) return undefined;
  // Required inside load(): describe and it are there only then.
  const loads = files.map((file) => `require(${JSON.stringify(file)});`).join(' ');
  const outfile = path.join(root, 'dist/test/host.cjs');
  await build({
    stdin: {
      contents: `import { runSuite } from './suite.ts'; export const run = () => runSuite(() => { ${loads} });`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    // Mocha finds its own parts by path; native packages stay where they are.
    external: ['vscode', 'mocha', 'onnxruntime-node', '@anush008/tokenizers'],
    logLevel: 'warning',
  });
  return outfile;
};
