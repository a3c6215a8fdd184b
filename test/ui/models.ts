import path from 'node:path';
import { root } from './session.ts';

/** A tiny token classifier with random weights: labels without meaning, found in no time and without a network. */
export const tokenModel = path.join(root, 'test/fixtures/models/tiny-tokens');
