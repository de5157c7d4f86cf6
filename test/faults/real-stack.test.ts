import { expect, it } from 'vitest';
import { tallyOnRealStack } from '../../bench/faults/real-stack.ts';

it('while AEP, workers and the Temporal server fail at random, each dataflow ends with exactly one of each', async () => {
  const { tally, wrong } = await tallyOnRealStack({ from: 1, seeds: 10, atOnce: 10, harassEveryMs: 4_000 });
  expect(wrong).toEqual([]);
  expect(tally).toMatchObject({ dataflows: 10, duplicates: 0, orphans: 0, humanSteps: 0 });
  expect(tally.faults).toBeGreaterThan(10);
});
