import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import { Rejected } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import { resources } from '../../resources/index.ts';
import type { Kind, ResourceIds } from '../../resources/kinds.ts';
import { replacementBody } from '../../resources/mapping-set.ts';
import type { Mark } from '../../resources/mark.ts';
import type { JsonObject } from '../../resources/resource.ts';
import type { Bounds, Measured, Tried } from '../../setup-tried.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { etagOf, isBusy } from '../flow-actions.ts';
import { servicesOf } from '../services.ts';

export interface TryPartsRequest {
  sandbox: string;
  /** Names and marks what is made: whatever a try leaves behind is found by it. */
  nonce: string;
}

export interface TryFlowRequest {
  sandbox: string;
  flowId: string;
}

interface Made {
  kind: Kind;
  id: string;
  name: string;
}

/** How long anything is waited for. Milliseconds. */
const patienceMs = 60_000;
const lookEveryMs = 100;
const timeoutMs = 20_000;

/** In the order in which each can refer to those before it. */
const parts = ['schema', 'dataset', 'targetConnection'] as const satisfies Kind[];

/**
 * Tries out in a real sandbox what no document of AEP's says. Never tried again: what is made twice would be measured
 * twice.
 */
export function createTryActivities({ aep, lateCommitMs, listLagMs }: Dependencies) {
  const services = servicesOf(aep);
  const bounds = { lateCommitMs, listLagMs };
  const tried = async <Answer>(sandbox: string, work: (call: Call) => Promise<Answer>): Promise<Answer> => {
    try {
      return await beating(() => work({ sandbox, signal: cancellationSignal(), timeoutMs }));
    } catch (error) {
      throw failure(error, 0);
    }
  };

  /** Makes one. What it refers to was made just now, and may not be there yet as far as this service knows. */
  async function make(call: Call, kind: Kind, definition: Definition, ids: ResourceIds, mark: Mark) {
    const { name: nameOf, body, marked, title } = resources[kind];
    const asked = marked(body(definition, ids), mark);
    const refers = Object.keys(ids).length > 0;
    let id = '';
    const ms = await waited(async () => {
      try {
        ({ id } = await services[kind].create(call, asked));
        return true;
      } catch (error) {
        if (error instanceof Rejected && refers) return false;
        throw error;
      }
    });
    if (id === '') throw new Error(`AEP makes no ${title} that refers to ${JSON.stringify(ids)}`);
    const measured = refers
      ? [late(`what was made can be referred to by a ${title.toLowerCase()}`, ms, lateCommitMs)]
      : [];
    return { kind, id, name: nameOf(definition), measured };
  }

  /** When what was made just now can be read, and is listed. */
  function seen(call: Call, { kind, id, name }: Made): Promise<Measured>[] {
    const title = resources[kind].title.toLowerCase();
    return [
      waited(async () => (await services[kind].get(call, id)) !== undefined).then((ms) =>
        late(`what was made can be read: a ${title}`, ms, lateCommitMs),
      ),
      waited(() => isListed(call, kind, name, id)).then((ms) =>
        late(`lists show what was made: a ${title}`, ms, listLagMs),
      ),
    ];
  }

  async function isListed(call: Call, kind: Kind, name: string, id: string): Promise<boolean> {
    return (await services[kind].list(call, { name })).some((one) => [one['id'], one['$id']].includes(id));
  }

  return {
    /** Makes a schema, a dataset, a target connection and a mapping set, and deletes what AEP can delete of them. */
    tryParts: ({ sandbox, nonce }: TryPartsRequest): Promise<Tried & { bounds: Bounds }> =>
      tried(sandbox, async (call) => {
        const definition = throwaway(sandbox, nonce);
        const mark = { dataflow: dataflowId(definition), nonce };
        const ids: ResourceIds = {};
        const measured: Measured[] = [];
        const made: Made[] = [];
        const looks: Promise<Measured>[] = [];
        const left: string[] = [];
        try {
          for (const kind of parts) {
            const one = await make(call, kind, definition, ids, mark);
            ids[kind] = one.id;
            made.push(one);
            measured.push(...one.measured);
            looks.push(...seen(call, one));
          }
          const set = await tryMappingSet(call, definition, ids, mark);
          measured.push(...(await Promise.all(looks)), ...set.measured);
          left.push(`${resources.mappingSet.title} ${set.id}: AEP cannot delete mapping sets`);
        } finally {
          await Promise.allSettled(looks);
          for (const { kind, id, name } of made.toReversed()) {
            const { title } = resources[kind];
            const isGone = await services[kind].remove!(call, id).catch(() => undefined);
            if (isGone === undefined) left.push(`${title} ${id}`);
            else {
              const unlisted = await waited(async () => !(await isListed(call, kind, name, id)));
              measured.push(
                late(`lists show no more what was deleted: a ${title.toLowerCase()}`, unlisted, listLagMs),
              );
            }
          }
        }
        return { measured, left, bounds };
      }),

    /** Changes a flow, disables and enables it. */
    tryFlow: ({ sandbox, flowId }: TryFlowRequest): Promise<Measured[]> =>
      tried(sandbox, async (call) => {
        const { flows, setFlowState } = aep.flowService;
        const read = async (): Promise<JsonObject> => {
          const flow = await flows.get(call, flowId);
          if (!flow) throw new Error(`AEP has no flow ${flowId}`);
          return flow;
        };
        const settled = (is: (flow: JsonObject) => boolean) =>
          waited(async () => {
            const flow = await read();
            return !isBusy(flow) && is(flow);
          });
        const before = await read();
        const name = `${String(before['name'])}, tried`;
        await flows.patch(call, flowId, [{ op: 'replace', path: '/name', value: name }], etagOf(before));
        const patched = await settled((flow) => flow['name'] === name);
        const etag = etagOf(await read());
        const measured = [
          lasting('a PATCH of a flow is carried out', patched),
          said('a PATCH moves the etag of a flow', etag !== etagOf(before), `${etagOf(before)} → ${etag}`),
        ];
        for (const action of ['disable', 'enable'] as const) {
          await setFlowState(call, flowId, action, etagOf(await read()));
          const ms = await settled((flow) => flow['state'] === `${action}d`);
          measured.push(lasting(`the action ${action} of a flow is carried out`, ms));
        }
        return measured;
      }),
  };

  async function tryMappingSet(call: Call, definition: Definition, ids: ResourceIds, mark: Mark) {
    const { mappingSets } = aep.dataPrep;
    const { body, marked } = resources.mappingSet;
    const asked = marked(body(definition, ids), mark);
    const { id } = await mappingSets.create(call, asked);
    const first = (await mappingSets.getNewest(call, id)) ?? {};
    const { version } = await mappingSets.put(call, id, replacementBody(asked, first));
    const shown = (await mappingSets.get(call, id))?.['version'];
    const measured = [
      said('a mapping set keeps its name', first['name'] === asked['name'], `it is ${String(first['name'])}`),
      said(
        'a PUT of a mapping set makes its next version',
        version === Number(first['version']) + 1,
        `${String(first['version'])} → ${version}`,
      ),
      said(
        'a mapping set is shown in its newest version where none is asked for',
        Number(shown) === version,
        `version ${String(shown)} of ${version}`,
      ),
    ];
    return { id, measured };
  }
}

