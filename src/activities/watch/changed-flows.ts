import type { Aep, Call } from '../../aep/aep.ts';
import { Rejected, Unauthorized } from '../../aep/errors.ts';
import { resources } from '../../resources/index.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { objectOf, textOf, timeOf } from '../../runs/raw.ts';
import type { WatcherWake } from './signal-watchers.ts';

/** What a look at the flows of a sandbox has brought. */
export interface ChangedFlows {
  /** The watchers that should look at their flow, each once for the same reason. */
  wakes: WatcherWake[];
  /** The latest operation of a flow that was seen. Epoch milliseconds of AEP's clock; 0 where there was none. */
  until: number;
}

/** AEP's lists may show an operation a little later than others that ended with it. Milliseconds. */
const overlapMs = 2 * 60_000;
/** How far back the first look of a follower goes: another may have been terminated some while ago. Milliseconds. */
const firstOverlapMs = 30 * 60_000;
/** Target connections that are read one by one; of more all are listed. */
const fewTargets = 20;

/**
 * Finds by one list of flows and one of datasets what somebody has changed in a sandbox, so that not each watcher has to ask.
 * One per worker: it remembers what it has found before, and which dataset flows load into, which they keep for good. It need
 * not be exact, as a watcher that is woken looks for itself.
 */
export function createChangedFlows({ flowService, catalog }: Pick<Aep, 'flowService' | 'catalog'>) {
  /** By sandbox: target connection → dataset. */
  const datasetsOf = new Map<string, Map<string, string>>();
  /** By sandbox: flow → why its watcher was woken. */
  const woken = new Map<string, Map<string, string>>();

  async function learnTargets(call: Call, ids: readonly string[]): Promise<Map<string, string>> {
    const known = datasetsOf.get(call.sandbox) ?? new Map<string, string>();
    datasetsOf.set(call.sandbox, known);
    const unknown = [...new Set(ids)].filter((id) => !known.has(id));
    const { targetConnections } = flowService;
    const learn = (id: string, answer: JsonObject | undefined) => {
      const { targetConnection: kind } = resources;
      known.set(id, (answer && kind.refersTo(kind.observe(answer)).dataset) ?? '');
    };
    if (unknown.length <= fewTargets)
      for (const id of unknown) learn(id, await targetConnections.get(call, id));
    else for (const one of await targetConnections.list(call)) learn(String(one['id']), one);
    return known;
  }

  /** Undefined where these credentials may not list them: flows are looked at all the same. */
  async function datasetIds(call: Call): Promise<Set<string> | undefined> {
    try {
      return await catalog.datasetIds(call);
    } catch (error) {
      if (error instanceof Rejected || error instanceof Unauthorized) return undefined;
      throw error;
    }
  }

  return {
    /** What was found may not have reached everybody: it is found again. */
    forget(sandbox: string): void {
      woken.delete(sandbox);
    },

    /** @param until the latest operation that an earlier look has seen. Absent: there was none. */
    async find(call: Call, until: number | undefined): Promise<ChangedFlows> {
      const flows: Seen[] = [];
      for await (const page of flowService.flowPages(call)) flows.push(...page.map(seen));
      const newest = flows.reduce((latest, { at }) => Math.max(latest, at), 0);
      const since = until === undefined ? newest - firstOverlapMs : until - overlapMs;
      const targets = await learnTargets(
        call,
        flows.flatMap(({ target }) => target || []),
      );
      const datasets = flows.length > 0 ? await datasetIds(call) : undefined;
      const before = woken.get(call.sandbox);
      const found = new Map<string, string>();
      const wakes: WatcherWake[] = [];
      for (const { id, at, isMade, target } of flows) {
        const dataset = targets.get(target);
        const lacks = dataset && datasets?.has(dataset) === false ? dataset : '';
        const isChanged = !isMade && at >= since;
        if (!isChanged && !lacks) continue;
        const why = `${isChanged ? at : ''} ${lacks}`;
        found.set(id, why);
        if (before?.get(id) === why) continue;
        wakes.push({ flowId: id, wake: { flow: true, ...(lacks ? { parts: true } : {}) } });
      }
      woken.set(call.sandbox, found);
      return { wakes, until: Math.max(newest, until ?? 0) };
    },
  };
}

interface Seen {
  id: string;
  /** Its latest operation began or ended. Epoch milliseconds. */
  at: number;
  /** That was its create. */
  isMade: boolean;
  target: string;
}

function seen(flow: JsonObject): Seen {
  const { operation, started, updated } = objectOf(flow['lastOperation']);
  const { targetConnection = '' } = resources.flow.refersTo(resources.flow.observe(flow));
  return {
    id: String(flow['id']),
    at: Math.max(timeOf(started) ?? 0, timeOf(updated) ?? 0),
    isMade: textOf(operation).endsWith('create'),
    target: targetConnection,
  };
}
