import { z } from 'zod';
import type { JsonObject } from '../resources/resource.ts';
import type { Collection } from './collection.ts';
import { gather, identified, isPlain, named, orUndefined } from './collection.ts';
import type { Call, Http, Request, Send } from './http.ts';
import { segment } from './http.ts';

/** Mapping sets cannot be deleted, and not every one comes back with the name it was given. */
export interface MappingSets extends Pick<Collection, 'list' | 'get' | 'create'> {
  /** All of them, newest first, page by page, so that a reader may stop early. */
  newest(call: Call): AsyncIterable<JsonObject[]>;
}

export interface DataPrep {
  mappingSets: MappingSets;
}

const path = '/conversion/mappingSets';
const pageSize = 100;

const page = z.looseObject({
  data: z.array(identified),
  _page: z.looseObject({ limit: z.number().positive().optional() }).nullish(),
});
const created = z.object({ id: z.string().min(1) });

export function createDataPrep(http: Http): DataPrep {
  return {
    mappingSets: {
      async list(call, { name } = {}) {
        const filter: Request['query'] = isPlain(name) ? [['name', name]] : [];
        return named(await gather(pagesOf(http.sender(call), filter)), name);
      },
      async get(call, id) {
        return orUndefined(http.send(call, { method: 'GET', path: `${path}/${segment(id)}` }, identified));
      },
      create: (call, body) => http.send(call, { method: 'POST', path, body }, created),
      newest: (call) => pagesOf(http.sender(call), [['orderBy', '-createdDate']]),
    },
  };
}

async function* pagesOf(send: Send, filter: [string, string | number][]) {
  let start = 0;
  for (;;) {
    const query: Request['query'] = [...filter, ['limit', pageSize], ['start', start]];
    const { data, _page } = await send({ method: 'GET', path, query }, page);
    yield data;
    // The page says how many it may hold, which can be fewer than we asked for.
    if (data.length < Math.min(_page?.limit ?? pageSize, pageSize)) return;
    start += data.length;
  }
}