/** A definition of nothing that could load: only its parts are made. */
function throwaway(sandbox: string, nonce: string): Definition {
  const name = `aep-dataflows-try-${nonce}`;
  return {
    name,
    sandbox,
    source: { connector: 'google-bigquery', baseConnectionId: '', tableName: '' },
    schema: { title: name, class: 'https://ns.adobe.com/xdm/context/profile', fieldGroups: [] },
    dataset: { name },
    mapping: [{ source: 'id', destination: '_id' }],
    schedule: { frequency: 'once' },
  } as unknown as Definition;
}

/** Milliseconds until it is so; undefined where it is not within a minute. */
async function waited(isSo: () => Promise<boolean>): Promise<number | undefined> {
  const begun = performance.now();
  for (;;) {
    if (await isSo()) return Math.round(performance.now() - begun);
    if (performance.now() - begun > patienceMs) return undefined;
    await sleep(lookEveryMs, undefined, { signal: cancellationSignal() });
  }
}

function late(guess: string, ms: number | undefined, bound: number): Measured {
  const held = ms !== undefined && ms <= bound;
  return { guess, found: `${after(ms)}; allowed are ${bound} ms`, held, ms: ms ?? patienceMs };
}

function lasting(guess: string, ms: number | undefined): Measured {
  return { guess, found: after(ms), held: ms !== undefined, ms: ms ?? patienceMs };
}

function said(guess: string, held: boolean, found: string): Measured {
  return { guess, found, held };
}

function after(ms: number | undefined): string {
  return ms === undefined ? `not within ${patienceMs / 1_000} s` : `after ${ms} ms`;
}
