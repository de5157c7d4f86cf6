import { expect, test } from 'vitest';
import { bigQuery, flow, mappingSet, sourceConnection, targetConnection } from './bodies.ts';
import { rehearsal } from './client.ts';

const { emulator, client } = await rehearsal({ clockSpeed: 0 });

test('the databases tutorial works from start to end, call by call', async () => {
  const base = await client.get(`/flowservice/connections/${bigQuery.baseConnectionId}`);
  expect(base).toMatchObject({
    status: 200,
    body: { items: [{ state: 'enabled', connectionSpec: { id: bigQuery.specId } }] },
  });

  const source = await client.post('/flowservice/sourceConnections', sourceConnection());
  const target = await client.post('/flowservice/targetConnections', targetConnection());
  const mapping = await client.post('/conversion/mappingSets', mappingSet());
  expect([source.status, target.status, mapping.status]).toEqual([201, 201, 200]);
  expect(mapping.body).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{32}$/), version: 0 });

  const specs = await client.get('/flowservice/flowSpecs?property=name=="CRMToAEP"');
  expect(specs.body.items).toHaveLength(1);

  const startTime = String(Math.floor(emulator.control.clock().now / 1000) + 60);
  const parts = { sourceId: source.body.id, targetId: target.body.id, mappingId: mapping.body.id };
  const made = await client.post('/flowservice/flows', flow(parts, startTime));
  expect(made.status).toBe(201);
  expect(made.body.etag).toMatch(/^".+"$/);
  expect(made.headers.get('location')).toContain(made.body.id);

  const read = await client.get(`/flowservice/flows/${made.body.id}`);
  expect(read.body.items[0]).toMatchObject({
    state: 'enabled',
    etag: made.body.etag,
    version: made.body.etag,
    // Numbers sent as strings come back as they were sent.
    scheduleParams: { startTime, frequency: 'minute', interval: '15', backfill: 'true' },
    inheritedAttributes: {
      sourceConnections: [{ id: parts.sourceId, baseConnection: { id: bigQuery.baseConnectionId } }],
    },
  });
  expect(read.body.items[0]).not.toHaveProperty('lastRunDetails');
  expect(emulator.control.unknownFields()).toEqual([]);
});

test('every request is on record, without the token', () => {
  const requests = emulator.control.requests({ method: 'POST', path: '/flowservice/**' });
  expect(requests.map(({ path }) => path)).toEqual([
    '/flowservice/sourceConnections',
    '/flowservice/targetConnections',
    '/flowservice/flows',
  ]);
  expect(requests[0]).toMatchObject({
    status: 201,
    sandbox: 'prod',
    body: { name: 'Database source connection' },
  });
  expect(JSON.stringify(emulator.control.requests())).not.toMatch(/Bearer|s3cret/);
});

test('the older generation works too: ad-hoc class and schema, dataset and its base connection, path instead of table', async () => {
  const profile = 'https://ns.adobe.com/xdm/context/';
  const ok = async (wanted: number, path: string, body: object) => {
    const answer = await client.post(path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(wanted);
    return answer.body;
  };
  const fields = {
    type: 'object',
    properties: { OrderID: { type: 'string' }, updatedAt: { type: 'string', format: 'date-time' } },
  };
  const adHocClass = await ok(201, '/schemaregistry/tenant/classes', {
    title: 'Orders as they come',
    type: 'object',
    allOf: [{ $ref: 'https://ns.adobe.com/xdm/data/adhoc' }, { properties: { _adhoc: fields } }],
  });
  const adHocSchema = await ok(201, '/schemaregistry/tenant/schemas', {
    title: 'Schema of orders as they come',
    type: 'object',
    allOf: [{ $ref: adHocClass.$id }],
  });
  const source = await ok(201, '/flowservice/sourceConnections', {
    name: 'Protocols source connection',
    baseConnectionId: 'a5c6b647-e784-4b58-86b6-47e784ab580b',
    data: {
      format: 'parquet_xdm',
      schema: { id: adHocSchema.$id, version: 'application/vnd.adobe.xed-full-notext+json; version=1' },
    },
    params: { path: 'Orders' },
    connectionSpec: { id: '8e6b41a8-d998-4545-ad7d-c6a9fff406c3', version: '1.0' },
  });
  const groups = [
    'profile',
    'profile-person-details',
    'profile-personal-details',
    'profile-personal-details',
  ];
  const schema = await ok(201, '/schemaregistry/tenant/schemas', {
    type: 'object',
    title: 'Target schema for protocols',
    allOf: groups.map((group) => ({ $ref: `${profile}${group}` })),
    'meta:containerId': 'tenant',
    'meta:resourceType': 'schemas',
    'meta:xdmType': 'object',
    'meta:class': `${profile}profile`,
  });
  const [reference] = await ok(201, '/catalog/dataSets?requestDataSource=true', {
    name: 'Protocols target dataset',
    schemaRef: { id: schema.$id, contentType: 'application/vnd.adobe.xed-full-notext+json; version=1' },
  });
  const base = await ok(201, '/flowservice/connections', {
    name: 'Dataset Base Connection',
    connectionSpec: { id: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', version: '1.0' },
  });
  const target = await ok(201, '/flowservice/targetConnections', {
    baseConnectionId: base.id,
    name: 'Target Connection for protocols',
    data: {
      format: 'parquet_xdm',
      schema: { id: schema.$id, version: 'application/vnd.adobe.xed-full+json;version=1.0' },
    },
    params: { dataSetId: String(reference).replace('@/dataSets/', '') },
    connectionSpec: { id: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', version: '1.0' },
  });
  const pairs = [
    ['OrderID', '_id'],
    ['CustomerID', '_id'],
    ['EmployeeID', '_id'],
    ['OrderDate', 'createdByBatchID'],
  ];
  const mapping = await ok(200, '/conversion/mappingSets', {
    version: 0,
    xdmSchema: schema.$id,
    xdmVersion: '1.0',
    id: null,
    mappings: pairs.map(([sourceAttribute, destinationXdmPath]) => ({
      sourceAttribute,
      destinationXdmPath,
      identity: false,
      version: 0,
    })),
  });
  const scheduleParams = {
    startTime: Math.floor(emulator.control.clock().now / 1000) + 60,
    frequency: 'minute',
    interval: '30',
  };
  const transformations = [
    {
      name: 'Copy',
      params: { deltaColumn: { name: 'updatedAt', dateFormat: 'YYYY-MM-DD', timezone: 'UTC' } },
    },
    { name: 'Mapping', params: { mappingId: mapping.id, mappingVersion: '0' } },
  ];
  const parts = { sourceId: source.id, targetId: target.id, mappingId: mapping.id };
  await ok(201, '/flowservice/flows', flow(parts, 0, { scheduleParams, transformations }));
  expect(emulator.control.unknownFields()).toEqual([]);
});
