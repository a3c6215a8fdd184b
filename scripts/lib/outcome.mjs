// What a level of the tests came to.

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {{ title: string, reason: string }[]} skipped
 *
 * @typedef {object} LevelContext what a level may use; everything is installed at its first use
 * @property {import('./processes.mjs').Runner} runner
 * @property {(text: string) => void} log
 * @property {() => Promise<void>} built resolves when dist/ holds this tree's bundles
 * @property {() => Promise<string>} python the trainer's Python
 * @property {() => Promise<import('./vscodeHost.mjs').VscodeHost>} vscodeHost
 * @property {() => Promise<string>} browser executable of a Chromium; throws a SkipError where none can be had
 *
 * @typedef {object} Level
 * @property {string} name
 * @property {string} about one line for a person
 * @property {number} limitMs
 * @property {(context: LevelContext) => Promise<Outcome>} run
 */

/** A level cannot run on this machine, and says why. */
export class SkipError extends Error {}

/** @param {Outcome[]} outcomes @returns {Outcome} */
export const sum = (outcomes) => ({
  passed: outcomes.reduce((total, { passed }) => total + passed, 0),
  failed: outcomes.reduce((total, { failed }) => total + failed, 0),
  skipped: outcomes.flatMap(({ skipped }) => skipped),
});
