import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { Call } from '../aep/http.ts';
import { resources } from '../resources/index.ts';
import type { Kind } from '../resources/kinds.ts';
import { decide } from '../resources/decide.ts';
import type { JsonObject, Observed } from '../resources/resource.ts';
import { failure } from './failures.ts';
import type { Dependencies } from './dependencies.ts';
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

/** What AEP showed, and the run that saw it. */
export interface Look {
  lookedIn: string;
  found: Observed[];
}

/** How many resources of our name that are not ours are worth telling about. */
const foreignToTell = 3;
export function lookOf(kind: Kind, dependencies: Dependencies) {
  return async (request: LookRequest): Promise<Look> => {
    try {
      return { lookedIn: runId(), found: await look(kind, dependencies, request) };
    } catch (error) {
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

/** What AEP has of one kind for this dataflow: by the ids that earlier runs left and by name. */
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

/** Whether a resource of ours is among the found; of mapping sets only such are answered. */
export function shows(kind: Kind, found: Observed[], { dataflow }: LookRequest): boolean {
  return found.some(({ mark }) => kind === 'mappingSet' || mark?.dataflow === dataflow);
}

function runId(): string {
  return activityInfo().workflowExecution!.runId;
}
