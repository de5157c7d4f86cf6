import { setTimeout as sleep } from 'node:timers/promises';
import type { Pace } from '../client.ts';

/** How many calls may be made. */
export interface Allowance {
  /** A second, on the average. */
  perSecond: number;
  /** Right after each other, where none was made for a while. */
  atOnce: number;
}

/** Spaces calls: each waits until it may be made, in the order in which they came. */
export function paceOf({ perSecond, atOnce }: Allowance, now: () => number = Date.now): Pace {
  const intervalMs = 1_000 / perSecond;
  let usedUpTo = 0;
  return async () => {
    usedUpTo = Math.max(usedUpTo, now()) + intervalMs;
    const waitMs = usedUpTo - now() - atOnce * intervalMs;
    if (waitMs > 0) await sleep(waitMs);
  };
}
