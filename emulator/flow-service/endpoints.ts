/** Source and target connections: one end each of a flow. */
import { Hono } from 'hono';
import { dataLakeSpecId, landingZoneSpecId } from '../data/connectors.ts';
import { fieldsOf } from '../data/known-fields.ts';
import { flowError, flowNotFound } from '../errors.ts';
import type { Env } from '../gateway.ts';
import type { JsonObject } from '../json.ts';
import type { Sandbox, World } from '../world.ts';
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
import { listItems } from './listing.ts';
import { creation } from './operations.ts';

type EndpointKind = 'sourceConnections' | 'targetConnections';

/** The base connection, which has to be there and of the same connector. */
function checkBase(sandbox: Sandbox, baseConnectionId: string, specId: string): void {
  const base = sandbox.connections.referred(baseConnectionId);
  if (base === undefined) throw flowNotFound('connections', baseConnectionId);
  if (base.connectionSpec.id !== specId) {
    throw flowError(
      '1413-400',
      `The base connection ${baseConnectionId} belongs to the connection spec ${base.connectionSpec.id}, not to ${specId}.`,
    );
  }
}

function checkSource(sandbox: Sandbox, body: JsonObject): void {
  for (const field of ['name', 'connectionSpec.id', 'data']) requireField(body, field);
  const specId: string = body.connectionSpec.id;
  const connector = sandbox.connectorOf(specId);
  if (connector === undefined) throw flowError('1413-400', `The connection spec ${specId} is not a source.`);
  if (body.baseConnectionId !== undefined && specId === landingZoneSpecId)
    throw flowError('CONNECTOR-1332-400', `The base connection is not supported for ${connector.name}.`);
  if (body.baseConnectionId !== undefined) checkBase(sandbox, body.baseConnectionId, specId);
  else if (connector.auth.length > 0) requireField(body, 'baseConnectionId');

  const format = body.data.format;
  if (format !== undefined && connector.formats.length > 0 && !connector.formats.includes(format)) {
    throw flowError('CONNECTOR-1327-400', `The data format ${format} is not valid for ${connector.name}.`);
  }
  if (!connector.formats.includes('tabular')) return;
  if (body.params?.tableName === undefined && body.params?.path === undefined) {
    throw flowError('CONNECTOR-1304-400', 'The mandatory field params.tableName is missing.');
  }
  if (Array.isArray(body.params.columns) && body.params.columns.length === 0) {
    throw flowError('CONNECTOR-1330-400', `No columns were given for the table ${body.params.tableName}.`);
  }
}

function checkTarget(sandbox: Sandbox, body: JsonObject): void {
  for (const field of ['connectionSpec.id', 'data']) requireField(body, field);
  if (body.connectionSpec.id !== dataLakeSpecId) {
    throw flowError(
      'CONNECTOR-1307-400',
      `The connection spec of a target connection must be ${dataLakeSpecId}.`,
    );
  }
  if (body.baseConnectionId !== undefined) checkBase(sandbox, body.baseConnectionId, dataLakeSpecId);
  const dataSetId = body.params?.dataSetId;
  if (typeof dataSetId !== 'string' || dataSetId === '')
    throw flowError('CONNECTOR-1325-400', 'The dataSetId is empty.');
  // Guess: the page says that an invalid dataset is an error, not which.
  if (!sandbox.dataSets.referred(dataSetId))
    throw flowError('CONNECTOR-1003-404', `The dataset ${dataSetId} was not found.`);
}

export function endpoints(world: World, kind: EndpointKind): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  const isSource = kind === 'sourceConnections';
  const check = isSource ? checkSource : checkTarget;

  app.get('/', (c) => {
    const { nameFilter, listLagMs } = world.settings;
    const items = c.get('caller').sandbox[kind].listed(listLagMs);
    const params = new URL(c.req.url).searchParams;
    const refused = nameFilter === 'refused' ? ['name'] : [];
    const answer = (shown: JsonObject[]) =>
      c.json(listItems(shown, params, `/${kind}`, (item) => item, refused));
    if (nameFilter !== 'loose') return answer(items);
    const names = params.getAll('property').filter((filter) => filter.startsWith('name=='));
    for (const name of names) params.delete('property', name);
    const asked = names.map((filter) => filter.slice(6).replaceAll('"', '').toLowerCase());
    return answer(
      items.filter(({ name }) => asked.every((begin) => begin.startsWith(String(name).toLowerCase()))),
    );
  });

  app.post('/', (c) => {
    const body = requireBody(c.get('body'));
    const known = isSource ? fieldsOf.sourceConnection : fieldsOf.targetConnection;
    world.unknownFields.check(`POST /flowservice/${kind}`, body, known);
    const draft = readMode(c.req.query('mode'));
    if (!draft) check(c.get('caller').sandbox, body);
    // Shown of drafts only.
    const fields = draft ? { ...body, lastOperation: creation('draft_create', world.now()) } : body;
    const item = create(world, c.get('caller'), kind, fields, draft ? 'draft' : 'enabled');
    return c.json({ id: item.id, etag: item.etag }, 201);
  });

  app.get('/:id', (c) => c.json({ items: [find(c.get('caller'), kind, c.req.param('id'))] }));

  app.patch('/:id', (c) => {
    const caller = c.get('caller');
    const item = find(caller, kind, c.req.param('id'));
    checkVersion(item, c.req.header('if-match'), true);
    const { changed, steps } = patched(
      item,
      c.get('body'),
      /^\/(name|description|params|data|baseConnectionId|connectionSpec)(\/|$)/,
    );
    if (steps.some(({ path }) => path.startsWith('/connectionSpec'))) {
      throw flowError('1414-400', 'The connection spec of a connection may not change.');
    }
    if (item.state !== 'draft') check(caller.sandbox, changed);
    const { id, etag } = update(world, caller, kind, item, changed);
    return c.json({ id, etag });
  });

  app.post('/:id/action', (c) => {
    const caller = c.get('caller');
    const item = find(caller, kind, c.req.param('id'));
    checkVersion(item, c.req.header('if-match'), false);
    const operation = readOperation(c.req.query('op'));
    if (operation !== 'PUBLISH' || item.state !== 'draft') {
      throw flowError('1422-400', `The operation ${operation} is not possible in state ${item.state}.`);
    }
    check(caller.sandbox, item);
    const { id, etag } = update(world, caller, kind, item, { state: 'enabled' });
    return c.json({ id, etag });
  });

  app.delete('/:id', (c) => {
    const { sandbox } = c.get('caller');
    const id = String(find(c.get('caller'), kind, c.req.param('id')).id);
    const ids = isSource ? 'sourceConnectionIds' : 'targetConnectionIds';
    const users = sandbox.flows.all().filter((flow) => flow[ids].includes(id));
    if (users.length > 0)
      throw flowError('1447-400', `Active flows contain ${id}: ${users.map((flow) => flow.id).join(', ')}.`);
    sandbox[kind].remove(id);
    return c.body(null, 204);
  });

  return app;
}
