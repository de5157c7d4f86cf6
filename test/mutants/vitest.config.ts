import { defineConfig } from 'vitest/config';

/** As Stryker runs the tests of a room: each fault and file in a thread of its own, by Vite's own module runner. */
export default defineConfig({
  test: {
    setupFiles: 'test/mutants/setup.ts',
    // How long something takes, beside other work, says nothing of a fault.
    exclude: ['**/large.test.ts'],
    // With shared modules Stryker would take what one file has loaded for what no test reaches.
    isolate: true,
    // A busy machine runs the slowest property in a minute, and one test that fails at first ends it all.
    testTimeout: 300_000,
  },
});
