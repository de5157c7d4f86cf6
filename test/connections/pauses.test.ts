import { expect, test } from 'vitest';
import { nextPauseMs } from '../../src/workflows/connection/pauses.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;
/** A round has some 20 events, of the 51,200 at which Temporal ends a workflow. */
const mostRounds = 500;

test('an AEP that answers no create for a year is asked so seldom that the history stays small, and each half hour at first', () => {
  let rounds = 0;
  let pause = 1_000;
  for (let waited = 0; waited < year; rounds += 1) {
    waited += pause;
    pause = nextPauseMs(pause, waited);
    if (waited < 5 * hour) expect(pause).toBeLessThanOrEqual(hour / 2);
    expect(pause).toBeLessThanOrEqual(Math.max(hour / 2, waited / 10 + 1));
  }
  expect(rounds).toBeLessThan(mostRounds);
});
