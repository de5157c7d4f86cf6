/** Catalog: datasets. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import { adHocBehavior, timeSeriesBehavior } from '../data/xdm.ts';
import { fieldsOf } from '../data/known-fields.ts';
import { plainError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import { newHex } from '../ids.ts';
import { isObject, merge, valuesAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { applyPatch, readPatch } from '../patch.ts';
import { anyWildcard } from '../wildcard.ts';
import type { Caller, Sandbox, World } from '../world.ts';
import { batches } from './batches.ts';
import { keyed, readList } from './listing.ts';

const refersTo = (id: string): string[] => [`@/dataSets/${id}`];

/** `tags=key:value`, where `*` stands for anything; several pairs all have to match. */
function tagTests(params: URLSearchParams): ((item: JsonObject) => boolean)[] {
  return params.getAll('tags').flatMap((text) =>
    text.split(',').map((pair) => {
      const [key = '', value = '*'] = pair.split(/:(.*)/s);
      const isMeant = anyWildcard(value);
      return (item: JsonObject) => (item.tags?.[key] ?? []).some(isMeant);
    }),
  );
}

function checked(sandbox: Sandbox, body: unknown): JsonObject {
  if (!isObject(body)) throw plainError(400, 'The request body is no object.');
  const schemaId = body.schemaRef?.id;
  if (schemaId === undefined) throw plainError(400, 'The schemaRef of the dataset is missing.');
  if (!sandbox.schemas.referred(schemaId))
    throw plainError(400, `The schema ${schemaId} of the dataset was not found.`);
  for (const [key, values] of Object.entries(body.tags ?? {})) {
    if (!Array.isArray(values) || values.some((value) => typeof value !== 'string')) {
      throw plainError(400, `The tag ${key} is not a list of strings.`);
    }
  }
  return body;
}

/** The table of Query Service: names may repeat, tables may not. Guess: how a second one is called. */
function tableName(sandbox: Sandbox, id: string, { name }: JsonObject): string {
  const table = String(name ?? id)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_');
  const taken = sandbox.dataSets
    .all()
    .some((one) => one.id !== id && one.tags?.['adobe/pqs/table']?.[0] === table);
  return taken ? `${table}_${id}` : table;
}

/** How the data of a schema behaves in time, as its class says. */
function behaviorOf(sandbox: Sandbox, schemaId: string): string {
  const extended: string[] = sandbox.schemas.get(schemaId)?.['meta:extends'] ?? [];
  if (extended.includes(timeSeriesBehavior)) return 'time-series';
  return extended.includes(adHocBehavior) ? 'adhoc' : 'record';
}

/** A dataset as it is kept: what was sent, and what recorded answers show beside it. */
export function made(caller: Caller, id: string, body: JsonObject, now: number): JsonObject {
  const user = `${caller.client}@techacct.adobe.com`;
  const viewId = newHex(24);
  const location = `adl://emulator/platform/${id}/datasetViewId=${viewId}`;
  return {
    enableErrorDiagnostics: false,
    version: '1.0.0',
    imsOrg: caller.org,
    sandboxId: caller.sandbox.id,
    created: now,
    updated: now,
    createdClient: caller.client,
    createdUser: user,
    updatedUser: user,
    namespace: 'ACP',
    ...body,
    tags: {
      'adobe/siphon/table/format': ['parquet'],
      'adobe/siphon/partition/definition': ['identity(_ACP_BATCHID)'],
      'aep/siphon/partitions': ['_ACP_BATCHID'],
      'adobe/pqs/table': [tableName(caller.sandbox, id, body)],
      ...body.tags,
    },
    classification: {
      dataBehavior: behaviorOf(caller.sandbox, body.schemaRef.id),
      managedBy: 'CUSTOMER',
      ...body.classification,
    },
    fileDescription: body.fileDescription ?? {
      persisted: true,
      containerFormat: 'parquet',
      format: 'parquet',
    },
    viewId,
    basePath: location,
    files: `@/dataSets/${id}/views/${viewId}/files`,
    schemaMetadata: { delta: [], gdpr: [], ...body.schemaMetadata },
    persistence: { adls: { location, credentials: `@/dataSets/${id}/credentials` } },
    state: 'DRAFT',
  };
}

