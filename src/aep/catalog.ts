import { z } from 'zod';
import type { JsonObject } from '../resources/resource.ts';
import type { Collection } from './collection.ts';
import { gather, isPlain, named, orUndefined, wasThere } from './collection.ts';
import type { Call, Http, Request, Send } from './http.ts';
import { segment } from './http.ts';

/** Datasets come with their `id` among their own fields. */
export interface Catalog {
  datasets: Collection;
  /** The ids of all datasets. The list may lag behind what exists. */
  datasetIds(call: Call): Promise<Set<string>>;
  /** Whether a batch was loaded into a dataset, and not taken back since. */
  holdsRows(call: Call, datasetId: string): Promise<boolean>;
}

const path = '/catalog/dataSets';
/** The most that Catalog gives at a time. */
const pageSize = 100;

const byId = z.record(z.string(), z.looseObject({})).transform((objects) =>
  // The id last: it is the key that counts, whatever the object says.
  Object.entries(objects).map(([id, dataset]): JsonObject & { id: string } => ({ ...dataset, id })),
);
/** `["@/dataSets/…"]`, spelled `@/datasets/` on some of Adobe's pages. */
const references = z.array(z.string().regex(/^(@\/datasets\/)?[^/]+$/i));
const created = references
  .min(1)
  .transform(([reference = '']) => ({ id: reference.replace(/^@\/datasets\//i, '') }));

const batches = z.record(z.string(), z.looseObject({ status: z.string().optional() }));

export function createCatalog(http: Http): Catalog {
  return {
    async holdsRows(call, datasetId) {
      const query: Request['query'] = [
        ['dataSet', datasetId],
        ['status', 'success'],
        ['limit', 1],
      ];
      const found = await http.send(call, { method: 'GET', path: '/catalog/batches', query }, batches);
      return Object.values(found).some(({ status }) => status === 'success');
    },
    async datasetIds(call) {
      const ids = new Set<string>();
      for await (const page of pagesOf(http.sender(call), [['properties', 'name']]))
        for (const { id } of page) ids.add(id);
      return ids;
    },
    datasets: {
      async list(call, { name } = {}) {
        const filter: Request['query'] = isPlain(name) ? [['name', name]] : [];
        return named(await gather(pagesOf(http.sender(call), filter)), name);
      },
      async get(call, id) {
        const request: Request = { method: 'GET', path: `${path}/${segment(id)}` };
        const found = await orUndefined(http.send(call, request, byId));
        return found?.find((dataset) => dataset.id === id);
      },
      create: (call, body) =>
        http.send(call, { method: 'POST', path, query: [['requestDataSource', 'true']], body }, created),
      // Catalog has If-Match too, but no two of its pages agree on what is to stand in it.
      async patch(call, id, operations) {
        const contentType = 'application/json-patch+json';
        const request = { path: `${path}/${segment(id)}`, contentType, body: operations };
        await http.send(call, { method: 'PATCH', ...request }, references);
      },
      async remove(call, id) {
        let removed: string[] = [];
        const request: Request = { method: 'DELETE', path: `${path}/${segment(id)}` };
        // Catalog answers 200 with an empty list where there was nothing to delete.
        const there = await wasThere(http.send(call, request, references).then((ids) => (removed = ids)));
        return there && removed.length > 0;
      },
    },
  };
}

async function* pagesOf(send: Send, filter: [string, string | number][]) {
  for (let start = 0; ; start += pageSize) {
    const query: Request['query'] = [
      ...filter,
      ['orderBy', 'asc:created'],
      ['limit', pageSize],
      ['start', start],
    ];
    const datasets = await send({ method: 'GET', path, query }, byId);
    yield datasets;
    if (datasets.length < pageSize) return;
  }
}
