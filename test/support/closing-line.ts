import type { Reporter } from 'vitest/reporters';

/** Ends a run with one plain line, for machines that read it. A file that could not run counts as a failure. */
export const closingLine: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()].map((test) => test.result().state);
      for (const state of tests) if (state !== 'pending') count[state]++;
      if (module.state() === 'failed' && !tests.includes('failed')) count.failed++;
    }
    const skipped = count.skipped ? `, ${count.skipped} skipped` : '';
    console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
  },
};
