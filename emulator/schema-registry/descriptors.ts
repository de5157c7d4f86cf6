/** Descriptors: identities and the like, attached to fields of schemas. */
import { Hono } from 'hono';
import { fieldsOf } from '../data/known-fields.ts';
import { plainError, xdmError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import { newHex } from '../ids.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Sandbox, World } from '../world.ts';
import { acceptOfDescriptors } from './accept.ts';
import { list } from './listing.ts';

const mostPerSandbox = 4000;

function checked(sandbox: Sandbox, body: unknown): JsonObject {
  if (!isObject(body) || typeof body['@type'] !== 'string')
    throw plainError(400, 'The @type of the descriptor is missing.');
  const schema = body['xdm:sourceSchema'];
  if (!sandbox.schemas.has(schema) && !sandbox.classes.has(schema) && !sandbox.fieldGroups.has(schema)) {
    throw plainError(400, `The schema ${String(schema)} of the descriptor was not found.`);
  }
  return body;
}

function find(sandbox: Sandbox, id: string): JsonObject {
  const found = sandbox.descriptors.get(id);
  if (found === undefined)
    throw xdmError('XDM-1012-404', 'Resource Not Found', `Requested resource ${id} is not found`);
  return found;
}

export function descriptors(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });

  app.get('/tenant/descriptors', (c) => {
    const { shape, inPages } = acceptOfDescriptors(c.req.header('accept'), true);
    const all = c.get('caller').sandbox.descriptors.listed(world.settings.listLagMs);
    const show = (one: JsonObject) =>
      shape === 'object' ? one : shape === 'id' ? one['@id'] : `/tenant/descriptors/${one['@id']}`;
    if (inPages) return c.json(list(all, new URL(c.req.url).searchParams, '/tenant/descriptors', show));
    const groups: Record<string, unknown[]> = {};
    for (const one of all) (groups[one['@type']] ??= []).push(show(one));
    return c.json(groups);
  });

  app.post('/tenant/descriptors', (c) => {
    const { sandbox } = c.get('caller');
    const body = checked(sandbox, c.get('body'));
    world.unknownFields.check('POST /schemaregistry/tenant/descriptors', body, fieldsOf.descriptor);
    if (sandbox.descriptors.size >= mostPerSandbox)
      throw plainError(400, `A sandbox holds at most ${mostPerSandbox} descriptors.`);
    const made = { ...body, 'meta:containerId': 'tenant', '@id': newHex(40) };
    sandbox.descriptors.put(made['@id'], made);
    return c.json(made, 201);
  });

  app.get('/tenant/descriptors/:id', (c) => {
    acceptOfDescriptors(c.req.header('accept'), false);
    return c.json(find(c.get('caller').sandbox, c.req.param('id')));
  });

  // Prose says 201 here, the OpenAPI file 200.
  app.put('/tenant/descriptors/:id', (c) => {
    const { sandbox } = c.get('caller');
    const known = find(sandbox, c.req.param('id'));
    const made = { ...checked(sandbox, c.get('body')), 'meta:containerId': 'tenant', '@id': known['@id'] };
    sandbox.descriptors.put(made['@id'], made);
    return c.json(made);
  });

  app.delete('/tenant/descriptors/:id', (c) => {
    const { sandbox } = c.get('caller');
    find(sandbox, c.req.param('id'));
    sandbox.descriptors.remove(c.req.param('id'));
    return c.body(null, 204);
  });

  return app;
}
