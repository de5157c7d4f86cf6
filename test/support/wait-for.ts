import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until `look` answers with something, and returns that. Fails after `timeoutMs` milliseconds. */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let problem = '';
  do {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      problem = '';
    } catch (error) {
      problem = `; last error: ${String(error)}`;
    }
    await sleep(20);
  } while (Date.now() < deadline);
  throw new Error(`Waited ${timeoutMs / 1000} s for ${what}${problem}`);
}
