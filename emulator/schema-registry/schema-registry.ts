/** Schema Registry: schemas, classes and field groups of the tenant, the standard ones, and statistics. */
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { fieldsOf } from '../data/known-fields.ts';
import { findStandard, standardResources } from '../data/xdm.ts';
import type { StandardResource } from '../data/xdm.ts';
import { plainError, xdmError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import { isObject, merge } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { applyPatch, readPatch } from '../patch.ts';
import { tenant } from '../world.ts';
import type { Caller, Sandbox, World } from '../world.ts';
import { acceptOfList, acceptOfLookup } from './accept.ts';
import { checkTitle, compose, shelfOf } from './compose.ts';
import type { ResourceType } from './compose.ts';
import { descriptors } from './descriptors.ts';
import { expand, fieldsOfResource } from './fields.ts';
import { list } from './listing.ts';

/** When Adobe's own resources were made, epoch ms: the same for all, long ago. */
const libraryDate = Date.UTC(2021, 0, 1);
const types = '(?:schemas|classes|fieldgroups|mixins)';
const altIdOf = (id: string): string => `_${id.replace('https://ns.adobe.com/', '').replaceAll('/', '.')}`;

/** A resource of Adobe's own. Recorded answers call field groups by their old name, and hold their fields in `definitions`. */
function standardView({ id, title, kind, extends: bases, fields }: StandardResource): JsonObject {
  const isGroup = kind === 'fieldgroups';
  const key = id.split('/').at(-1) ?? id;
  const part = { type: 'object', 'meta:xdmType': 'object' };
  return {
    $id: id,
    'meta:altId': altIdOf(id),
    'meta:resourceType': isGroup ? 'mixins' : kind,
    version: '1.0',
    title,
    type: 'object',
    definitions: { [key]: { properties: expand(fields) } },
    allOf: [
      ...(isGroup ? [] : bases.map(($ref) => ({ $ref, ...part }))),
      { $ref: `#/definitions/${key}`, ...part },
    ],
    'meta:extensible': true,
    'meta:abstract': true,
    'meta:extends': isGroup ? [] : bases,
    ...(isGroup ? { 'meta:intendedToExtend': bases } : {}),
    'meta:containerId': 'global',
    'meta:xdmType': 'object',
    'meta:status': 'stable',
    'meta:registryMetadata': {
      'repo:createdDate': libraryDate,
      'repo:lastModifiedDate': libraryDate,
      eTag: createHash('sha256').update(id).digest('hex'),
      'meta:globalLibVersion': '1.0.0',
    },
    imsOrg: 'ADOBE',
  };
}

const isOfType = (type: string) => (resource: StandardResource) =>
  resource.kind === (type === 'mixins' ? 'fieldgroups' : type);
const brief = (item: JsonObject): JsonObject => ({
  $id: item.$id,
  'meta:altId': item['meta:altId'],
  version: item.version,
  title: item.title,
});

function notFound(id: string, version: string): Error {
  const detail = `Requested resource ${id} with version ${version} is not found`;
  return xdmError('XDM-1012-404', 'Resource Not Found', detail);
}

/** By `$id` or by `meta:altId`. */
function findOwn(sandbox: Sandbox, type: string, id: string): JsonObject | undefined {
  const shelf = sandbox[shelfOf[type] ?? 'schemas'];
  return shelf.get(id) ?? shelf.get(`https://ns.adobe.com/${id.replace(/^_/, '').replaceAll('.', '/')}`);
}

function requireOwn(caller: Caller, type: string, id: string): JsonObject {
  const found = findOwn(caller.sandbox, type, id);
  if (found === undefined) throw notFound(id, '1');
  return found;
}

/** Whether there is a dataset of a schema, or of one that a class or field group is part of. */
function holdsData(sandbox: Sandbox, id: string): boolean {
  const schemas = sandbox.schemas.all().filter((one) => one.$id === id || one.refs.includes(id));
  const ids = new Set(schemas.map(({ $id }) => $id));
  return sandbox.dataSets.all().some((one) => ids.has(one.schemaRef.id));
}

function withoutTexts(item: JsonObject): JsonObject {
  const { title: _title, description: _description, ...rest } = item;
  return rest;
}

/** Which schemas build on which class. */
function classUsage(sandbox: Sandbox): JsonObject[] {
  const used = Map.groupBy(sandbox.schemas.all(), (schema) => String(schema['meta:class']));
  return [...used].map(([$id, schemas]) => ({
    $id,
    title: findStandard($id)?.title ?? sandbox.classes.get($id)?.title,
    numberOfSchemas: schemas.length,
    schemas: schemas.map(({ description, ...schema }) => ({ ...brief(schema), description })),
  }));
}

function stats(caller: Caller): JsonObject {
  const { sandbox } = caller;
  const newest = [...sandbox.schemas.all(), ...sandbox.classes.all(), ...sandbox.fieldGroups.all()]
    .toSorted(
      (a, b) =>
        b['meta:registryMetadata']['repo:createdDate'] - a['meta:registryMetadata']['repo:createdDate'],
    )
    .slice(0, 10);
  return {
    imsOrg: caller.org,
    tenantId: tenant,
    counts: {
      schemas: sandbox.schemas.size,
      mixins: sandbox.fieldGroups.size,
      datatypes: 0,
      classes: sandbox.classes.size,
      unions: 0,
    },
    recentlyCreatedResources: newest.map(brief),
    recentlyUpdatedResources: newest.map(brief),
    classUsage: classUsage(sandbox),
  };
}

export function schemaRegistry(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  app.get('/stats', (c) => c.json(stats(c.get('caller'))));
  app.route('/', descriptors(world));

  const answerList = (c: Context<Env>, items: JsonObject[]): Response => {
    const { full } = acceptOfList(c.req.header('accept'));
    const url = new URL(c.req.url);
    return c.json(
      list(
        items,
        url.searchParams,
        url.pathname.replace('/data/foundation/schemaregistry', ''),
        full ? (item) => item : brief,
      ),
    );
  };

  app.get(`/global/:type{(?:${types}|behaviors)}`, (c) =>
    answerList(c, standardResources.filter(isOfType(c.req.param('type'))).map(standardView)),
  );
  app.get(`/tenant/:type{${types}}`, (c) =>
    answerList(
      c,
      c.get('caller').sandbox[shelfOf[c.req.param('type')] ?? 'schemas'].listed(world.settings.listLagMs),
    ),
  );

  app.get(`/global/:type{(?:${types}|behaviors)}/:id`, (c) => {
    const accept = acceptOfLookup(c.req.header('accept'));
    const id = c.req.param('id');
    const found = standardResources
      .filter(isOfType(c.req.param('type')))
      .find((one) => one.id === id || altIdOf(one.id) === id);
    if (found === undefined || !accept.version.startsWith('1')) throw notFound(id, accept.version);
    const { definitions: _definitions, allOf: _allOf, ...plain } = standardView(found);
    return c.json(accept.full ? { ...plain, properties: expand(found.fields) } : standardView(found));
  });

  app.get(`/tenant/:type{${types}}/:id`, (c) => {
    const accept = acceptOfLookup(c.req.header('accept'));
    const { sandbox } = c.get('caller');
    const id = c.req.param('id');
    const found = findOwn(sandbox, c.req.param('type'), id);
    if (found === undefined || accept.version.split('.')[0] !== '1') throw notFound(id, accept.version);
    const own = sandbox.descriptors.all().filter((one) => one['xdm:sourceSchema'] === found.$id);
    const item = {
      ...found,
      // The expanded form has the fields in place of the references.
      ...(accept.full ? { properties: expand(fieldsOfResource(sandbox, found.$id)), allOf: undefined } : {}),
      ...(accept.descriptors ? { 'meta:descriptors': own } : {}),
    };
    return c.json(accept.texts ? item : withoutTexts(item));
  });

  const typeOf = (text: string): ResourceType => (text === 'mixins' ? 'fieldgroups' : (text as ResourceType));
  const requireBody = (body: unknown): JsonObject => {
    if (!isObject(body)) throw plainError(400, 'The request body is no object.');
    return body;
  };

  app.post(`/tenant/:type{${types}}`, (c) => {
    const caller = c.get('caller');
    const type = typeOf(c.req.param('type'));
    const body = requireBody(c.get('body'));
    world.unknownFields.check(`POST /schemaregistry/tenant/${type}`, body, fieldsOf.schema);
    checkTitle(world, caller.sandbox, body.title);
    const made = compose(caller, type, body, world.now());
    caller.sandbox[shelfOf[type] ?? 'schemas'].put(made.$id, made);
    return c.json(made, 201);
  });

  const replace = (caller: Caller, type: string, known: JsonObject, body: JsonObject): JsonObject => {
    checkTitle(world, caller.sandbox, body.title, known.$id);
    const shelf = caller.sandbox[shelfOf[type] ?? 'schemas'];
    const made = compose(caller, typeOf(type), body, world.now(), known);
    const before = fieldsOfResource(caller.sandbox, known.$id);
    shelf.put(made.$id, made);
    const after = fieldsOfResource(caller.sandbox, made.$id);
    const lost = [...before].find(([path, type]) => after.get(path) !== type);
    if (lost !== undefined && holdsData(caller.sandbox, String(known.$id))) {
      shelf.put(known.$id, known);
      // Guess: that this is refused is said in many words, with which code in none.
      const what = after.has(lost[0]) ? 'change its type' : 'go';
      throw plainError(400, `A dataset uses the schema: the field ${lost[0]} may not ${what}.`);
    }
    return made;
  };

  app.put(`/tenant/:type{${types}}/:id`, (c) => {
    const known = requireOwn(c.get('caller'), c.req.param('type'), c.req.param('id'));
    return c.json(replace(c.get('caller'), c.req.param('type'), known, requireBody(c.get('body'))));
  });

  app.patch(`/tenant/:type{${types}}/:id`, (c) => {
    const caller = c.get('caller');
    const known = requireOwn(caller, c.req.param('type'), c.req.param('id'));
    const steps = readPatch(c.get('body'));
    const changed = steps === undefined ? undefined : applyPatch(known, steps);
    if (changed === undefined) throw plainError(400, 'The body is not a JSON Patch that fits the resource.');
    return c.json(replace(caller, c.req.param('type'), known, merge(changed, {})));
  });

  app.delete(`/tenant/:type{${types}}/:id`, (c) => {
    const { sandbox } = c.get('caller');
    const known = requireOwn(c.get('caller'), c.req.param('type'), c.req.param('id'));
    // Guess: what is in use can't be deleted; the pages say so of schemas with datasets, without a code.
    const dataSet = sandbox.dataSets.all().find((one) => one.schemaRef.id === known.$id);
    const schema = sandbox.schemas.all().find((one) => one.refs.includes(known.$id));
    const user = dataSet?.name ?? schema?.title;
    if (user !== undefined) throw plainError(400, `The resource ${known.$id} is in use by ${user}.`);
    sandbox[shelfOf[c.req.param('type')] ?? 'schemas'].remove(known.$id);
    return c.body(null, 204);
  });

  return app;
}
