import { defineConfig } from 'vitest/config';

/** As Stryker runs the tests of a room: each fault and file in a thread of its own, by Vite's own module runner. */
export default defineConfig({
  test: {
    setupFiles: 'test/mutants/setup.ts',
    // With shared modules Stryker would take what one file has loaded for what no test reaches.
    isolate: true,
    testTimeout: 60_000,
  },
});
