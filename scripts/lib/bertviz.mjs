// BertViz, which the benchmark compares Loupe with, and the scripts that its pages take from a CDN.
import path from 'node:path';
import { cached } from './cache.mjs';

const version = '1.4.1';
/** As its pages ask for them; npm has no jQuery 2.0.0. */
const webPackages = ['requirejs@2.3.6', 'd3@5.7.0', 'jquery@2.1.0'];

/**
 * Returns a folder with `python` (BertViz and what it imports but torch, which the trainer's Python has) and `node_modules`.
 * @param {Pick<import('./outcome.mjs').LevelContext, 'runner' | 'log'>} context
 * @param {string} python the trainer's
 */
export const ensureBertviz = ({ runner, log }, python) =>
  cached(
    `bertviz-${version}`,
    async (folder) => {
      log(`Fetching BertViz ${version} from PyPI, and what its pages need from npm (once) ...`);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
      const target = ['--target', path.join(folder, 'python')];
      const npm = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--loglevel=error'];
      /** @type {[string, string[]][]} */
      const commands = [
        [python, [...pip, ...target, '--no-deps', `bertviz==${version}`]],
        [python, [...pip, ...target, '--upgrade', 'ipython>=9,<10']],
        ['npm', [...npm, ...webPackages]],
      ];
      for (const [command, args] of commands) {
        const ended = await runner.run(command, args, { quiet: true, timeoutMs: 5 * 60_000 });
        if (ended.code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${ended.output}`);
      }
    },
    log,
  );
