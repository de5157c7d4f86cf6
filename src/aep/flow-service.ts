import { z } from 'zod';
import type { JsonObject } from '../resources/resource.ts';
import type { Collection, Created } from './collection.ts';
import { gather, identified, isPlain, named, orUndefined, wasThere } from './collection.ts';
import { Rejected, Unavailable } from './errors.ts';
import type { Call, Http, Request, Send } from './http.ts';
import { segment } from './http.ts';
import { unquoted } from './unquoted.ts';

/**
 * A flow run as AEP shows it. Only what identifies it is promised: the rest is incomplete by nature (a run that has not
 * started has a status and no more), and one odd field must not hide the other runs of its page.
 */
export type Run = z.infer<typeof run>;
const run = z.looseObject({ id: z.string().min(1), flowId: z.string().min(1) });

export interface RunQuery {
  /** Conditions such as `flowId==…`; all of them hold. Inside one, a comma means "or". */
  filters: string[];
  /** A path such as `metrics.durationSummary.startedAtUTC`; with `-` before it, newest first. */
  orderby?: string | undefined;
  /** Runs a page. */
  limit?: number | undefined;
}

export type FlowAction = 'enable' | 'disable' | 'publish';

/** Connections, flows and their runs. */
export interface FlowService {
  connections: Collection;
  sourceConnections: Collection;
  targetConnections: Collection;
  flows: Collection;
  /**
   * Whether the source takes the credentials of a base connection, as AEP finds by trying. AEP may also refuse to say it, with
   * what the source answered.
   */
  testConnection(call: Call, id: string): Promise<boolean>;
  /** The flows that have this source or target connection. Lists may lag behind what exists. */
  flowsUsing(
    call: Call,
    end: 'sourceConnectionIds' | 'targetConnectionIds',
    id: string,
  ): Promise<JsonObject[]>;
  /**
   * The names of what AEP lists for a condition, such as `name=="Orders"`. Nothing documents that it takes one.
   * @throws Rejected where it does not.
   */
  namesWhere(
    call: Call,
    kind: 'sourceConnections' | 'targetConnections',
    condition: string,
  ): Promise<unknown[]>;
  /** All flows, page by page. Lists may lag behind what exists. */
  flowPages(call: Call): AsyncIterable<JsonObject[]>;
  /** Undefined where AEP has no flow spec of this name. */
  findFlowSpec(call: Call, name: string): Promise<JsonObject | undefined>;
  /** What AEP says of a connector by itself. Undefined where it has none of this id. */
  connectionSpec(call: Call, id: string): Promise<JsonObject | undefined>;
  /** Makes a flow that runs nothing until it is published; AEP checks little of it before. */
  createDraft(call: Call, body: JsonObject): Promise<Created>;
  /**
   * Enables or disables a flow, or publishes a draft. AEP refuses what does not fit the state that the flow is in, and
   * takes some seconds over the rest.
   * @param etag the version that must still be the newest, where that matters.
   */
  setFlowState(call: Call, flowId: string, action: FlowAction, etag?: string): Promise<void>;
  /** Page by page, so that a reader may stop early. */
  listRuns(call: Call, query: RunQuery): AsyncIterable<Run[]>;
  getRun(call: Call, id: string): Promise<Run | undefined>;
  /** Runs a failed run again. Returns the id of the new run. */
  retriggerRun(call: Call, id: string): Promise<{ id: string }>;
}

const base = '/flowservice';
/** How many to ask for at a time where everything is wanted anyway. */
const pageSize = 100;

export function createFlowService(http: Http): FlowService {
  return {
    connections: createCollection(http, 'connections', '/'),
    sourceConnections: createCollection(http, 'sourceConnections'),
    targetConnections: createCollection(http, 'targetConnections'),
    flows: createCollection(http, 'flows'),

    async testConnection(call, id) {
      const path = `${base}/connections/${segment(id)}/test`;
      const sent = http.send(call, { method: 'GET', path }, tested);
      // Of secrets that are known here nothing is told anyway.
      const answer = call.secrets ? sent : sent.catch((error: unknown) => Promise.reject(unquoted(error)));
      return (await answer).result;
    },

    async flowsUsing(call, end, id) {
      const query: Request['query'] = [
        ['property', `${end}[]==${JSON.stringify(id)}`],
        ['limit', pageSize],
      ];
      const path = `${base}/flows`;
      const flows = await gather(pagesOf(http.sender(call), { method: 'GET', path, query }, resources));
      // Sifted again: what a filter that is not understood lets through must not hold anything back.
      return flows.filter(({ [end]: ids }) => Array.isArray(ids) && ids.includes(id));
    },

    async namesWhere(call, kind, condition) {
      const query: Request['query'] = [
        ['property', condition],
        ['limit', pageSize],
      ];
      const request: Request = { method: 'GET', path: `${base}/${kind}`, query };
      return (await gather(pagesOf(http.sender(call), request, resources))).map((one) => one['name']);
    },

    flowPages: (call) =>
      pagesOf(
        http.sender(call),
        { method: 'GET', path: `${base}/flows`, query: [['limit', pageSize]] },
        resources,
      ),

    async findFlowSpec(call, name) {
      const query: Request['query'] = [['property', `name==${JSON.stringify(name)}`]];
      const specs = await http.send(call, { method: 'GET', path: `${base}/flowSpecs`, query }, resource);
      return specs.find((spec) => spec['name'] === name);
    },

    async connectionSpec(call, id) {
      const request: Request = { method: 'GET', path: `${base}/connectionSpecs/${segment(id)}` };
      return (await orUndefined(http.send(call, request, resource)))?.[0];
    },

    createDraft: (call, body) =>
      http.send(call, { method: 'POST', path: `${base}/flows`, query: [['mode', 'draft']], body }, created),

    async setFlowState(call, flowId, action, ifMatch) {
      const path = `${base}/flows/${segment(flowId)}/action`;
      await http.send(call, { method: 'POST', path, query: [['op', action]], ifMatch }, z.unknown());
    },

    listRuns: (call, { filters, orderby, limit }) => {
      const query: NonNullable<Request['query']> = filters.map((filter) => ['property', filter]);
      if (orderby !== undefined) query.push(['orderby', orderby]);
      if (limit !== undefined) query.push(['limit', limit]);
      return pagesOf(http.sender(call), { method: 'GET', path: `${base}/runs`, query }, runs);
    },

    async getRun(call, id) {
      const found = await orUndefined(
        http.send(call, { method: 'GET', path: `${base}/runs/${segment(id)}` }, oneRun),
      );
      return found?.[0];
    },

    async retriggerRun(call, id) {
      const path = `${base}/runs/${segment(id)}/action`;
      return http.send(call, { method: 'POST', path, query: [['op', 're-trigger']] }, created);
    },
  };
}

