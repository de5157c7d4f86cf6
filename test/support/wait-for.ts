import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until `look` answers with something, and returns that. Fails after `timeoutMs` milliseconds.
 * A look that returns a promise asks somebody, and is taken less often the longer this has waited: each question to Temporal is
 * work for the server and for a worker. What this process knows by itself costs little. A look that throws is taken again (on a
 * stage, `until` does not).
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
