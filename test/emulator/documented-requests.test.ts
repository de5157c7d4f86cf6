/**
 * What Adobe's pages send, as they print it: their values are shortened, their forms are not. The ids in it are the
 * emulator's, and its clock stands before the dates that the pages name.
 */
import { expect, test } from 'vitest';
import { bigQuery, databasesDataSet, databasesSchema, flow, makeParts } from './bodies.ts';
import { rehearsal } from './client.ts';
import type { Json } from './client.ts';

const { emulator, client } = await rehearsal({ clockSpeed: 0, now: Date.UTC(2019, 0, 1) });
const now = (): number => Math.floor(emulator.control.clock().now / 1000);
const specs: Json[] = (await client.get('/flowservice/connectionSpecs')).body.items;
const ways = specs.flatMap((spec) =>
  (spec.authSpec ?? []).map((auth: Json) => [spec.name, auth.name, spec, auth] as const),
);

test.each(ways)('a base connection of %s signs in by %s', async (_spec, _auth, spec, auth) => {
  const params = Object.fromEntries(Object.keys(auth.spec.properties).map((name) => [name, `{${name}}`]));
  const made = await client.post('/flowservice/connections', {
    name: `${spec.name} base connection`,
    description: 'As the page has it',
    auth: { specName: auth.name, params },
    connectionSpec: { id: spec.id, version: '1.0' },
  });
  expect(made).toMatchObject({ status: 201, body: { id: expect.any(String), etag: expect.any(String) } });
});

test('the dataset base connection has no auth', async () => {
  const made = await client.post('/flowservice/connections', {
    name: 'Dataset Base Connection',
    connectionSpec: { id: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', version: '1.0' },
  });
  expect(made.status).toBe(201);
});

const connectionSpec = { id: bigQuery.specId, version: '1.0' };

test('a source connection filters its rows, names no column, or takes a table whole', async () => {
  const { baseConnectionId } = bigQuery;
  const filters = {
    type: 'PQL',
    format: 'pql/json',
    value: {
      nodeType: 'fnApply',
      fnName: '=',
      params: [
        { nodeType: 'fieldLookup', fieldName: 'city' },
        { nodeType: 'literal', value: 'DDN' },
      ],
    },
  };
  for (const params of [{ tableName: 'test1.fasTestTable', filters }, { path: 'test1.Mytable' }]) {
    const body = { name: 'Source', baseConnectionId, data: { format: 'tabular' }, params, connectionSpec };
    expect((await client.post('/flowservice/sourceConnections', body)).status).toBe(201);
  }
});

test.each([
  ['with a start', { startTime: '1663735590', windowStartTime: '1651584991', windowEndTime: '16515859567' }],
  ['without a start', { windowStartTime: '1651584991', windowEndTime: '16515859567' }],
])('an on-demand run is asked for %s, in text and in seconds', async (_how, times) => {
  const parts = await makeParts(client);
  const startTime = now() + 60;
  const transformations = [{ name: 'Mapping', params: { mappingId: parts.mappingId, mappingVersion: '0' } }];
  const body = flow(parts, startTime, { transformations, scheduleParams: { startTime, frequency: 'once' } });
  const made = await client.post('/flowservice/flows', body);
  const params = { ...times, deltaColumn: { name: 'DOB' } };
  const run = await client.post('/flowservice/runs', { flowId: made.body.id, params });
  expect(run).toMatchObject({ status: 201, body: { items: [{ id: expect.any(String) }] } });
});

test('a flow starts at the time that the page names, with numbers in text', async () => {
  const change = {
    scheduleParams: { startTime: '1612310466', frequency: 'week', interval: '15', backfill: 'true' },
  };
  const made = await client.post('/flowservice/flows', flow(await makeParts(client), now(), change));
  expect(made.status).toBe(201);
  const { items } = (await client.get(`/flowservice/flows/${made.body.id}`)).body;
  expect(items[0].scheduleParams).toEqual(change.scheduleParams);
});

test('a flow moves to the second version of its mapping by its first transformation', async () => {
  const parts = await makeParts(client);
  const startTime = now() + 60;
  const map = (mappingVersion: unknown) => ({
    name: 'Mapping',
    params: { mappingId: parts.mappingId, mappingVersion },
  });
  const body = flow(parts, startTime, {
    transformations: [map('0')],
    scheduleParams: { startTime, frequency: 'once' },
  });
  const { id, etag } = (await client.post('/flowservice/flows', body)).body;
  const mappings = [{ sourceType: 'ATTRIBUTE', source: 'TestID', destination: '_id' }];
  const contentType = 'application/vnd.adobe.xed-full+json;version=1';
  for (let version = 1; version <= 2; version += 1) {
    const outputSchema = { schemaRef: { id: databasesSchema, contentType } };
    await client.call('PUT', `/conversion/mappingSets/${parts.mappingId}`, {
      body: { outputSchema, mappings },
    });
  }
  const steps = [{ op: 'replace', path: '/transformations/0', value: map(2) }];
  expect((await client.patch(`/flowservice/flows/${id}`, steps, etag)).status).toBe(200);
});

test('an identity descriptor, and a JSON Patch of a dataset', async () => {
  const descriptor = {
    '@type': 'xdm:descriptorIdentity',
    'xdm:sourceSchema': databasesSchema,
    'xdm:sourceVersion': 1,
    'xdm:sourceProperty': '/personalEmail/address',
    'xdm:namespace': 'Email',
    'xdm:property': 'xdm:code',
    'xdm:isPrimary': false,
  };
  expect((await client.post('/schemaregistry/tenant/descriptors', descriptor)).status).toBe(201);
  const body = [
    { op: 'add', path: '/name', value: 'New Dataset Name' },
    { op: 'add', path: '/description', value: 'New description for dataset' },
  ];
  const headers = { 'content-type': 'application/json-patch+json' };
  const patched = await client.call('PATCH', `/catalog/dataSets/${databasesDataSet}`, { body, headers });
  expect(patched).toMatchObject({ status: 200, body: [`@/dataSets/${databasesDataSet}`] });
});

test('the table that the page on customer success explores is there', async () => {
  const path = '/flowservice/connections/60a5c8b9-3c30-43ba-a5c8-b93c3093ba66/explore';
  const found = await client.get(`${path}?objectType=table&object=test1.Mytable`);
  expect(found).toMatchObject({ status: 200, body: { format: 'flat' } });
});

test('nothing of it is unknown to the emulator', () => {
  expect(emulator.control.unknownFields()).toEqual([]);
});
