import { resources } from '../../resources/index.ts';
import { CancellationScope } from '@temporalio/workflow';
import type {
  Bounds,
  CreateRequest,
  LookRequest,
  SettleRequest,
  UpdateRequest,
} from '../../activities/index.ts';
import type { Definition } from '../../definition/definition.ts';
import { durationMs } from '../../definition/duration.ts';
import { dataflowId } from '../../definition/identity.ts';
import { activityName, type Kind } from '../../resources/kinds.ts';
import { callsFor } from '../calls.ts';
import { thrownBy } from '../failures.ts';
import type { ProgressReport } from './progress.ts';

type Asked<Request> = Omit<Request, 'sandbox' | 'dataflow'>;

export type ResourceCalls = ReturnType<typeof resourceCalls>;

/** A create's calls about one resource each, in the cancellation scope of whoever makes them. The report says which are under way. */
export function resourceCalls(definition: Definition, bounds: Bounds, report: ProgressReport) {
  const common = { sandbox: definition.sandbox, ...giveUp(definition) };
  const ours = { ...common, dataflow: dataflowId(definition) };
  return {
    lookFor: (kind: Kind, sought: Asked<LookRequest>) =>
      report.during(activityName('lookFor', kind), callsFor(kind, bounds).lookFor({ ...sought, ...ours })),
    settle: (kind: Kind, sought: Asked<SettleRequest>) =>
      report.during(activityName('settle', kind), callsFor(kind, bounds).settle({ ...sought, ...ours })),
    /** @param serverMs how long the server has taken beside calls. Milliseconds. */
    create: (kind: Kind, request: Asked<CreateRequest>, serverMs: number) =>
      report.during(
        activityName('create', kind),
        callsFor(kind, bounds, serverMs).create({ ...request, ...ours }),
      ),
    read(kind: Kind, id: string, version?: number) {
      const request = { id, ...(version === undefined ? {} : { version }), ...common };
      return report.during(activityName('read', kind), callsFor(kind, bounds).read(request));
    },
    update: (kind: Kind, request: Asked<UpdateRequest>) =>
      report.during(activityName('update', kind), callsFor(kind, bounds).update({ ...request, ...common })),
    /** Deletes, whatever was cancelled. Returns why it could not be deleted, and nothing where it is gone. */
    async remove(kind: Kind, id: string): Promise<string | undefined> {
      if (resources[kind].undeletable) return resources[kind].undeletable;
      try {
        const remove = () => callsFor(kind, bounds).delete({ ...common, id });
        await report.during(activityName('delete', kind), CancellationScope.nonCancellable(remove));
        return undefined;
      } catch (error) {
        return thrownBy(error)?.message ?? String(error);
      }
    },
  };
}

/** After how long passing trouble ends a call, where the definition says so. */
export function giveUp({ giveUpAfter }: Pick<Definition, 'giveUpAfter'>): { giveUpAfterMs?: number } {
  const giveUpAfterMs = giveUpAfter === undefined ? undefined : durationMs(giveUpAfter);
  return giveUpAfterMs === undefined ? {} : { giveUpAfterMs };
}
