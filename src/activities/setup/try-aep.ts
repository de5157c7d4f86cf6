import { cancellationSignal } from '@temporalio/activity';
import { AepError, Rejected } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import { resources } from '../../resources/index.ts';
import type { Kind, ResourceIds } from '../../resources/kinds.ts';
import { replacementBody } from '../../resources/mapping-set.ts';
import type { Mark } from '../../resources/mark.ts';
import type { Bounds, Measured, Tried } from '../../setup-tried.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { servicesOf } from '../services.ts';
import { said, waited, within } from './measure.ts';
import { tryFlow, tryRuns, type TryFlowRequest } from './try-flow.ts';

export interface TryPartsRequest {
  sandbox: string;
  /** What the dataflow would be called whose parts are made: whatever a try leaves behind is found by it. */
  name: string;
  nonce: string;
}

interface Made {
  kind: Kind;
  id: string;
  name: string;
}

/** For one call. Longer than a worker allows one, so that it shows. Milliseconds. */
const timeoutMs = 20_000;

/** A request that is cut off before this may not have been sent at all. Milliseconds. */
const leastCutMs = 30;

/** In the order in which each can refer to those before it. */
const parts = ['schema', 'dataset', 'targetConnection'] as const satisfies Kind[];

/**
 * Tries out in a real sandbox what no document of AEP's says. Never tried again: what is made twice would be measured
 * twice.
 */
