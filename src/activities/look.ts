import { ApplicationFailure, activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Call } from '../aep/http.ts';
import { resources } from '../resources/index.ts';
import type { Kind } from '../resources/kinds.ts';
import { decide } from '../resources/decide.ts';
import type { JsonObject, Observed } from '../resources/resource.ts';
import { failure } from './failures.ts';
import type { Dependencies } from './index.ts';
import { servicesOf } from './services.ts';

export interface LookRequest {
  sandbox: string;
  /** The dataflow whose mark counts, as `<sandbox>/<name>`. */
  dataflow: string;
  /** The name the resource would have. */
  name: string;
  /** Ids that an earlier run left: they are read directly, for lists lag. */
  knownIds?: string[];
  /** What would be asked for, where AEP may have kept no name to know it by. */
  body?: JsonObject;
  giveUpAfterMs?: number;
}

export interface LookAgainRequest extends LookRequest {
  /** Milliseconds from the doubt until a resource that may have been created is sure to show. */
  settleMs: number;
  /** Milliseconds to wait after that before anything may be created. */
  pauseMs?: number;
}

/** What AEP showed, and the run that saw it. */
export interface Look {
  lookedIn: string;
  found: Observed[];
}

/** How many resources of our name that are not ours are worth telling about. */
const foreignToTell = 3;
/** When to look again after a doubt, as parts of the settle time: early finds make recovery fast, the last one makes it right. */
const looksAt = [0, 0.1, 0.35, 1];

export function lookOf(kind: Kind, dependencies: Dependencies) {
  return async (request: LookRequest): Promise<Look> => {
    try {
      return { lookedIn: runId(), found: await look(kind, dependencies, request) };
    } catch (error) {
      throw failure(error, request.giveUpAfterMs);
    }
  };
}

interface Waited {
  runId: string;
  looks: number;
}

/**
 * Looks again and again until the resource shows or the settle time is over. The time is counted in the pauses this
 * activity was granted, not by a clock; after a reset they are another run's, and count for nothing.
 */
export function lookAgainOf(kind: Kind, dependencies: Dependencies) {
  return async (request: LookAgainRequest): Promise<Look> => {
    const left = activityInfo().heartbeatDetails as Waited | undefined;
    const looks = left?.runId === runId() ? left.looks : 0;
    const times = [
      ...looksAt.map((part) => part * request.settleMs),
      ...(request.pauseMs ? [request.settleMs + request.pauseMs] : []),
    ];
    let found: Observed[];
    try {
      found = await look(kind, dependencies, request);
    } catch (error) {
      heartbeat({ runId: runId(), looks } satisfies Waited);
      throw failure(error, request.giveUpAfterMs);
    }
    const next = times[looks + 1];
    const shows = found.some((one) => kind === 'mappingSet' || one.mark?.dataflow === request.dataflow);
    if (shows || next === undefined) return { lookedIn: runId(), found };
    heartbeat({ runId: runId(), looks: looks + 1 } satisfies Waited);
    throw ApplicationFailure.create({
      type: 'NothingYet',
      message: `No ${kind} has shown yet: look ${looks + 1} of ${times.length}`,
      nextRetryDelay: next - times[looks]!,
      category: ApplicationFailureCategory.BENIGN,
    });
  };
}

/** Reads one resource by its id; null where AEP has none. */
export function readOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async (request: {
    sandbox: string;
    id: string;
    giveUpAfterMs?: number;
  }): Promise<Observed | null> => {
    try {
      const answer = await service.get(
        { sandbox: request.sandbox, signal: cancellationSignal() },
        request.id,
      );
      return answer ? resources[kind].observe(answer) : null;
    } catch (error) {
      throw failure(error, request.giveUpAfterMs);
    }
  };
}

async function look(kind: Kind, dependencies: Dependencies, request: LookRequest): Promise<Observed[]> {
  const service = servicesOf(dependencies.aep)[kind];
  const { observe } = resources[kind];
  const call: Call = { sandbox: request.sandbox, signal: cancellationSignal() };
  const read = async (id: string) => {
    const answer = await service.get(call, id);
    return answer ? [observe(answer)] : [];
  };
  const [known, listed] = await Promise.all([
    Promise.all((request.knownIds ?? []).map(read)),
    service.list(call, { name: request.name }).then((answers) => answers.map(observe)),
  ]);
  const ours = (one: Observed) => one.mark?.dataflow === request.dataflow;
  // A list still shows for a while what was just deleted, so what it says of ours is confirmed by id.
  const unconfirmed = listed.filter(ours).filter(({ id }) => !request.knownIds?.includes(id));
  const confirmed = await Promise.all(unconfirmed.map(({ id }) => read(id)));
  const found = [...known.flat(), ...confirmed.flat()];
  if (kind === 'mappingSet') return found.length > 0 ? found : nameless(listed, request);
  const foreign = listed.filter((one) => !ours(one)).slice(0, foreignToTell);
  return [...found, ...foreign.map(({ id, name }) => ({ id, ...(name ? { name } : {}), fields: {} }))];
}

/** Mapping sets may come back without their name. Then only a request of ours that went astray can have made an equal one. */
function nameless(listed: Observed[], { body, dataflow }: LookRequest): Observed[] {
  if (!body) return [];
  const decision = decide(
    'mappingSet',
    body,
    listed.filter(({ name }) => !name),
    { dataflow },
  );
  return decision.action === 'adopt' ? listed.filter(({ id }) => id === decision.id) : [];
}

function runId(): string {
  return activityInfo().workflowExecution!.runId;
}