/** "Invalid field … in filter params", says Flow Service's list of errors. */
const invalidField = 'FLOW-1449-400';

/** `itemEnd` is what AEP's pages have after the id of a connection that is deleted. */
function createCollection(http: Http, name: string, itemEnd = ''): Collection {
  const path = `${base}/${name}`;
  // Nothing documents that source and target connections can be asked for by name. Where AEP says that they can't, they
  // are listed whole from then on.
  let takesNames = true;
  return {
    async list(call, { name } = {}) {
      const list = async (...filter: NonNullable<Request['query']>) => {
        const query: Request['query'] = [...filter, ['limit', pageSize]];
        return named(
          await gather(pagesOf(http.sender(call), { method: 'GET', path, query }, resources)),
          name,
        );
      };
      if (!takesNames || !isPlain(name)) return list();
      try {
        return await list(['property', `name==${JSON.stringify(name)}`]);
      } catch (error) {
        if (!(error instanceof Rejected) || error.code !== invalidField) throw error;
        takesNames = false;
        return list();
      }
    },
    async get(call, id) {
      const request: Request = { method: 'GET', path: `${path}/${segment(id)}` };
      return (await orUndefined(http.send(call, request, resource)))?.[0];
    },
    create: (call, body) => http.send(call, { method: 'POST', path, body }, created),
    // Without If-Match AEP refuses.
    async patch(call, id, operations, ifMatch) {
      const itemPath = `${path}/${segment(id)}${itemEnd}`;
      await http.send(call, { method: 'PATCH', path: itemPath, body: operations, ifMatch }, z.unknown());
    },
    async remove(call, id) {
      return wasThere(
        http.send(call, { method: 'DELETE', path: `${path}/${segment(id)}${itemEnd}` }, z.unknown()),
      );
    },
  };
}

/** One resource, or the answer to a search: Adobe's pages show it in `items` in some places, bare in others. */
function itemsOrBare<Item>(item: z.ZodType<Item>): z.ZodType<Item[]> {
  return z.union([
    z.looseObject({ items: z.array(item) }).transform(({ items }) => items),
    item.transform((one) => [one]),
  ]);
}

function pageOf<Item>(item: z.ZodType<Item>) {
  return z.looseObject({
    items: z.array(item),
    _links: z.looseObject({ next: z.looseObject({ href: z.string().nullish() }).nullish() }).nullish(),
  });
}

// Made once: zod compiles a schema at its first use, which takes longer than to read an answer.
const resource = itemsOrBare(identified);
const resources = pageOf(identified);
const oneRun = itemsOrBare(run);
const runs = pageOf(run);
const tested = z.looseObject({ result: z.boolean() });
const created = itemsOrBare(
  z.object({ id: z.string().min(1), etag: z.string().optional().catch(undefined) }),
).transform((items, issues) => {
  const [item] = items;
  if (item) return item;
  issues.addIssue('nothing in it');
  return z.NEVER;
});

/** Follows the links from page to page, as they are: they carry the conditions of the first request. */
async function* pagesOf<Item>(
  send: Send,
  first: Request,
  page: ReturnType<typeof pageOf<Item>>,
): AsyncGenerator<Item[]> {
  const followed = new Set<string>();
  let request = first;
  for (;;) {
    const { items, _links } = await send(request, page);
    yield items;
    const href = _links?.next?.href;
    if (!href) return;
    if (followed.has(href)) {
      throw new Unavailable({
        call: `GET ${first.path}`,
        code: 'UNREADABLE',
        title: 'its pages go round in circles',
      });
    }
    followed.add(href);
    request = { method: 'GET', path: pathOf(href, first.path) };
  }
}

/** Links are relative to the service. Of any other only the path counts: no link may lead the token to another host. */
function pathOf(href: string, path: string): string {
  const link = href
    .replace(/^https?:\/\/[^/]*/, '')
    .replace(/^\/data\/foundation(?=\/)/, '')
    .replaceAll('#', '%23');
  if (link.startsWith('?')) return path + link;
  if (link.startsWith(`${base}/`)) return link;
  return link.startsWith('/') ? base + link : `${base}/${link}`;
}
