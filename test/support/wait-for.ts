import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until `look` answers with something, and returns that. Fails after `timeoutMs` milliseconds.
 * It asks less often the longer it has waited: each question to Temporal is work for the server and for a worker.
 */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const began = Date.now();
  const deadline = began + timeoutMs;
  let problem = '';
  do {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      problem = '';
    } catch (error) {
      problem = `; last error: ${String(error)}`;
    }
    await sleep(Math.min(20 + (Date.now() - began) / 10, 250));
  } while (Date.now() < deadline);
  throw new Error(`Waited ${timeoutMs / 1000} s for ${what}${problem}`);
}
