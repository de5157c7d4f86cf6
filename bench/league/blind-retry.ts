import { setTimeout as sleep } from 'node:timers/promises';
import { Rejected, RateLimited } from '../../src/aep/errors.ts';
import type { Kind, ResourceIds } from '../../src/resources/kinds.ts';
import { aepOf, contextOf, foundByHand, order, post, type StartContestant } from './contestant.ts';

const attempts = 6;
const firstPauseMs = 200;

/** A script whose HTTP client sends a request again when it failed: connection errors, time-outs, 429 and 5xx. */
export const blindRetry: StartContestant = async (emulator) => {
  return {
    name: 'blind retry',
    how: 'a script whose HTTP client repeats the whole POST after errors, time-outs, 429 and 5xx',
    async create(_input, definition) {
      const aep = aepOf(emulator);
      const ids: ResourceIds = {};
      let humanSteps = 0;
      const context = await contextOf(aep, definition);
      const retried = async (kind: Kind): Promise<string> => {
        for (let attempt = 1; ;) {
          try {
            return await post(aep, kind, definition, ids, context);
          } catch (error) {
            if (error instanceof Rejected || attempt === attempts) throw error;
            const asked = error instanceof RateLimited ? (error.retryAfterMs ?? 0) : 0;
            await sleep(Math.max(asked, firstPauseMs * 2 ** (attempt - 1)));
            // Told to wait, it waits as long as it takes.
            if (!(error instanceof RateLimited)) attempt += 1;
          }
        }
      };
      for (const kind of order) {
        try {
          ids[kind] = await retried(kind);
        } catch (error) {
          humanSteps += 1;
          ids[kind] = foundByHand(error);
        }
      }
      return { ids, surplus: [], humanSteps };
    },
    close: async () => undefined,
  };
};
