import { expect, test } from 'vitest';
import { databasesDataSet, databasesSchema, makeFlow } from './bodies.ts';
import { rehearsal } from './client.ts';

const { emulator, client } = await rehearsal({ clockSpeed: 0 });
const schemaRef = { id: databasesSchema, contentType: 'application/vnd.adobe.xed-full+json;version=1' };
const create = (body: object) => client.post('/catalog/dataSets?requestDataSource=true', body);
const idOf = (reference: string[]): string => (reference[0] ?? '').replace('@/dataSets/', '');

test('a dataset is answered as a reference in a list, and read as an object keyed by its id', async () => {
  const made = await create({ name: 'Orders', schemaRef, tags: { origin: ['test'] } });
  expect(made).toMatchObject({ status: 201, body: [expect.stringMatching(/^@\/dataSets\/[0-9a-f]{24}$/)] });
  const id = idOf(made.body);
  const read = await client.get(`/catalog/dataSets/${id}`);
  expect(Object.keys(read.body)).toEqual([id]);
  expect(read.body[id]).toMatchObject({ name: 'Orders', schemaRef, tags: { origin: ['test'] } });
  const brief = await client.get(`/catalog/dataSets/${id}?properties=name,schemaRef`);
  expect(brief.body[id]).toEqual({ name: 'Orders', schemaRef });
});

test('a dataset shows what recorded ones show: its table, how its data behaves, where its files are', async () => {
  const first = idOf((await create({ name: 'Table 1', schemaRef })).body);
  const { [first]: dataSet } = (await client.get(`/catalog/dataSets/${first}`)).body;
  expect(dataSet).toMatchObject({
    enableErrorDiagnostics: false,
    classification: { dataBehavior: 'record', managedBy: 'CUSTOMER' },
    tags: { 'adobe/pqs/table': ['table_1'], 'adobe/siphon/table/format': ['parquet'] },
    files: `@/dataSets/${first}/views/${dataSet.viewId}/files`,
    schemaMetadata: { delta: [], gdpr: [] },
    persistence: { adls: { location: dataSet.basePath } },
  });
  const second = idOf((await create({ name: 'table-1', schemaRef })).body);
  const { [second]: other } = (await client.get(`/catalog/dataSets/${second}`)).body;
  expect(other.tags['adobe/pqs/table']).not.toEqual(['table_1']);

  const $ref = 'https://ns.adobe.com/xdm/context/experienceevent';
  const events = await client.post('/schemaregistry/tenant/schemas', {
    title: 'Events of datasets',
    type: 'object',
    allOf: [{ $ref }],
  });
  const made = await create({ name: 'Events', schemaRef: { ...schemaRef, id: events.body.$id } });
  const event = (await client.get(`/catalog/dataSets/${idOf(made.body)}`)).body[idOf(made.body)];
  expect(event.classification.dataBehavior).toBe('time-series');
});

test('dataset names need not be unique', async () => {
  const twins = [await create({ name: 'Twin', schemaRef }), await create({ name: 'Twin', schemaRef })];
  expect(twins.map(({ status }) => status)).toEqual([201, 201]);
  const found = await client.get('/catalog/dataSets?name=Twin');
  expect(Object.keys(found.body).toSorted()).toEqual(twins.map(({ body }) => idOf(body)).toSorted());
});

test('datasets are found by tag, with a wildcard', async () => {
  const made = await create({ name: 'Tagged', schemaRef, tags: { aepDataflows: ['prod/orders#k3f9x2ab'] } });
  const search = async (tag: string) =>
    Object.keys((await client.get(`/catalog/dataSets?tags=${encodeURIComponent(tag)}`)).body);
  expect(await search('aepDataflows:prod/orders#k3f9x2ab')).toEqual([idOf(made.body)]);
  expect(await search('aepDataflows:prod/orders#*')).toEqual([idOf(made.body)]);
  expect(await search('aepDataflows:prod/other#*')).toEqual([]);
});

