/** Base connections: where a source is and how to sign in to it. Also the dataset base connection of the older generation. */
import { Hono } from 'hono';
import { dataLakeSpecId } from '../data/connectors.ts';
import { fieldsOf } from '../data/known-fields.ts';
import { flowError } from '../errors.ts';
import type { Env } from '../gateway.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Sandbox, World } from '../world.ts';
import { checkAuth, masked, WrongCredentials } from './credentials.ts';
import {
  checkVersion,
  create,
  find,
  patched,
  readMode,
  readOperation,
  requireBody,
  requireField,
  update,
} from './items.ts';
import { listItems, searchParams } from './listing.ts';

function flowsOver(sandbox: Sandbox, baseConnectionId: string): JsonObject[] {
  return sandbox.flows
    .all()
    .filter((flow) =>
      [
        ...flow.sourceConnectionIds.map((id: string) => sandbox.sourceConnections.get(id)),
        ...flow.targetConnectionIds.map((id: string) => sandbox.targetConnections.get(id)),
      ].some((connection) => connection?.baseConnectionId === baseConnectionId),
    );
}

const states: Record<string, string> = { PUBLISH: 'enabled', ENABLE: 'enabled', DISABLE: 'disabled' };

export function connections(world: World): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  /** When those are enabled that AEP takes its time for. Clock ms. */
  const enabledAt = new Map<string, number>();
  const wrongCredentials = new WrongCredentials();
  // Shown without a version, so that nothing can be patched yet.
  const view = (item: JsonObject): JsonObject => {
    if (item.state !== 'enabled' || world.now() >= (enabledAt.get(item.id) ?? 0)) return item;
    const { version: _version, etag: _etag, ...rest } = item;
    return { ...rest, state: 'initializing' };
  };
  const listed = (sandbox: Sandbox): JsonObject[] =>
    sandbox.connections.listed(world.settings.listLagMs).map(view);

  app.get('/', (c) => {
    const params = new URL(c.req.url).searchParams;
    return c.json(listItems(listed(c.get('caller').sandbox), params, '/connections', (item) => item));
  });

  app.post('/search', (c) => {
    const params = searchParams(c.get('body'), new URL(c.req.url).searchParams);
    return c.json(listItems(listed(c.get('caller').sandbox), params, '/connections/search', (item) => item));
  });

  app.post('/', (c) => {
    const body = requireBody(c.get('body'));
    world.unknownFields.check('POST /flowservice/connections', body, fieldsOf.connection);
    const specId = requireField(body, 'connectionSpec.id');
    const connector = world.connectorOf(specId);
    if (connector === undefined && specId !== dataLakeSpecId) {
      throw flowError('1413-400', `The connection spec ${specId} is not valid.`);
    }
    const draft = readMode(c.req.query('mode'));
    if (!draft) checkAuth(connector, body.auth);
    const fields = isObject(body.auth) ? { ...body, auth: masked(body.auth) } : body;
    const item = create(world, c.get('caller'), 'connections', fields, draft ? 'draft' : 'enabled');
    // Documented of one kind of credentials only; others are enabled at once, unless somebody rehearses it.
    wrongCredentials.take(item.id, body.auth);
    if (isObject(body.auth)) enabledAt.set(item.id, world.now() + world.settings.connectionInitMs);
    return c.json({ id: item.id, etag: item.etag }, 201, { location: `/connections/${item.id}` });
  });

  app.get('/:id', (c) => c.json({ items: [view(find(c.get('caller'), 'connections', c.req.param('id')))] }));

  app.get('/:id/test', (c) => {
    const item = find(c.get('caller'), 'connections', c.req.param('id'));
    wrongCredentials.check(String(item.id));
    return c.json({ result: view(item).state === 'enabled' });
  });

  app.get('/:id/explore', async (c) => {
    const item = find(c.get('caller'), 'connections', c.req.param('id'));
    wrongCredentials.check(String(item.id));
    // With all that reads rows, for which no start waits.
    const { exploreByQuery } = await import('./explore.ts');
    return c.json(
      await exploreByQuery(
        world.connectorOf(item.connectionSpec.id),
        (name) => c.req.query(name),
        world.rows?.folder,
      ),
    );
  });

  app.get('/:id/configs', (c) => {
    find(c.get('caller'), 'connections', c.req.param('id'));
    // Guess: nothing says what a configuration looks like.
    return c.json({ items: [] });
  });

  app.patch('/:id', (c) => {
    const caller = c.get('caller');
    const item = find(caller, 'connections', c.req.param('id'));
    checkVersion(item, c.req.header('if-match'), true);
    const { changed, steps } = patched(
      item,
      c.get('body'),
      /^\/(name|description|auth|connectionSpec|state)(\/|$)/,
    );
    if (steps.some(({ path }) => path.startsWith('/connectionSpec'))) {
      throw flowError('1414-400', 'The connection spec of a connection may not change.');
    }
    const { auth } = changed;
    if (isObject(auth)) {
      if (isObject(item.auth) && auth.specName !== item.auth.specName)
        throw flowError('CONNECTOR-1302-400', 'The authentication type of a connection may not change.');
      checkAuth(world.connectorOf(item.connectionSpec.id), auth);
      wrongCredentials.take(String(item.id), auth);
      changed.auth = masked(auth);
    }
    const { id, etag } = update(world, caller, 'connections', item, changed);
    return c.json({ id, etag });
  });

  app.post('/:id/action', (c) => {
    const caller = c.get('caller');
    const item = find(caller, 'connections', c.req.param('id'));
    checkVersion(item, c.req.header('if-match'), false);
    const operation = readOperation(c.req.query('op'));
    const state = operation.startsWith('FINALIZE') ? 'enabled' : states[operation];
    if (state === undefined) throw flowError('1422-400', `The operation ${operation} is not valid here.`);
    if (operation === 'PUBLISH' && item.state !== 'draft')
      throw flowError('1422-400', 'Only a draft can be published.');
    const { id, etag } = update(world, caller, 'connections', item, { state });
    return c.json({ id, etag });
  });

  app.delete('/:id', (c) => {
    const { sandbox } = c.get('caller');
    const item = find(c.get('caller'), 'connections', c.req.param('id'));
    // Source and target connections that no flow uses don't hold it: the code speaks of flows alone.
    const users = flowsOver(sandbox, String(item.id));
    if (users.length > 0)
      throw flowError(
        '1418-400',
        `The connection is still used by flows: ${users.map(({ id }) => id).join(', ')}.`,
      );
    sandbox.connections.remove(String(item.id));
    return c.body(null, 204);
  });

  return app;
}
