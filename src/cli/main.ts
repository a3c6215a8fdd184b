#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { runApp } from './app.ts';
import { readSetting } from './setting.ts';
import { processTerminal } from './terminal.ts';

const abort = new AbortController();
// Every input under way listens to it.
setMaxListeners(0, abort.signal);
process.once('SIGINT', () => abort.abort());
process.once('SIGTERM', () => abort.abort());
// The reader has seen enough (`loupe ... | head`): nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

// The bundle lies in dist/, beside media/ and package.json.
const root = path.join(import.meta.dirname, '..');
const setting = readSetting(root, process.env, process.cwd());
// Not by exitCode alone: standard input may still be open, and the inference process ends with this one.
process.exit(await runApp(process.argv.slice(2), setting, processTerminal(), abort.signal));
