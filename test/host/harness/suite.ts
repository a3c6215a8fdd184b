// Runs in the extension host: mocha over the bundled tests.
import Mocha from 'mocha';
import LoupeReporter from '../../../scripts/lib/mochaReporter.cjs';

const testLimitMs = 30_000;

/**
 * Runs the tests that `load` defines. The reporter writes the result file at the very end: where it is missing, the extension host
 * died, whatever the editor's exit code says.
 * @throws when a test failed, which makes the editor end with another code than 0
 */
export const runSuite = async (load: () => void): Promise<void> => {
  process.setSourceMapsEnabled(true);
  const mocha = new Mocha({ ui: 'bdd', timeout: testLimitMs, reporter: LoupeReporter });
  // Defines describe and it as globals, as mocha itself does before it requires a test file.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  load();
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} of the host tests failed.`);
};
