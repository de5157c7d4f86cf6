import { z } from 'zod';
import type { JsonObject } from '../resources/resource.ts';
import type { Collection } from './collection.ts';
import { gather, identified, isPlain, named, orUndefined } from './collection.ts';
import { Rejected } from './errors.ts';
import type { Call, Http, Request, Send } from './http.ts';
import { segment } from './http.ts';

/** Mapping sets cannot be deleted, and not every one comes back with the name it was given. */
export interface MappingSets extends Pick<Collection, 'list' | 'create'> {
  /**
   * One version of a set; undefined where it is not there. Without a version, whichever AEP takes for the one that is
   * meant: its documents disagree whether that is the newest or the first.
   */
  get(call: Call, id: string, version?: number): Promise<JsonObject | undefined>;
  /** The newest version of a set, whatever AEP shows where none is asked for. */
  getNewest(call: Call, id: string): Promise<JsonObject | undefined>;
  /** Replaces the whole set, whose older versions stay as they are. Each request counts the version up, an equal one too. */
  put(call: Call, id: string, body: JsonObject): Promise<{ version: number }>;
  /** What AEP says of each mapping of a body, in their order: no text where nothing is wrong. Changes nothing. */
  validate(call: Call, body: JsonObject): Promise<string[][]>;
  /** What a set would make of rows, in their order. Changes nothing. */
  preview(call: Call, rows: readonly JsonObject[], mappingSet: JsonObject): Promise<Previewed[]>;
  /** All of them, newest first, page by page, so that a reader may stop early. */
  newest(call: Call): AsyncIterable<JsonObject[]>;
}

/** What a mapping set would make of a row. */
export interface Previewed {
  data: JsonObject;
  /** What of the row could not be mapped. */
  errors: { destination?: string; why: string }[];
}

export interface DataPrep {
  mappingSets: MappingSets;
}

const path = '/conversion/mappingSets';
const pageSize = 100;
/** No set has so many versions: an AEP that answers with whatever is asked for must not be asked for ever. */
const longestLeap = 2 ** 16;

const page = z.looseObject({
  data: z.array(identified),
  _page: z.looseObject({ limit: z.number().positive().optional() }).nullish(),
});
const created = z.object({ id: z.string().min(1) });
const put = z.object({ version: z.number() });
/** No sample shows an error of AEP's here, so whatever it looks like is told. */
const errors = z
  .array(z.unknown())
  .nullish()
  .transform((all) => (all ?? []).map(textOfError));
const validated = z
  .object({ validationResponse: z.array(z.looseObject({ status: z.string(), errors })) })
  .transform(({ validationResponse }) =>
    validationResponse.map(({ status, errors: told }) =>
      /^success$/i.test(status) ? [] : told.length > 0 ? told : [status],
    ),
  );

const previewed = z
  .looseObject({ data: z.looseObject({}).nullish(), errors: z.array(z.unknown()).nullish() })
  .transform(({ data, errors: told }): Previewed => ({
    data: data ?? {},
    errors: (told ?? []).map((error) => {
      const { destination } = (error ?? {}) as { destination?: unknown };
      return { ...(typeof destination === 'string' ? { destination } : {}), why: textOfError(error) };
    }),
  }));
/** The sample is a list, the description one object. */
const previews = z.union([z.array(previewed), previewed.transform((one) => [one])]);

function textOfError(error: unknown): string {
  if (typeof error === 'string') return error;
  const { exception, message } = (error ?? {}) as { exception?: unknown; message?: unknown };
  return [exception, message].find((text) => typeof text === 'string') ?? JSON.stringify(error);
}

export function createDataPrep(http: Http): DataPrep {
  const get: MappingSets['get'] = (call, id, version) => {
    const query: Request['query'] = version === undefined ? [] : [['version', version]];
    return orUndefined(http.send(call, { method: 'GET', path: `${path}/${segment(id)}`, query }, identified));
  };
  return {
    mappingSets: {
      async list(call, { name } = {}) {
        const filter: Request['query'] = isPlain(name) ? [['name', name]] : [];
        return named(await gather(pagesOf(http.sender(call), filter)), name);
      },
      get,
      async getNewest(call, id) {
        let newest = await get(call, id);
        let isGrowing = true;
        // In leaps that double as long as there is one, and then halve: a set may have thousands of versions.
        for (let leap = 1; newest && leap >= 1 && leap <= longestLeap;) {
          const version = versionOf(newest);
          if (version === undefined) break;
          const next = await get(call, id, version + leap).catch(nothingWhereRefused);
          // A version that is not there may be answered with another one.
          const isThere = next !== undefined && versionOf(next) === version + leap;
          if (isThere) newest = next;
          isGrowing &&= isThere;
          leap = isGrowing ? 2 * leap : Math.floor(leap / 2);
        }
        return newest;
      },
      put: (call, id, body) => http.send(call, { method: 'PUT', path: `${path}/${segment(id)}`, body }, put),
      validate: (call, body) =>
        http.send(call, { method: 'POST', path: `${path}/validate`, body }, validated),
      preview: (call, data, mappingSet) =>
        http.send(call, { method: 'POST', path: `${path}/preview`, body: { data, mappingSet } }, previews),
      create: (call, body) => http.send(call, { method: 'POST', path, body }, created),
      newest: (call) => pagesOf(http.sender(call), [['orderBy', '-createdDate']]),
    },
  };
}

function versionOf({ version }: JsonObject): number | undefined {
  return typeof version === 'number' ? version : undefined;
}

/** How AEP refuses a version that is not there is not documented. */
function nothingWhereRefused(error: unknown): undefined {
  if (!(error instanceof Rejected)) throw error;
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
