import { inTurns } from '../../src/activities/in-turns.ts';
import type { Aep } from '../../src/aep/aep.ts';
import { startProgress } from '../lib/progress.ts';
import { makeEnds, makeFlow } from '../../test/watch/make-flow.ts';

/** Makes hourly flows that share what they are made of; their runs are due evenly over the hour. Returns their ids. */
export async function makeFlows(aep: Aep, sandbox: string, count: number): Promise<string[]> {
  const ends = await makeEnds(aep, sandbox);
  return inBatches('flows', count, (index) => {
    const now = Date.now() + Math.floor((index / count) * 3_600) * 1_000;
    return makeFlow(aep, { sandbox, name: `Orders ${index}`, ends, now });
  });
}

/** Does something for each number below `count`, a few at a time, and says how far it is. */
export async function inBatches<T>(
  what: string,
  count: number,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const done: T[] = [];
  using _ = startProgress(what, count, () => done.length);
  for await (const [, answer] of inTurns([...Array(count).keys()], work)) done.push(answer);
  return done;
}
