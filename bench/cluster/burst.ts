import type { Child } from '../../dev/child.ts';
import { inTurns } from '../../src/activities/in-turns.ts';
import { doubtsOf } from '../../test/support/doubts.ts';
import { newDefinition } from '../lib/definitions.ts';
import type { Crew } from './crew.ts';

/** What many creates that begin at the same moment came to. */
export interface Burst {
  /** Until the last was done. */
  seconds: number;
  /** Dataflows of which nobody knew for a while whether something was made, though nobody was hit. */
  inDoubt: number;
  /** Flows beside one for each. */
  duplicates: number;
}

/** @throws where a worker ends by itself: nobody would go on with its creates. */
export async function burst({ client, dataflows, emulator, workers }: Crew, creates: number): Promise<Burst> {
  const before = (await emulator.resources('flows')).length;
  const startedAt = performance.now();
  const handles = await Promise.all(
    Array.from({ length: creates }, () => dataflows.start(newDefinition('newer'))),
  );
  await Promise.race([Promise.all(handles.map((handle) => handle.result())), ...workers.map(failedWith)]);
  const seconds = (performance.now() - startedAt) / 1000;
  let inDoubt = 0;
  for await (const [, doubts] of inTurns(handles, (handle) => doubtsOf(client, handle)))
    if (doubts.length > 0) inDoubt += 1;
  const made = (await emulator.resources('flows')).length - before;
  return { seconds, inDoubt, duplicates: made - creates };
}

async function failedWith({ ended, lastOutput }: Child): Promise<never> {
  throw new Error(`A worker ${await ended}.\n${lastOutput()}`);
}
