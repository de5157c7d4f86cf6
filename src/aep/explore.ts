import { z } from 'zod';
import type { FileQuery } from '../families/family.ts';
import type { JsonObject } from '../resources/resource.ts';
import type { Call, Http, Request } from './http.ts';
import { segment } from './http.ts';
import { unquoted } from './unquoted.ts';

/** What is explored: a source behind a base connection, or one that needs none, by its connection spec. */
export type Explored = { connectionId: string } | { connectionSpecId: string };

/** What AEP tells of a table or a file. */
export interface Described {
  /** As AEP answers them. Absent where it describes the rows in another way, as it does of nested ones. */
  columns?: JsonObject[] | undefined;
  rows: JsonObject[];
  /** What AEP has found out about how a file is written. */
  properties?: JsonObject | undefined;
}

/** Looks into a source. AEP asks the source itself, so that an answer can take as long as that one takes. */
export interface Explore {
  /** What the source holds, or one of its folders: tables, files and folders, each with `type`, `name` and `path`. */
  list(call: Call, source: Explored, folder?: string): Promise<JsonObject[]>;
  /** @param rows whether some of its rows are wanted. */
  table(call: Call, source: Explored, table: string, rows: boolean): Promise<Described>;
  file(call: Call, source: Explored, path: string, how: FileQuery): Promise<Described>;
}

export function createExplore(http: Http): Explore {
  const ask = <Answer>(
    call: Call,
    source: Explored,
    query: NonNullable<Request['query']>,
    answer: z.ZodType<Answer>,
  ) =>
    http
      .send(call, { method: 'GET', path: pathOf(source), query }, answer)
      .catch((error: unknown) => Promise.reject(unquoted(error)));
  return {
    list: (call, source, folder) =>
      folder === undefined
        ? ask(call, source, [['objectType', 'root']], entries)
        : ask(
            call,
            source,
            [
              ['objectType', 'folder'],
              ['object', folder],
            ],
            entries,
          ),
    table: (call, source, table, rows) =>
      ask(call, source, [['objectType', 'table'], ['object', table], ...(rows ? [preview] : [])], described),
    file: (call, source, path, how) => {
      // The one or the other: both together, or neither, is refused.
      const said = Object.entries(how).filter(([, value]) => value !== undefined) as [string, string][];
      const properties: [string, string][] =
        how.fileType === undefined ? [['determineProperties', 'true']] : said;
      return ask(call, source, [['objectType', 'file'], ['object', path], ...properties, preview], described);
    },
  };
}

/** AEP reads the columns of a file from its first rows. */
const preview: [string, string] = ['preview', 'true'];

function pathOf(source: Explored): string {
  return 'connectionId' in source
    ? `/flowservice/connections/${segment(source.connectionId)}/explore`
    : `/flowservice/connectionSpecs/${segment(source.connectionSpecId)}/explore`;
}

const object = z.looseObject({});
const objects = z.array(object);
/** Bare in all samples but one. */
const entries = z.union([objects, z.looseObject({ items: objects }).transform(({ items }) => items)]);
/** Of a file the page's sample is a bare list of columns. */
const described: z.ZodType<Described> = z.union([
  objects.transform((columns) => ({ columns, rows: [] })),
  z
    .looseObject({
      schema: z
        .looseObject({ columns: objects.optional().catch(undefined) })
        .optional()
        .catch(undefined),
      data: objects.optional().catch(undefined),
      properties: object.optional().catch(undefined),
    })
    .transform(({ schema, data, properties }) => ({
      columns: schema?.columns,
      rows: data ?? [],
      ...(properties ? { properties } : {}),
    })),
]);
