import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until `look` answers with something, and returns that. Fails after `timeoutMs` milliseconds.
 * What has to be asked of somebody it asks less often the longer it has waited: each question to Temporal is work for the server
 * and for a worker. What this process knows by itself costs little.
 */
export async function waitFor<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const began = Date.now();
  const deadline = began + timeoutMs;
  let problem = '';
  let asks = false;
  do {
    try {
      const answer = look();
      asks = answer instanceof Promise;
      const found = await answer;
      if (found !== undefined && found !== false) return found;
      problem = '';
    } catch (error) {
      problem = `; last error: ${String(error)}`;
    }
    const waited = Date.now() - began;
    await sleep(asks ? Math.min(25 + waited / 6, 400) : Math.min(20 + waited / 10, 250));
  } while (Date.now() < deadline);
  throw new Error(`Waited ${timeoutMs / 1000} s for ${what}${problem}`);
}
