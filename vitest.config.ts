import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { canary } from './test/support/canary.ts';
import { closingLine } from './test/support/closing-line.ts';
import { SlowFirst } from './test/support/slow-first.ts';

/** Folders whose tests need neither a Temporal server nor a workflow bundle. */
const plain = [
  'families',
  'data-prep',
  'definition',
  'resources',
  'explore',
  'plan',
  'xdm',
  'runs',
  'aep',
  'activities',
  'emulator',
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    reporters: ['default', closingLine],
    pool: 'forks',
    // Files of a project share processes, and with them what they import: it is loaded once in each, not once per file.
    isolate: false,
    // Node runs our TypeScript as it is.
    experimental: { viteModuleRunner: false },
    setupFiles: 'test/support/after-file.ts',
    sequence: { sequencer: SlowFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than a small machine has processors: what most tests do most is wait.
    maxWorkers: 4,
    // A call that Temporal's client tries again from a timer finds its connection closed where a test has ended: processes live
    // on, and hear of it.
    onUnhandledError: ({ message }) => !/Channel has been shut down/.test(message),
    env: {
      // What one process has compiled is there for the next, and for the programs that tests start.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)),
      // To which an example and a page refer.
      SHOP_PASSWORD: `${canary} of the shop`,
      CRM_SECRET: `${canary} of the CRM`,
      LAKE_SECRET: `${canary} of the lake`,
    },
    projects: [
      { extends: true, test: { name: 'plain', include: plain } },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: ['test/**/*.test.ts'],
          // `npm run mutants` installs packages below test, some with tests of their own.
          exclude: [...plain, '**/node_modules/**'],
          globalSetup: 'test/global-setup.ts',
          // It takes the place of the list above.
          setupFiles: ['test/support/after-file.ts', 'test/support/promise-traces.ts'],
          testTimeout: 120_000,
          // Real servers, real time-outs, two processors: what fails once is tried once more, and told as (retry x1).
          retry: 1,
        },
      },
    ],
  },
});
