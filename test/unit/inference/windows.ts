import type { Window } from '../../../src/core/text/window.ts';

/** A window of the given token ids; everything else is as in a single short text. */
export function windowOf(...ids: readonly number[]): Window {
  return {
    ids: Int32Array.from(ids),
    typeIds: new Uint8Array(ids.length),
    special: new Uint8Array(ids.length),
    offsets: new Uint32Array(2 * ids.length),
    sequence: new Int8Array(ids.length),
    words: new Int32Array(ids.length),
    position: 0,
  };
}
