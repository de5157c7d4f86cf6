import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimited, TitleTaken } from '../../src/aep/errors.ts';
import type { Kind, ResourceIds } from '../../src/resources/kinds.ts';
import { aepOf, contextOf, foundByHand, order, post, type StartContestant } from './contestant.ts';

const applies = 10;
const pauseMs = 200;

/** As infrastructure tools do: each id goes into a state file when its reply is there, and the next apply goes on from it. */
export const stateFile: StartContestant = async (emulator) => {
  return {
    name: 'state file',
    how: 'each id saved once its reply is there; a failed apply is applied again and goes on from the state',
    async create(_input, definition) {
      const aep = aepOf(emulator);
      const state: ResourceIds = {};
      let humanSteps = 0;
      const patient = async (kind: Kind, context: Awaited<ReturnType<typeof contextOf>>): Promise<string> => {
        for (;;) {
          try {
            return await post(aep, kind, definition, state, context);
          } catch (error) {
            // The one answer after which providers repeat a create.
            if (!(error instanceof RateLimited)) throw error;
            await sleep(error.retryAfterMs ?? pauseMs);
          }
        }
      };
      const apply = async (): Promise<void> => {
        const context = await contextOf(aep, definition);
        for (const kind of order) state[kind] ??= await patient(kind, context);
      };
      for (let left = applies; ; left--) {
        try {
          await apply();
          return { ids: state, surplus: [], humanSteps };
        } catch (error) {
          if (left === 0) throw error;
          if (error instanceof TitleTaken) {
            // `import`, by hand, of what exists and is not in the state.
            humanSteps += 1;
            state.schema = foundByHand(error);
          }
          await sleep(pauseMs);
        }
      }
    },
    close: async () => undefined,
  };
};
