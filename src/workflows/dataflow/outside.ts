import { resources } from '../../resources/index.ts';
import { CancellationScope, CancelledFailure, isCancellation, sleep, uuid4 } from '@temporalio/workflow';
import type { Bounds } from '../../activities/index.ts';
import type { Definition } from '../../definition/definition.ts';
import { durationMs } from '../../definition/duration.ts';
import { dataflowId } from '../../definition/identity.ts';
import { activityName } from '../../resources/kinds.ts';
import { callsFor, heartbeatTimeoutMs } from '../calls.ts';
import type { Outside } from './create-once.ts';
import { isDoubt, thrownBy } from '../failures.ts';
import type { ProgressReport } from './progress.ts';

/** The create-once protocol's outside, as Temporal gives it: activities in the current scope, and the workflow's own clock and randomness. */
export function outsideOf(definition: Definition, bounds: Bounds, report: ProgressReport): Outside {
  const common = { sandbox: definition.sandbox, ...giveUp(definition) };
  const dataflow = dataflowId(definition);
  const scope = CancellationScope.current();
  return {
    look: (kind, sought) =>
      report.during(
        activityName('lookFor', kind),
        callsFor(kind, bounds).lookFor({ ...sought, ...common, dataflow }),
      ),
    settle: (kind, sought) =>
      report.during(
        activityName('settle', kind),
        callsFor(kind, bounds).settle({ ...sought, ...common, dataflow }),
      ),
    read: (kind, id) =>
      report.during(activityName('read', kind), callsFor(kind, bounds).read({ id, ...common })),
    create: (kind, request) =>
      report.during(activityName('create', kind), callsFor(kind, bounds).create({ ...request, ...common })),
    settleOrCreate: (kind, request) =>
      report.during(
        activityName('settleOrCreate', kind),
        callsFor(kind, bounds).settleOrCreate({ ...request, ...common, dataflow }),
      ),
    async remove(kind, id) {
      if (resources[kind].undeletable) return resources[kind].undeletable;
      try {
        const remove = () => callsFor(kind, bounds).delete({ ...common, id });
        await report.during(activityName('delete', kind), CancellationScope.nonCancellable(remove));
        return undefined;
      } catch (error) {
        return thrownBy(error)?.message ?? String(error);
      }
    },
    beginNothingMore: () => scope.cancel(),
    mustGoOn() {
      if (scope.consideredCancelled) throw new CancelledFailure('The create was cancelled');
    },
    // A server that does not know time-outs by name tries again after one. A cancellation that comes before that attempt
    // says nothing of the one that was cut off: only what was cancelled sooner than that is sure to have sent nothing.
    isDoubt: (error, askedAt) =>
      isDoubt(error) || (isCancellation(error) && Date.now() - askedAt >= heartbeatTimeoutMs),
    isCancellation,
    newNonce: () => uuid4().slice(0, 8),
    now: () => Date.now(),
    sleepUntil: (time) => sleep(Math.max(1, time - Date.now()), { summary: 'Until late requests must show' }),
  };
}

/** After how long passing trouble ends a call, where the definition says so. */
export function giveUp({ giveUpAfter }: Pick<Definition, 'giveUpAfter'>): { giveUpAfterMs?: number } {
  const giveUpAfterMs = giveUpAfter === undefined ? undefined : durationMs(giveUpAfter);
  return giveUpAfterMs === undefined ? {} : { giveUpAfterMs };
}
