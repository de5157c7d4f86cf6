/** Data Prep: mapping sets, in both generations of their body. There is no way to delete one. */
import { Hono } from 'hono';
import { fieldsOf } from '../data/known-fields.ts';
import { plainError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import { newHex } from '../ids.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { recordOf } from '../schema-registry/fields.ts';
import type { Caller, World } from '../world.ts';
import { languages } from './languages.ts';
import { checkMappings, readMappings } from './mappings.ts';
import type { Mapping } from './mappings.ts';
import { preview } from './preview.ts';

/**
 * `/mappingSets?limit=…&start=…`: documented as required, and with defaults, which count: clients leave them out.
 * Guess: `start` counts mapping sets, not pages; the link to the next page says it.
 */
function pageOf(found: JsonObject[], params: URLSearchParams): JsonObject {
  const number = (name: string, otherwise: number): number => {
    const value = Number(params.get(name) ?? otherwise);
    if (!Number.isInteger(value) || value < 0) throw plainError(400, `The parameter ${name} is not valid.`);
    return value;
  };
  const [limit, start] = [number('limit', 10), number('start', 0)];
  const [, sign = '+', field = 'createdDate'] = /^([-+ ]?)(\w+)$/.exec(params.get('orderBy') ?? '') ?? [];
  const key = field === 'createdDate' ? 'createdDate' : 'modifiedDate';
  // Those of one millisecond keep the order in which they were made.
  const ordered = found.toSorted((a, b) => a[key] - b[key]);
  if (sign === '-') ordered.reverse();
  const shown = ordered.slice(start, start + limit);
  const next = new URLSearchParams(params);
  next.set('start', String(start + limit));
  const more = start + limit < ordered.length && limit > 0;
  return {
    data: shown,
    _page: { count: shown.length, limit },
    _links: more ? { next: { href: `/mappingSets?${next.toString()}`, templated: false } } : {},
  };
}

function stored(
  caller: Caller,
  id: string,
  body: JsonObject,
  mappings: Mapping[],
  now: number,
  known?: JsonObject,
): JsonObject {
  const schemaRef = schemaOf(body);
  const by = `${caller.client}@techacct.adobe.com`;
  const version = known === undefined ? 0 : known.version + 1;
  const createdDate = known?.createdDate ?? now;
  return {
    id,
    version,
    createdDate,
    modifiedDate: now,
    createdBy: known?.createdBy ?? by,
    modifiedBy: by,
    ...(typeof body.name === 'string' ? { name: body.name } : {}),
    ...(body.tags === undefined ? {} : { tags: body.tags }),
    inputSchema: {},
    outputSchema: { schemaRef },
    mappings: mappings.map((mapping, at) => ({
      id: newHex(32),
      version: 0,
      createdDate: now,
      modifiedDate: now,
      sourceType:
        mapping.sourceType === 'ATTRIBUTE'
          ? 'text/x.schema-path'
          : mapping.sourceType === 'STATIC'
            ? 'STATIC'
            : 'text/x.aep-xl',
      source: mapping.source,
      destination: mapping.destination,
      identity: false,
      primaryIdentity: false,
      matchScore: 0,
      functionVersion: 1,
      sourceAttribute: mapping.source,
      destinationXdmPath: mapping.destination,
      ...(typeof body.mappings[at]?.name === 'string' ? { name: body.mappings[at].name } : {}),
    })),
    status: 'PUBLISHED',
    xdmVersion: body.xdmVersion ?? '1.0',
    schemaRef,
    xdmSchema: schemaRef.id,
  };
}

/** The target schema: `xdmSchema` and `xdmVersion` in the older body, `outputSchema.schemaRef` in the newer. */
export function schemaOf(body: JsonObject): { id: string; contentType: string } {
  const ref = body.outputSchema?.schemaRef;
  const id = ref?.id ?? body.xdmSchema;
  if (typeof id !== 'string' || id === '')
    throw plainError(400, 'The target schema of the mapping set is missing.');
  return { id, contentType: ref?.contentType ?? body.xdmVersion ?? '1.0' };
}

export function mappingSets(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  app.route('/', languages());

  const requireBody = (body: unknown): JsonObject => {
    if (!isObject(body)) throw plainError(400, 'The request body is no object.');
    return body;
  };
  const find = (caller: Caller, id: string): JsonObject => {
    const found = caller.sandbox.mappingSets.get(id);
    if (found === undefined) throw plainError(404, `The mapping set ${id} was not found.`);
    return found;
  };
  // Whether AEP keeps the name is not documented: both can be had.
  const view = (item: JsonObject): JsonObject => {
    if (world.settings.mappingSetNames === 'kept') return item;
    const { name: _name, ...rest } = item;
    return rest;
  };
  const refuseBad = (caller: Caller, body: JsonObject): Mapping[] => {
    const mappings = readMappings(body);
    const errors = checkMappings(caller.sandbox, schemaOf(body).id, mappings).flat();
    if (errors.length > 0) throw plainError(400, errors.join(' '));
    return mappings;
  };
  const reply = ({
    id,
    version,
    createdDate,
    modifiedDate,
    createdBy,
    modifiedBy,
  }: JsonObject): JsonObject => ({
    id,
    version,
    createdDate,
    modifiedDate,
    createdBy,
    modifiedBy,
  });

  app.get('/mappingSets', (c) => {
    const params = new URL(c.req.url).searchParams;
    const name = params.get('name');
    const items = c.get('caller').sandbox.mappingSets.listed(world.settings.listLagMs).map(view);
    return c.json(pageOf(name === null ? items : items.filter((item) => item.name === name), params));
  });

  app.post('/mappingSets/validate', (c) => {
    const body = requireBody(c.get('body'));
    const results = checkMappings(c.get('caller').sandbox, schemaOf(body).id, readMappings(body));
    return c.json({
      validationResponse: results.map((errors, at) =>
        errors.length === 0
          ? { status: 'SUCCESS', errors: null }
          : {
              status: 'FAILED',
              errors: errors.map((exception) => ({
                exception,
                destination: body.mappings[at]?.destination ?? body.mappings[at]?.destinationXdmPath,
              })),
            },
      ),
    });
  });

  app.post('/mappingSets/preview', (c) => {
    const body = requireBody(c.get('body'));
    const rows = [body.data].flat();
    const set = requireBody(body.mappingSet);
    const schemaId = set.outputSchema?.schemaRef?.id ?? set.xdmSchema;
    const { types } = recordOf(c.get('caller').sandbox, String(schemaId));
    return c.json(preview(rows, readMappings(set), types, world.now()));
  });

  // 200, not 201.
  app.post('/mappingSets', (c) => {
    const caller = c.get('caller');
    const body = requireBody(c.get('body'));
    world.unknownFields.check('POST /conversion/mappingSets', body, fieldsOf.mappingSet);
    const mappings = refuseBad(caller, body);
    const item = stored(caller, newHex(32), body, mappings, world.now());
    caller.sandbox.mappingSets.put(item.id, item);
    return c.json(reply(item));
  });

  app.get('/mappingSets/:id', (c) => {
    const caller = c.get('caller');
    const newest = find(caller, c.req.param('id'));
    const otherwise = world.settings.mappingSetShows === 'first' ? '0' : String(newest.version);
    const wanted = c.req.query('version') ?? otherwise;
    const versions = [...(caller.sandbox.mappingSetVersions.get(newest.id) ?? []), newest];
    const found = versions.find(({ version }) => String(version) === wanted);
    // Guess: how a version that is not there is refused.
    if (found === undefined) throw plainError(404, `The mapping set ${newest.id} has no version ${wanted}.`);
    return c.json(view(found));
  });

  app.put('/mappingSets/:id', (c) => {
    const caller = c.get('caller');
    const known = find(caller, c.req.param('id'));
    const body = requireBody(c.get('body'));
    const item = stored(caller, known.id, body, refuseBad(caller, body), world.now(), known);
    const { mappingSetVersions: older, mappingSets: newest } = caller.sandbox;
    older.set(item.id, [...(older.get(item.id) ?? []), known]);
    newest.put(item.id, item);
    return c.json(view(item));
  });

  app.get('/mappingSets/:id/mappings', (c) => c.json(find(c.get('caller'), c.req.param('id')).mappings));

  app.get('/mappingSets/:id/mappings/:mappingId', (c) => {
    const mappings: JsonObject[] = find(c.get('caller'), c.req.param('id')).mappings;
    const mapping = mappings.find(({ id }) => id === c.req.param('mappingId'));
    if (mapping === undefined)
      throw plainError(404, `The mapping ${c.req.param('mappingId')} was not found.`);
    return c.json(mapping);
  });

  return app;
}
