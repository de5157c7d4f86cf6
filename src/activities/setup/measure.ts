import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import type { Measured } from '../../setup-tried.ts';

/** How long anything is waited for. Milliseconds. */
const patienceMs = 60_000;
const lookEveryMs = 100;

/** Milliseconds until it is so; undefined where it is not within a minute. */
export async function waited(isSo: () => Promise<boolean>): Promise<number | undefined> {
  const begun = performance.now();
  for (;;) {
    if (await isSo()) return Math.round(performance.now() - begun);
    if (performance.now() - begun > patienceMs) return undefined;
    await sleep(lookEveryMs, undefined, { signal: cancellationSignal() });
  }
}

/** A guess that something takes no longer than a bound of the worker's. Milliseconds. */
export function within(guess: string, ms: number | undefined, bound: number): Measured {
  const held = ms !== undefined && ms <= bound;
  return { guess, found: `${after(ms)}; allowed are ${bound} ms`, held, ms: ms ?? patienceMs };
}

/** A guess that something is carried out at all, and how long that took. Milliseconds. */
export function lasting(guess: string, ms: number | undefined): Measured {
  return { guess, found: after(ms), held: ms !== undefined, ms: ms ?? patienceMs };
}

/** A guess that has nothing to do with time. */
export function said(guess: string, held: boolean, found: string): Measured {
  return { guess, found, held };
}

function after(ms: number | undefined): string {
  return ms === undefined ? `not within ${patienceMs / 1_000} s` : `after ${ms} ms`;
}
