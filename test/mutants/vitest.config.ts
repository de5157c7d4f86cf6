import { defineConfig } from 'vitest/config';

/** The tests of pure rooms as Stryker runs them: with Vite's own module runner, and a worker for each file and mutant. */
export default defineConfig({ test: { testTimeout: 60_000 } });
