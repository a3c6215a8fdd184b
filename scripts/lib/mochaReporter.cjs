// Mocha's output for a person and for scripts/test.mjs: one short line per file, failures in full, and a result file at the
// very end. A run that dies half way writes none, whatever its exit code says.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { reporters, Runner } = require('mocha');

const { EVENT_RUN_END, EVENT_SUITE_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } =
  Runner.constants;

module.exports = class LoupeReporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, skipped: [] };
    let perSuite = { passed: 0, failed: 0, skipped: 0, started: Date.now() };
    const isVerbose = process.env.LOUPE_TEST_VERBOSE === '1';

    runner.on(EVENT_TEST_PASS, (test) => {
      counts.passed++;
      perSuite.passed++;
      if (isVerbose) console.log(`    ok ${test.fullTitle()} (${test.duration} ms)`);
    });
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      counts.failed++;
      perSuite.failed++;
      console.log(`  FAILED ${test.fullTitle()}\n    ${String(error.message).split('\n')[0]}`);
    });
    runner.on(EVENT_TEST_PENDING, (test) => {
      let carrier = test;
      while (carrier !== undefined && carrier.skipReason === undefined) carrier = carrier.parent;
      const reason = carrier?.skipReason ?? 'no reason given';
      counts.skipped.push({ title: test.fullTitle(), reason });
      perSuite.skipped++;
      console.log(`  skipped ${test.fullTitle()}: ${reason}`);
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (!suite.parent?.root) return;
      const { passed, failed, skipped, started } = perSuite;
      const parts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`];
      console.log(`  ${suite.title}: ${parts.filter(Boolean).join(', ')} (${Date.now() - started} ms)`);
      perSuite = { passed: 0, failed: 0, skipped: 0, started: Date.now() };
    });
    runner.on(EVENT_RUN_END, () => {
      if (this.failures.length > 0) reporters.Base.list(this.failures);
      const file = process.env.LOUPE_TEST_RESULT;
      if (file === undefined) return;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, JSON.stringify(counts));
    });
  }
};
