import { afterAll, expect } from 'vitest';
import { leaksInLog } from './canary.ts';
import { endWhatFileStarted } from './file-end.ts';

// Runs for each file, while the process and its modules live on for the next one.
afterAll(async () => {
  await endWhatFileStarted();
  expect(leaksInLog.splice(0), 'log lines that show a secret').toEqual([]);
});
