import { ApplicationFailure, activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Call } from '../../aep/http.ts';
import { resources, titleOf } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import { decide } from '../../resources/decide.ts';
import { formatMark } from '../../resources/mark.ts';
import type { JsonObject, Observed } from '../../resources/resource.ts';
import { failure } from '../aep-failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { beating, spentSince } from '../attempt.ts';
import { lastWord, leave } from '../memory.ts';
import { servicesOf } from '../services.ts';

export interface LookRequest {
  sandbox: string;
  /** The dataflow whose mark counts, as `<sandbox>/<name>`. */
  dataflow: string;
  /** The name the resource would have. */
  name: string;
  /** Ids that an earlier run left: they are read directly, for lists lag. */
  knownIds?: string[];
  /** What was there before the request that is in doubt, and so is no answer to it. */
  stays?: string[];
  /** What would be asked for, where AEP may have kept no name to know it by. */
  body?: JsonObject;
  /** The nonces of what requests may have made, for the kind whose name ends in one. */
  nonces?: string[];
  /** Epoch milliseconds: what is sought was made after this, if at all. Absent: only just now. */
  since?: number;
  giveUpAfterMs?: number;
}

/** What AEP showed, and the run that saw it. */
export interface Look {
  lookedIn: string;
  found: Observed[];
  /** The settle time is over: what a request of before then made, and does not show, will not. */
  isOver?: true;
  /** How long the look itself has taken: what the workflow waited beyond that, it waited for the server. Milliseconds. */
  spentMs?: number;
}

/** How many resources of our name that are not ours are worth telling about. */
const foreignToTell = 3;
/** By how much AEP's clock and Temporal's may differ. Milliseconds. */
const clocksApartMs = 3_600_000;

export function lookOf(kind: Kind, dependencies: Dependencies) {
  return async (request: LookRequest): Promise<Look> => {
    const beganAt = Date.now();
    try {
      const found = await beating(() => look(kind, dependencies, request));
      return { lookedIn: runId(), found, spentMs: spentSince(beganAt) };
    } catch (error) {
      // An attempt without a word is taken for one of a worker that has died: the next would ask the server for more time.
      leave(lastWord().memory);
      throw failure(error, request.giveUpAfterMs);
    }
  };
}

/** Reads one resource by its id; null where AEP has none. */
export function readOf(kind: Kind, dependencies: Dependencies) {
  const service = servicesOf(dependencies.aep)[kind];
  return async (request: {
    sandbox: string;
    id: string;
    /** Of a mapping set: which of its versions. Absent: whichever AEP shows. */
    version?: number;
    giveUpAfterMs?: number;
  }): Promise<Observed | null> => {
    try {
      const call = { sandbox: request.sandbox, signal: cancellationSignal() };
      const answer = await beating(() => service.get(call, request.id, request.version));
      return answer ? resources[kind].observe(answer) : null;
    } catch (error) {
      throw failure(error, request.giveUpAfterMs);
    }
  };
}

/**
 * What AEP has of one kind that is this dataflow's by its mark, or was by an id that an earlier run left, each as it is
 * read by its id; and a few of its name that are not, with nothing but id and name. Of mapping sets only the first sort,
 * or else the one without a name that is equal.
 */
export async function look(
  kind: Kind,
  dependencies: Dependencies,
  request: LookRequest,
): Promise<Observed[]> {
  const service = servicesOf(dependencies.aep)[kind];
  const { observe } = resources[kind];
  const call: Call = { sandbox: request.sandbox, signal: cancellationSignal() };
  const read = async (id: string) => {
    const answer = await service.get(call, id);
    return answer ? [observe(answer)] : [];
  };
  const { name, dataflow, knownIds = [], nonces = [], since } = request;
  const reads = Promise.all(knownIds.map(read));
  const list = async () => {
    const namesInFull = nonces.map((nonce) => formatMark({ dataflow, nonce }));
    if (since === undefined || (await reads).flat().length > 0)
      return service.list(call, { name, namesInFull });
    return service.list(call, { name, namesInFull, since: since - clocksApartMs });
  };
  const [known, answers] = await Promise.all([reads, list()]);
  const listed = answers.map(observe);
  const ours = (one: Observed) => one.mark?.dataflow === dataflow;
  // A list still shows for a while what was just deleted, so what it says of ours is confirmed by id.
  const unconfirmed = listed.filter(ours).filter(({ id }) => !knownIds.includes(id));
  const confirmed = await Promise.all(unconfirmed.map(({ id }) => read(id)));
  const found = [...known.flat(), ...confirmed.flat()];
  const unread = listed.find((one) => ours(one) && !found.some(({ id }) => id === one.id));
  if (unread && isYoung(unread, dependencies)) throw notReadableYet(kind, unread, dependencies);
  if (kind === 'mappingSet') return found.some(({ mark }) => mark) ? found : nameless(listed, found, request);
  const foreign = listed.filter((one) => !ours(one)).slice(0, foreignToTell);
  return [...found, ...foreign.map(({ id, name }) => ({ id, ...(name ? { name } : {}), fields: {} }))];
}

/** By AEP's clock. */
function isYoung({ createdAt }: Observed, { aep, listLagMs }: Dependencies): boolean {
  return createdAt !== undefined && Math.abs(aep.now() - createdAt) < listLagMs;
}

/** What a list shows and nobody can read was deleted, or made just now: to tell, it has to be older. */
function notReadableYet(kind: Kind, { id }: Observed, { listLagMs }: Dependencies): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'NotReadableYet',
    message: `A list shows the ${titleOf(kind)} ${id}, which cannot be read yet`,
    nextRetryDelay: listLagMs / 4 + 100,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/**
 * Mapping sets may come back without their name. Then only a request of ours that went astray can have made an equal one,
 * beside those that earlier runs knew.
 */
function nameless(listed: Observed[], known: Observed[], { body, dataflow }: LookRequest): Observed[] {
  if (!body) return known;
  const unknown = listed.filter(({ id, name }) => !name && !known.some((one) => one.id === id));
  const decision = decide('mappingSet', body, unknown, { dataflow });
  return [...known, ...unknown.filter(({ id }) => decision.action === 'adopt' && id === decision.id)];
}

/** Whether a resource of ours is among the found that was not there before; of mapping sets only ours are answered. */
export function shows(kind: Kind, found: Observed[], { dataflow, stays = [] }: LookRequest): boolean {
  return found.some(
    ({ id, mark }) => !stays.includes(id) && (kind === 'mappingSet' || mark?.dataflow === dataflow),
  );
}

function runId(): string {
  return activityInfo().workflowExecution!.runId;
}
