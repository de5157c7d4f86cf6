import { z } from 'zod';
import type { Call, Http, Request } from './http.ts';

/** Sandboxes come and go by hand. Milliseconds. */
const freshMs = 60_000;
/** The list only adds to what is known already: that it takes no sandbox is not worth a longer wait. Milliseconds. */
const longestMs = 3_000;

const request: Request = { method: 'GET', path: '/sandbox-management/', anySandbox: true };
const answer = z.object({ sandboxes: z.array(z.object({ name: z.string(), state: z.string().optional() })) });

/**
 * The names of the active sandboxes that this client may use.
 * @throws AepError
 */
export async function listSandboxes(send: Http['send'], call: Call): Promise<string[]> {
  const { sandboxes } = await send(call, request, answer);
  return sandboxes.filter(({ state = 'active' }) => state === 'active').map(({ name }) => name);
}

/** Asks for the names of the sandboxes that this client may use. Undefined where AEP does not say. */
export function createSandboxNames(send: Http['send']): (call: Call) => Promise<string[] | undefined> {
  let kept: { names: string[]; until: number } | undefined;
  return async ({ sandbox, signal }) => {
    if (kept && Date.now() < kept.until) return kept.names;
    try {
      const names = await listSandboxes(send, { sandbox, signal, timeoutMs: longestMs });
      kept = { names, until: Date.now() + freshMs };
      return names;
    } catch {
      return undefined;
    }
  };
}
