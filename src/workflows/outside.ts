import { uuid4 } from '@temporalio/workflow';
import type { Bounds } from '../activities/index.ts';
import type { Definition } from '../definition/definition.ts';
import { durationMs } from '../definition/duration.ts';
import { dataflowId } from '../definition/identity.ts';
import { callsFor } from './calls.ts';
import type { Outside } from './create-once.ts';
import { isDoubt } from './failures.ts';

/** The create-once protocol's outside, as Temporal gives it: activities, and the workflow's own clock and randomness. */
export function outsideOf(definition: Definition, bounds: Bounds): Outside {
  const common = { sandbox: definition.sandbox, ...giveUp(definition) };
  const dataflow = dataflowId(definition);
  return {
    look: (kind, sought) => callsFor(kind, bounds).lookFor({ ...sought, ...common, dataflow }),
    lookAgain: (kind, sought) => callsFor(kind, bounds).lookAgainFor({ ...sought, ...common, dataflow }),
    create: (kind, request) => callsFor(kind, bounds).create({ ...request, ...common }),
    isDoubt,
    newNonce: () => uuid4().slice(0, 8),
    now: () => Date.now(),
  };
}

/** After how long passing trouble ends a call, where the definition says so. */
export function giveUp({ giveUpAfter }: Pick<Definition, 'giveUpAfter'>): { giveUpAfterMs?: number } {
  const giveUpAfterMs = giveUpAfter === undefined ? undefined : durationMs(giveUpAfter);
  return giveUpAfterMs === undefined ? {} : { giveUpAfterMs };
}
