import { defineConfig } from 'vitest/config';
import { closingLine } from './test/support/closing-line.ts';

/** Folders whose tests need neither a Temporal server nor a workflow bundle. */
const plain = ['definition', 'resources', 'plan', 'xdm', 'runs', 'aep', 'activities', 'emulator'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    reporters: ['default', closingLine],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'plain', include: plain } },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: ['test/**/*.test.ts'],
          exclude: plain,
          globalSetup: 'test/global-setup.ts',
          testTimeout: 120_000,
        },
      },
    ],
  },
});
