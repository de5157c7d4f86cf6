import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child.ts';

const pauseMs = 20;

/**
 * Asks `isReady` until it answers true. An error of its counts as "not yet".
 * Throws when the child ends before, or after `timeoutMs` milliseconds; the message has what the child printed last.
 */
export async function untilReady(
  title: string,
  child: Child,
  timeoutMs: number,
  isReady: () => Promise<boolean>,
): Promise<void> {
  let lastError = '';
  const ready = async () => {
    for (;;) {
      const answer = await isReady().catch((error: unknown) => {
        lastError = `\nLast error: ${String(error)}`;
        return false;
      });
      if (answer || over) return undefined;
      await sleep(pauseMs);
    }
  };
  let over = false;
  const tooLate = new AbortController();
  const late = sleep(timeoutMs, `was not ready after ${timeoutMs / 1000} s`, { signal: tooLate.signal });
  try {
    const problem = await Promise.race([ready(), child.ended, late]);
    if (problem !== undefined) throw new Error(`${title} ${problem}.${lastError}\n${child.lastOutput()}`);
  } finally {
    over = true;
    late.catch(() => undefined);
    tooLate.abort();
  }
}
