import type { Reporter } from 'vitest/reporters';
import { aroundCanaries, temporalServer } from './canary.ts';

/**
 * Ends a run with one plain line, for machines that read it. A file that could not run counts as a failure, and so does a secret
 * of the suite that its Temporal server was told: in histories, memos, search attributes.
 */
export const closingLine: Reporter = {
  async onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()].map((test) => test.result().state);
      for (const state of tests) if (state !== 'pending') count[state]++;
      if (module.state() === 'failed' && !tests.includes('failed')) count.failed++;
    }
    if (await tellSecrets()) {
      count.failed++;
      process.exitCode = 1;
    }
    const skipped = count.skipped ? `, ${count.skipped} skipped` : '';
    console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
  },
};

/** Whether Temporal was told any. */
async function tellSecrets(): Promise<boolean> {
  const { pid } = temporalServer;
  if (pid === undefined) return false;
  const around = await aroundCanaries(pid);
  if (!around) console.log('Whether Temporal was told a secret of the tests cannot be seen on this system.');
  for (const place of around ?? []) console.error(`Temporal was told a secret of the tests: …${place}…`);
  return around !== undefined && around.length > 0;
}