export function createTryActivities({ aep, httpTimeoutMs, lateCommitMs, listLagMs }: Dependencies) {
  const services = servicesOf(aep);
  const bounds = { httpTimeoutMs, lateCommitMs, listLagMs };
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
    let sentAt = 0;
    const ms = await waited(async () => {
      sentAt = performance.now();
      try {
        ({ id } = await services[kind].create(call, asked));
        return true;
      } catch (error) {
        if (error instanceof Rejected && refers) return false;
        throw error;
      }
    });
    const answeredMs = Math.round(performance.now() - sentAt);
    if (id === '') throw new Error(`AEP makes no ${title} that refers to ${JSON.stringify(ids)}`);
    const called = title.toLowerCase();
    const measured = [within(`a create is answered: a ${called}`, answeredMs, httpTimeoutMs)];
    if (refers) measured.push(within(`what was made can be referred to by a ${called}`, ms, lateCommitMs));
    return { kind, id, name: nameOf(definition), measured, answeredMs };
  }

  /** A create whose answer nobody waits for: when it takes effect, if it does. */
  async function cutOff(call: Call, definition: Definition, ids: ResourceIds, mark: Mark, cutMs: number) {
    const { name: nameOf, body, marked } = resources.targetConnection;
    const name = nameOf(definition);
    const guess = 'what was made by a request that was cut off shows in lists';
    const create = services.targetConnection.create(
      { ...call, timeoutMs: cutMs },
      marked(body(definition, ids), mark),
    );
    const answer = await create.catch((error: unknown) => {
      if (error instanceof AepError && error.created === 'unknown') return undefined;
      throw error;
    });
    if (answer)
      return { id: answer.id, name, measured: said(guess, true, `it was answered before ${cutMs} ms`) };
    let id: string | undefined;
    const ms = await waited(async () => {
      const [found] = await services.targetConnection.list(call, { name });
      id = found?.['id'] as string | undefined;
      return id !== undefined;
    });
    const measured =
      ms === undefined
        ? said(guess, true, `cut off after ${cutMs} ms; it has not taken effect within a minute`)
        : within(guess, ms, lateCommitMs + listLagMs);
    return { id, name, measured };
  }

  /** When what was made just now can be read, and is listed. */
  function seen(call: Call, { kind, id, name }: Made): Promise<Measured>[] {
    const title = resources[kind].title.toLowerCase();
    return [
      waited(async () => (await services[kind].get(call, id)) !== undefined).then((ms) =>
        within(`what was made can be read: a ${title}`, ms, lateCommitMs),
      ),
      waited(() => isListed(call, kind, name, id)).then((ms) =>
        within(`lists show what was made: a ${title}`, ms, listLagMs),
      ),
    ];
  }

  async function isListed(call: Call, kind: Kind, name: string, id: string): Promise<boolean> {
    return (await services[kind].list(call, { name })).some((one) => [one['id'], one['$id']].includes(id));
  }

  return {
    /** Makes a schema, a dataset, a target connection and a mapping set, and deletes what AEP can delete of them. */
    tryParts: ({ sandbox, name, nonce }: TryPartsRequest): Promise<Tried & { bounds: Bounds }> =>
      tried(sandbox, async (call) => {
        const definition = throwaway(sandbox, name);
        const mark = { dataflow: dataflowId(definition), nonce };
        const ids: ResourceIds = {};
        const measured: Measured[] = [];
        const made: Made[] = [];
        const looks: Promise<Measured>[] = [];
        const left: string[] = [];
        try {
          let lastMs = 0;
          for (const kind of parts) {
            const one = await make(call, kind, definition, ids, mark);
            ids[kind] = one.id;
            made.push(one);
            measured.push(...one.measured);
            looks.push(...seen(call, one));
            lastMs = one.answeredMs;
          }
          const [target] = made.slice(-1) as [Made];
          const cutMs = Math.max(leastCutMs, Math.round(lastMs / 2));
          const late = await cutOff(call, throwaway(sandbox, `${name}-cut`), ids, mark, cutMs);
          measured.push(late.measured);
          if (late.id !== undefined) made.push({ kind: 'targetConnection', id: late.id, name: late.name });
          else left.push(`${resources.targetConnection.title} ${late.name}: it may show yet`);
          const set = await tryMappingSet(call, definition, ids, mark);
          measured.push(...(await Promise.all(looks)), ...set.measured);
          measured.push(...(await tryNames(call, target.name)));
          left.push(`${resources.mappingSet.title} ${set.id}: AEP cannot delete mapping sets`);
        } finally {
          await Promise.allSettled(looks);
          for (const { kind, id, name: called } of made.toReversed()) {
            const { title } = resources[kind];
            const isGone = await services[kind].remove!(call, id).catch(() => undefined);
            if (isGone === undefined) left.push(`${title} ${id}`);
            else {
              const guess = `lists show no more what was deleted: a ${title.toLowerCase()}`;
              // Where it cannot be seen, what was made before goes all the same, and what failed first is told.
              await waited(async () => !(await isListed(call, kind, called, id))).then(
                (unlisted) => measured.push(within(guess, unlisted, listLagMs)),
                () => undefined,
              );
            }
          }
        }
        return { measured, left, bounds };
      }),

    /** Changes a flow, disables and enables it. */
    tryFlow: ({ sandbox, flowId }: TryFlowRequest): Promise<Measured[]> =>
      tried(sandbox, (call) => tryFlow(aep, call, flowId)),

    /** Waits for runs of a flow whose start lies ahead, and disables it for one of them: up to an hour. */
    tryRuns: ({
      sandbox,
      flowId,
      lookEveryMs,
    }: TryFlowRequest & { lookEveryMs: number }): Promise<Measured[]> =>
      tried(sandbox, (call) => tryRuns(aep, call, flowId, lookEveryMs)),
  };

  /** Whether a target connection is found by its name. It is listed by now. */
  async function tryNames(call: Call, name: string): Promise<Measured[]> {
    const listed = (asked: string) =>
      aep.flowService.namesWhere(call, 'targetConnections', `name==${JSON.stringify(asked)}`);
    const guess = 'target connections can be listed by name';
    try {
      const [same, otherCase, nobodys] = await Promise.all([
        listed(name),
        listed(name.toUpperCase()),
        listed(`${name}-nobody`),
      ]);
      const is = (names: unknown[]) => (names.includes(name) ? 'shown' : 'not shown');
      return [
        said(guess, same.includes(name), `it is ${is(same)}`),
        said('such a list has none of another name', !nobodys.includes(name), `it is ${is(nobodys)}`),
        said(
          'such a list has none whose name is in other letters (A, a)',
          !otherCase.includes(name),
          `it is ${is(otherCase)}`,
        ),
      ];
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      return [said(guess, false, `refused: ${error.code ?? error.status}; all are listed instead`)];
    }
  }

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
function throwaway(sandbox: string, name: string): Definition {
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