test('pages of a list go by limit and start, in the order asked for', async () => {
  const ids: string[] = [];
  for (let number = 0; number < 3; number += 1) {
    emulator.control.advanceClock(1000);
    ids.push(idOf((await create({ name: `Paged ${number}`, schemaRef })).body));
  }
  const page = async (query: string) =>
    Object.keys((await client.get(`/catalog/dataSets?orderBy=desc:created&${query}`)).body);
  expect(await page('limit=2')).toEqual([ids[2], ids[1]]);
  expect(await page('limit=1&start=2')).toEqual([ids[0]]);
});

test('a dataset with an unknown schema, without one, or with a tag that is no list is refused', async () => {
  expect((await create({ name: 'x' })).status).toBe(400);
  expect(
    (
      await create({
        name: 'x',
        schemaRef: { id: 'https://ns.adobe.com/emulator/schemas/nope', contentType: 'x' },
      })
    ).status,
  ).toBe(400);
  expect((await create({ name: 'x', schemaRef, tags: { origin: 'test' } })).status).toBe(400);
});

test('a dataset is changed by merging and by JSON Patch, with a version that can be insisted on', async () => {
  const id = idOf((await create({ name: 'Before', schemaRef, description: 'kept' })).body);
  const one = `/catalog/dataSets/${id}`;
  const merged = await client.patch(one, { name: 'Merged' });
  expect(merged).toMatchObject({ status: 200, body: [`@/dataSets/${id}`] });
  const steps = [{ op: 'add', path: '/description', value: 'patched' }];
  const patched = await client.call('PATCH', one, {
    body: steps,
    headers: { 'content-type': 'application/json-patch+json' },
  });
  expect(patched.status).toBe(200);
  const { [id]: item } = (await client.get(one)).body;
  expect(item).toMatchObject({ name: 'Merged', description: 'patched' });
  expect((await client.patch(one, { name: 'x' }, '0.0.0')).status).toBe(412);
  expect((await client.patch(one, { name: 'Again' }, item.version)).status).toBe(200);
  expect((await client.call('PUT', one, { body: { name: 'Replaced', schemaRef } })).status).toBe(200);
  expect((await client.get(one)).body[id]).not.toHaveProperty('description');
});

test('deleting answers the reference, deleting what is not there an empty list, and reading it 404', async () => {
  const id = idOf((await create({ name: 'Doomed', schemaRef })).body);
  expect(await client.delete(`/catalog/dataSets/${id}`)).toMatchObject({
    status: 200,
    body: [`@/dataSets/${id}`],
  });
  expect(await client.delete(`/catalog/dataSets/${id}`)).toMatchObject({ status: 200, body: [] });
  expect((await client.get(`/catalog/dataSets/${id}`)).status).toBe(404);
});

test('a dry run makes nothing', async () => {
  const dry = await client.post('/catalog/dataSets', { name: 'Dry', schemaRef }, { pragma: 'validate-only' });
  expect(dry.status).toBe(201);
  expect((await client.get('/catalog/dataSets?name=Dry')).body).toEqual({});
});

test('a run that ended left a batch in its dataset', async () => {
  emulator.control.planRuns({ outcomes: ['degraded'] });
  const flowId = await makeFlow(client, emulator.control.clock().now);
  emulator.control.advanceClock(10 * 60_000);
  const runs = await client.get(`/flowservice/runs?property=flowId==${flowId}`);
  const promotion = runs.body.items[0].activities[1];
  const batchId = promotion.targetInfo[0].reference.ids[0];
  const batches = await client.get(`/catalog/batches?dataSet=${databasesDataSet}`);
  expect(batches.body[batchId]).toMatchObject({
    status: 'success',
    failedRecordCount: promotion.recordSummary.failedRecordCount,
  });
  expect((await client.get(`/catalog/batches/${batchId}`)).body).toEqual({
    [batchId]: batches.body[batchId],
  });
  expect((await client.get('/catalog/batches/nope')).status).toBe(404);
});
