// Makes the Python environment of the trainer's tests and recipes, once per lock file, in a cache that clones share.
//
//   node scripts/trainerVenv.mjs     prints what it does on stderr and the environment's Python on the last line
//
// The trainer itself is not installed into it (clones share it): set PYTHONPATH to trainer/src.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, withLock } from './lib/cache.mjs';

const lockFile = join(dirname(fileURLToPath(import.meta.url)), '..', 'trainer', 'requirements.lock');
const oldest = '3.10';
const describePython = `
import json, platform, sys
new_enough = sys.version_info[:2] >= tuple(map(int, "${oldest}".split(".")))
version = platform.python_version()
print(json.dumps(dict(executable=sys.executable, version=version, machine=platform.machine(), newEnough=new_enough)))
`;

/** @typedef {{ executable: string, version: string, machine: string }} Python */

/**
 * Returns the environment's Python, making the environment first if it is not there.
 * @param {{ log?: (line: string) => void }} [options] `log` gets one line of plain text at a time
 * @returns {Promise<{ python: string }>}
 * @throws {Error} with one message for people: no Python, too old a Python, or the installer's last words
 */
export async function ensureTrainerVenv({ log = () => {} } = {}) {
  const base = findPython();
  const folder = join(cacheFolder(), `trainer-${fingerprint(base)}`);
  const python =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const marker = join(folder, 'loupe-complete');
  if (existsSync(marker)) return { python };
  const make = async () => {
    // Another process may have made it while this one waited.
    if (existsSync(marker)) return;
    rmSync(folder, { recursive: true, force: true });
    install(base, folder, python, log);
    writeFileSync(marker, `${new Date().toISOString()}\n`);
  };
  await withLock(`${folder}.lock`, make, log);
  return { python };
}

/** The first Python on PATH (or LOUPE_PYTHON) that is new enough. @returns {Python} */
function findPython() {
  const wanted = process.env['LOUPE_PYTHON'];
  const onPath = process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python'];
  const commands = wanted ? [wanted] : onPath;
  const tooOld = [];
  for (const command of commands) {
    const { status, stdout } = spawnSync(command, ['-c', describePython], { encoding: 'utf8' });
    if (status !== 0) continue;
    /** @type {Python & { newEnough: boolean }} */
    const python = JSON.parse(stdout);
    if (python.newEnough) return python;
    tooOld.push(`${python.executable} is ${python.version}`);
  }
  throw new Error(
    `The trainer needs Python ${oldest} or newer (${tooOld.join(', ') || `none found as ${commands.join(' or ')}`}). ` +
      "Install it from https://www.python.org/downloads/ or your system's packages, or point LOUPE_PYTHON at one.",
  );
}

/** @param {Python} python */
function fingerprint({ version, machine }) {
  const hash = createHash('sha256')
    .update(readFileSync(lockFile))
    .update(`${version} ${process.platform} ${machine}`);
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {Python} base
 * @param {string} folder
 * @param {string} python the environment's
 * @param {(line: string) => void} log
 */
function install(base, folder, python, log) {
  log(
    `Making a Python ${base.version} environment for the trainer in ${folder} (once; about 1.2 GB on disk).`,
  );
  const made = run(base.executable, ['-m', 'venv', folder]);
  if (made.failed) {
    throw new Error(
      `Python could not make a virtual environment: ${made.last}\n` +
        'On Debian and Ubuntu: apt-get install python3-venv. Then run this again.',
    );
  }
  log(
    'Downloading PyTorch (CPU build, about 190 MB) and Hugging Face Transformers with what they need from PyPI.',
  );
  const byUv = installWithUv(python);
  if (!byUv.failed) return;
  log(
    `uv could not (${byUv.last}); trying with pip, which takes a minute or two and may fetch larger files.`,
  );
  const byPip = run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    lockFile,
  ]);
  if (byPip.failed) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(
      `The trainer's packages could not be installed: ${byPip.last}\nCheck the network (or pip's settings), then run this again.`,
    );
  }
}

/** @param {string} python */
function installWithUv(python) {
  const uv = run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'uv>=0.9']);
  if (uv.failed) return uv;
  // uv reads none of pip's settings: hand over the two that decide where packages come from.
  const findLinks = pipSetting(python, 'find-links', 'PIP_FIND_LINKS');
  const index = pipSetting(python, 'index-url', 'PIP_INDEX_URL');
  const options = [
    ...findLinks.flatMap((place) => ['--find-links', place]),
    ...index.flatMap((url) => ['--default-index', url]),
  ];
  // PyPI's torch for Linux carries 2.9 GB of CUDA. A folder of wheels holds what its owner wants, so it decides then.
  if (findLinks.length === 0 && process.platform === 'linux') options.push('--torch-backend', 'cpu');
  return run(python, [
    '-m',
    'uv',
    'pip',
    'install',
    '--quiet',
    '--python',
    python,
    ...options,
    '-r',
    lockFile,
  ]);
}

/** @param {string} python @param {string} name @param {string} variable */
function pipSetting(python, name, variable) {
  const value = process.env[variable] || run(python, ['-m', 'pip', 'config', 'get', `global.${name}`]).output;
  return (value ?? '').split(/\s+/).filter(Boolean);
}

/** Runs a command; `last` is the last line it wrote, for messages. @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const lines = `${stderr ?? ''}`.trim().split(/\r?\n/);
  return {
    failed: status !== 0,
    output: status === 0 ? stdout : '',
    last: error?.message ?? lines.at(-1) ?? '',
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { python } = await ensureTrainerVenv({ log: (line) => console.error(line) });
    console.log(python);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
