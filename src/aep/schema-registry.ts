import { z } from 'zod';
import type { JsonObject, Operation } from '../resources/resource.ts';
import type { Created } from './collection.ts';
import { gather, isPlain, orUndefined, wasThere } from './collection.ts';
import type { Call, Http, Request, Send } from './http.ts';
import { segment } from './http.ts';

/** Schemas or classes. Ids are `$id`s (`https://ns.adobe.com/…`) or `meta:altId`s; what is created answers with its `$id`. */
export interface XdmResources {
  /** @throws TitleTaken where a schema, class or field group of this title exists. */
  create(call: Call, body: JsonObject): Promise<Created>;
  /** As it is stored, its `allOf` not expanded. Undefined where it is not there. */
  get(call: Call, id: string): Promise<JsonObject | undefined>;
  /** The one of exactly this title, as `get` shows it. */
  findByTitle(call: Call, title: string): Promise<JsonObject | undefined>;
  /** All of the organisation's own, as lists show them: with title and description. */
  list(call: Call): Promise<JsonObject[]>;
  /** Adds to it: what takes something away is refused as soon as a dataset uses it. There is no If-Match. */
  patch(call: Call, id: string, operations: readonly Operation[]): Promise<void>;
  /** False where it was not there. */
  remove(call: Call, id: string): Promise<boolean>;
}

/** Classes, field groups or schemas, as what gives a schema its fields. */
export interface XdmFields {
  /** With `$ref` and `allOf` resolved. Undefined where it is not there. */
  expanded(call: Call, id: string): Promise<JsonObject | undefined>;
  /** The `$id`s of all there are, Adobe's own too. */
  ids(call: Call): Promise<string[]>;
}

/** What is said of a schema beside it. */
export interface Descriptors {
  /** The schema as it is stored, with `meta:descriptors`. Undefined where it is not there. */
  described(call: Call, id: string): Promise<JsonObject | undefined>;
}

export interface SchemaRegistry {
  schemas: XdmResources & XdmFields & Descriptors;
  classes: XdmResources & XdmFields;
  fieldGroups: XdmFields;
}

const resource = z.looseObject({ $id: z.string().min(1) });
const page = z.looseObject({
  results: z.array(z.looseObject({ $id: z.string().min(1), title: z.string().optional() })),
  _page: z.looseObject({ next: z.union([z.string(), z.number()]).nullish() }).nullish(),
});

export function createSchemaRegistry(http: Http): SchemaRegistry {
  return {
    schemas: {
      ...createXdmResources(http, 'schemas'),
      ...createXdmFields(http, 'schemas'),
      described: (call, id) => {
        const path = `/schemaregistry/${containerOf(id)}/schemas/${segment(id)}`;
        const accept = 'application/vnd.adobe.xed-full-desc+json; version=1';
        return orUndefined(http.send(call, { method: 'GET', path, accept }, resource));
      },
    },
    classes: { ...createXdmResources(http, 'classes'), ...createXdmFields(http, 'classes') },
    fieldGroups: createXdmFields(http, 'fieldgroups'),
  };
}

function createXdmFields(http: Http, name: string): XdmFields {
  const read = (call: Call, container: Container, id: string) => {
    const request: Request = {
      method: 'GET',
      path: `/schemaregistry/${container}/${name}/${segment(id)}`,
      accept: 'application/vnd.adobe.xed-full+json; version=1',
    };
    return orUndefined(http.send(call, request, resource));
  };
  return {
    async expanded(call, id) {
      const container = containerOf(id);
      // Not all of Adobe's own have an id by which they can be told from an organisation's.
      return (
        (await read(call, container, id)) ?? read(call, container === 'global' ? 'tenant' : 'global', id)
      );
    },
    async ids(call) {
      const found = await Promise.all(
        (['global', 'tenant'] as const).map((container) => {
          const path = `/schemaregistry/${container}/${name}`;
          const query: Request['query'] = [['orderby', 'title']];
          return gather(pagesOf(http.sender(call), { method: 'GET', path, query, accept: listed }));
        }),
      );
      return found.flat().map(({ $id }) => $id);
    },
  };
}

function createXdmResources(http: Http, name: string): XdmResources {
  const collection = `/schemaregistry/tenant/${name}`;

  const read = (call: Call, id: string) => {
    const request: Request = {
      method: 'GET',
      path: `/schemaregistry/${containerOf(id)}/${name}/${segment(id)}`,
      accept: 'application/vnd.adobe.xed+json; version=1',
    };
    return orUndefined(http.send(call, request, resource));
  };

  return {
    async create(call, body) {
      const { $id: id } = await http.send(call, { method: 'POST', path: collection, body }, resource);
      return { id };
    },
    get: read,
    async findByTitle(call, title) {
      const query: NonNullable<Request['query']> = [['orderby', 'title']];
      if (isPlain(title)) query.unshift(['property', `title==${title}`]);
      const first: Request = { method: 'GET', path: collection, query, accept: listed };
      for await (const results of pagesOf(http.sender(call), first)) {
        const found = results.find((result) => result.title === title);
        if (found) return read(call, found.$id);
      }
      return undefined;
    },
    list(call) {
      const query: Request['query'] = [['orderby', 'title']];
      return gather(
        pagesOf(http.sender(call), { method: 'GET', path: collection, query, accept: listedWhole }),
      );
    },
    async patch(call, id, operations) {
      const path = `${collection}/${segment(id)}`;
      await http.send(call, { method: 'PATCH', path, body: operations }, resource);
    },
    async remove(call, id) {
      return wasThere(
        http.send(call, { method: 'DELETE', path: `${collection}/${segment(id)}` }, z.unknown()),
      );
    },
  };
}

/** The form for lists: `$id` and title and little more. It takes no version. */
const listed = 'application/vnd.adobe.xed-id+json';
/** The form for lists that has the descriptions too. */
const listedWhole = 'application/vnd.adobe.xed+json';

type Container = 'global' | 'tenant';

/** Adobe's own classes live beside the organisation's. */
function containerOf(id: string): Container {
  return /^(https:\/\/ns\.adobe\.com\/xdm\/|_xdm\.)/.test(id) ? 'global' : 'tenant';
}

/** Pages are ordered by title, and the next one starts after the last title of this one. */
async function* pagesOf(send: Send, first: Request) {
  const followed = new Set<unknown>();
  let query = first.query ?? [];
  for (;;) {
    const { results, _page } = await send({ ...first, query }, page);
    yield results;
    const next = _page?.next;
    if (next === undefined || next === null || next === '' || followed.has(next)) return;
    followed.add(next);
    query = [...(first.query ?? []), ['start', next]];
  }
}