export function dataSets(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  app.route('/', batches(world));

  app.get('/dataSets', (c) => {
    const { sandbox } = c.get('caller');
    const params = new URL(c.req.url).searchParams;
    const stored = sandbox.dataSets.listed(world.settings.listLagMs);
    const tests = tagTests(params);
    const texts = (name: string) => params.get(name)?.split(',');
    const [names, ids] = [texts('name'), texts('id')];
    const found = stored.filter(
      (item) =>
        (names === undefined || names.includes(item.name) || params.get('name') === item.name) &&
        (ids === undefined || ids.includes(item.id)) &&
        tests.every((test) => test(item)),
    );
    return c.json(keyed(readList(found, params), params));
  });

  app.post('/dataSets', (c) => {
    const caller = c.get('caller');
    const body = checked(caller.sandbox, c.get('body'));
    world.unknownFields.check('POST /catalog/dataSets', body, fieldsOf.dataSet);
    const id = newHex(24);
    if (c.req.header('pragma') === 'validate-only') return c.json(refersTo(id), 201);
    caller.sandbox.dataSets.put(id, { id, ...made(caller, id, body, world.now()) });
    return c.json(refersTo(id), 201, { location: `/dataSets/${id}` });
  });

  const find = (caller: Caller, id: string): JsonObject => {
    const found = caller.sandbox.dataSets.get(id);
    if (found === undefined) throw plainError(404, `The dataset ${id} was not found.`);
    return found;
  };

  app.get('/dataSets/:id', (c) => {
    const item = find(c.get('caller'), c.req.param('id'));
    return c.json(keyed([item], new URL(c.req.url).searchParams));
  });

  const change = (c: Context<Env, '/dataSets/:id'>, changed: JsonObject): Response => {
    const caller = c.get('caller');
    const item = find(caller, c.req.param('id'));
    const ifMatch = c.req.header('if-match')?.replaceAll('"', '');
    if (ifMatch !== undefined && ifMatch !== item.version)
      throw plainError(412, 'The version of the dataset has changed.');
    checked(caller.sandbox, changed);
    const patch = Number(String(item.version).split('.')[2] ?? 0) + 1;
    caller.sandbox.dataSets.put(item.id, {
      ...changed,
      id: item.id,
      version: `1.0.${patch}`,
      updated: world.now(),
    });
    return c.json(refersTo(item.id));
  };

  const patch = (c: Context<Env, '/dataSets/:id'>): Response => {
    const item = find(c.get('caller'), c.req.param('id'));
    const body = c.get('body') as Json;
    if (c.req.header('content-type')?.includes('json-patch') !== true) {
      if (!isObject(body)) throw plainError(400, 'The request body is no object.');
      return change(c, merge(item, body));
    }
    const steps = readPatch(body);
    const changed = steps === undefined ? undefined : applyPatch(item, steps);
    if (changed === undefined) throw plainError(400, 'The body is not a JSON Patch that fits the dataset.');
    return change(c, changed);
  };
  app.patch('/dataSets/:id', patch);
  app.patch('/v2/dataSets/:id', patch);
  app.put('/dataSets/:id', (c) => {
    const item = find(c.get('caller'), c.req.param('id'));
    const body = checked(c.get('caller').sandbox, c.get('body'));
    return change(c, { ...made(c.get('caller'), item.id, body, world.now()), created: item.created });
  });

  app.delete('/dataSets/:id', (c) => {
    const id = c.req.param('id');
    // An id that is not there is no error here.
    return c.json(c.get('caller').sandbox.dataSets.remove(id) ? refersTo(id) : []);
  });

  app.get('/tags/:key', (c) => {
    const tags = c
      .get('caller')
      .sandbox.dataSets.all()
      .flatMap((item) => valuesAt(item, 'tags')[0]?.[c.req.param('key')] ?? []);
    return c.json([...new Set(tags)]);
  });

  return app;
}
