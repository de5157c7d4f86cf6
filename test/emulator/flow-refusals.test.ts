import { expect, test } from 'vitest';
import { flow, makeParts, mappingSet, sourceConnection, targetConnection } from './bodies.ts';
import { rehearsal } from './client.ts';
import type { Answer, Json } from './client.ts';

const { emulator, client } = await rehearsal({ clockSpeed: 0 });
const parts = await makeParts(client);
const soon = Math.floor(emulator.control.clock().now / 1000) + 60;

const oData = {
  baseConnectionId: 'a5c6b647-e784-4b58-86b6-47e784ab580b',
  specId: '8e6b41a8-d998-4545-ad7d-c6a9fff406c3',
};

/** The whole code of an error, from its type. */
const code = (answer: Answer): string => String(answer.body?.type).replace(/^.*\//, '');

function refused(answer: Answer, wanted: string): void {
  expect(`${answer.status} ${code(answer)}`).toBe(`${wanted.slice(-3)} ${wanted}`);
  expect(answer.body).toMatchObject({
    status: answer.status,
    errorMessage: expect.any(String),
    report: { 'request-id': expect.any(String) },
  });
}

test.each<[string, object, string]>([
  ['an unknown base connection', { baseConnectionId: 'no-such-id' }, 'FLOW-1439-404'],
  ['a base connection of another connector', { baseConnectionId: oData.baseConnectionId }, 'FLOW-1413-400'],
  ['an unknown connection spec', { connectionSpec: { id: 'no-such-spec', version: '1.0' } }, 'FLOW-1413-400'],
  ['no base connection', { baseConnectionId: undefined }, 'CONNECTOR-1304-400'],
  ['no name', { name: undefined }, 'CONNECTOR-1304-400'],
  ['no data', { data: undefined }, 'CONNECTOR-1304-400'],
  ['a format its connector does not have', { data: { format: 'json' } }, 'CONNECTOR-1327-400'],
  ['no table', { params: {} }, 'CONNECTOR-1304-400'],
  ['a table without columns', { params: { tableName: 'x', columns: [] } }, 'CONNECTOR-1330-400'],
])('a source connection with %s is refused', async (_, change, wanted) => {
  refused(await client.post('/flowservice/sourceConnections', sourceConnection(change)), wanted);
});

test.each<[string, object, string]>([
  ['an unknown dataset', { params: { dataSetId: '000000000000000000000000' } }, 'CONNECTOR-1003-404'],
  ['no dataset', { params: {} }, 'CONNECTOR-1325-400'],
  [
    "the source's connection spec",
    { connectionSpec: { id: oData.specId, version: '1.0' } },
    'CONNECTOR-1307-400',
  ],
  [
    'a base connection that is no dataset base connection',
    { baseConnectionId: oData.baseConnectionId },
    'FLOW-1413-400',
  ],
])('a target connection with %s is refused', async (_, change, wanted) => {
  refused(await client.post('/flowservice/targetConnections', targetConnection(change)), wanted);
});

test('a target connection over the dataset base connection is taken, as the older generation sends it', async () => {
  const change = {
    baseConnectionId: 'd6c3988d-14ef-4000-8398-8d14ef000021',
    data: {
      format: 'parquet_xdm',
      schema: { id: 'https://ns.adobe.com/emulator/schemas/x', version: '1.0' },
    },
  };
  expect((await client.post('/flowservice/targetConnections', targetConnection(change))).status).toBe(201);
});

test('an empty body is refused', async () => {
  refused(await client.post('/flowservice/flows'), 'FLOW-1405-400');
});

const copy = (deltaColumn?: object): object => ({
  name: 'Copy',
  params: deltaColumn === undefined ? {} : { deltaColumn },
});
const map = (params: object): object => ({
  name: 'Mapping',
  params: { mappingId: parts.mappingId, mappingVersion: 0, ...params },
});
const schedule = (change: object): Json => ({
  scheduleParams: { startTime: soon, frequency: 'minute', interval: 15, ...change },
});

test.each<[string, Json, string]>([
  ['a state', { state: 'enabled' }, 'FLOW-1410-400'],
  ['an unknown flow spec', { flowSpec: { id: 'no-such-spec', version: '1.0' } }, 'FLOW-1413-400'],
  [
    'a flow spec that does not know the source',
    { flowSpec: { id: '9753525b-82c7-4dce-8a9b-5ccfce2b9876', version: '1.0' } },
    'FLOW-1413-400',
  ],
  ['two sources', { sourceConnectionIds: [parts.sourceId, parts.sourceId] }, 'CONNECTOR-1321-400'],
  ['no target', { targetConnectionIds: [] }, 'CONNECTOR-1321-400'],
  ['an unknown source connection', { sourceConnectionIds: ['no-such-id'] }, 'FLOW-1439-404'],
  ['an unknown target connection', { targetConnectionIds: ['no-such-id'] }, 'FLOW-1439-404'],
  [
    'a transformation that the spec does not have',
    { transformations: [{ name: 'Shuffle', params: {} }] },
    'CONNECTOR-1392-400',
  ],
  ['no Copy', { transformations: [map({})] }, 'CONNECTOR-1367-400'],
  ['a Copy without a delta column', { transformations: [copy(), map({})] }, 'CONNECTOR-1367-400'],
  ['no mapping', { transformations: [copy({ name: 'Datefield' })] }, 'CONNECTOR-1370-400'],
  [
    'an unknown mapping set',
    { transformations: [copy({ name: 'Datefield' }), map({ mappingId: 'nope' })] },
    'FLOW-1419-400',
  ],
  [
    'a wrong mapping version',
    { transformations: [copy({ name: 'Datefield' }), map({ mappingVersion: 3 })] },
    'FLOW-1412-400',
  ],
  ['no start', schedule({ startTime: undefined }), 'CONNECTOR-1304-400'],
  ['a start in the past', schedule({ startTime: soon - 120 }), 'CONNECTOR-1360-400'],
  ['an unknown frequency', schedule({ frequency: 'month' }), 'CONNECTOR-1397-400'],
  ['an empty schedule', { scheduleParams: {} }, 'CONNECTOR-1317-400'],
  ['no interval', schedule({ interval: undefined }), 'CONNECTOR-1304-400'],
  ['a minute interval below 15', schedule({ interval: '14' }), 'CONNECTOR-1362-400'],
  ['an hour interval below 1', schedule({ frequency: 'hour', interval: 0 }), 'CONNECTOR-1362-400'],
  [
    'an interval with once',
    { ...schedule({ frequency: 'once', interval: 1 }), transformations: [map({})] },
    'CONNECTOR-1361-400',
  ],
  [
    'a backfill with once',
    { ...schedule({ frequency: 'once', interval: undefined, backfill: true }), transformations: [map({})] },
    'CONNECTOR-1364-400',
  ],
  ['a delta column with once', schedule({ frequency: 'once', interval: undefined }), 'CONNECTOR-1369-400'],
  ['a partial ingestion of 0 percent', { options: { partialIngestionPercent: 0 } }, 'CONNECTOR-1304-400'],
])('a flow with %s is refused', async (_, change, wanted) => {
  refused(await client.post('/flowservice/flows', flow(parts, soon, change)), wanted);
});

test.each([
  ['sourceConnections', sourceConnection()],
  ['targetConnections', targetConnection()],
  ['flows', flow(parts, soon)],
])('a mode that is no draft is refused: %s', async (path, body) => {
  refused(await client.post(`/flowservice/${path}?mode=final`, body), 'CONNECTOR-1368-400');
});

test('a flow whose mapping is for another schema than its dataset has is refused', async () => {
  const schema = await client.post('/schemaregistry/tenant/schemas', {
    title: 'Another schema',
    type: 'object',
    allOf: [
      { $ref: 'https://ns.adobe.com/xdm/context/profile' },
      { $ref: 'https://ns.adobe.com/xdm/context/profile-person-details' },
    ],
  });
  const mapping = await client.post('/conversion/mappingSets', mappingSet({ xdmSchema: schema.body.$id }));
  expect(mapping.status).toBe(200);
  const transformations = [copy({ name: 'Datefield' }), map({ mappingId: mapping.body.id })];
  refused(await client.post('/flowservice/flows', flow(parts, soon, { transformations })), 'FLOW-1425-400');
});

test.each<[string, Json]>([
  [
    'once, without interval, backfill and Copy',
    { ...schedule({ frequency: 'once', interval: undefined }), transformations: [map({})] },
  ],
  ['hourly, by numbers', schedule({ frequency: 'hour', interval: 1, backfill: false })],
  [
    'with options and a mapping version as text',
    {
      options: { partialIngestionPercent: 5, errorDiagnosticsEnabled: true },
      transformations: [copy({ name: 'Datefield' }), map({ mappingVersion: '0' })],
    },
  ],
])('a flow that is %s is taken', async (_, change) => {
  const made = await client.post('/flowservice/flows', flow(parts, soon, change));
  expect(made.status).toBe(201);
  const { items } = (await client.get(`/flowservice/flows/${made.body.id}`)).body;
  if (change.options !== undefined) expect(items[0].options).toEqual(change.options);
  if (change.scheduleParams !== undefined) {
    expect(items[0].scheduleParams).toEqual(JSON.parse(JSON.stringify(change.scheduleParams)));
  }
});

test('names need not be unique in Flow Service: the same request twice makes two', async () => {
  const [one, two] = [
    await client.post('/flowservice/sourceConnections', sourceConnection()),
    await client.post('/flowservice/sourceConnections', sourceConnection()),
  ];
  expect([one.status, two.status]).toEqual([201, 201]);
  expect(one.body.id).not.toBe(two.body.id);
});

test('fields that no documentation knows are taken, counted and listed', async () => {
  expect(emulator.control.unknownFields()).toEqual([]);
  const odd = sourceConnection({ colour: 'red', data: { format: 'tabular', flavour: 1 } });
  await client.post('/flowservice/sourceConnections', odd);
  await client.post('/flowservice/sourceConnections', odd);
  expect(emulator.control.unknownFields()).toEqual([
    { call: 'POST /flowservice/sourceConnections', field: 'data.flavour', count: 2 },
    { call: 'POST /flowservice/sourceConnections', field: 'colour', count: 2 },
  ]);
});

test('a flow of encrypted files names a key that AEP gave out and that has not expired', async () => {
  const keys = (body: object) => client.post('/connectors/encryption/keys', body);
  refused(await keys({ encryptionAlgorithm: 'ROT13', params: { passPhrase: 'x' } }), 'CONNECTOR-1204-400');
  refused(await keys({ encryptionAlgorithm: 'PGP', params: {} }), 'CONNECTOR-1205-400');
  const key = await keys({ encryptionAlgorithm: 'PGP', params: { passPhrase: 'open sesame' } });
  expect(key.body).toEqual({
    publicKey: expect.any(String),
    publicKeyId: expect.any(String),
    expiryTime: expect.stringMatching(/^\d{10}$/),
  });
  expect(JSON.stringify(emulator.control.requests())).not.toContain('open sesame');

  const s3 = emulator.control
    .resources('connections', 'prod')
    .find(({ name }) => name === 'Amazon S3 base connection');
  const source = await client.post('/flowservice/sourceConnections', {
    name: 'Encrypted files',
    baseConnectionId: s3?.id,
    data: { format: 'delimited' },
    params: { path: '/acme/customers.csv.gpg', type: 'file' },
    connectionSpec: s3?.connectionSpec,
  });
  const spec = '9753525b-82c7-4dce-8a9b-5ccfce2b9876';
  const create = (params: object) =>
    client.post(
      '/flowservice/flows',
      flow({ ...parts, sourceId: source.body.id }, Math.floor(emulator.control.clock().now / 1000) + 60, {
        flowSpec: { id: spec, version: '1.0' },
        transformations: [map({}), { name: 'Encryption', params }],
      }),
    );
  refused(await create({}), 'CONNECTOR-1309-400');
  refused(await create({ publicKeyId: 'not-one-of-ours' }), 'CONNECTOR-1311-400');
  const { publicKeyId } = key.body;
  expect((await create({ publicKeyId })).status).toBe(201);
  const { transformationSpecs } = (await client.get(`/flowservice/flowSpecs/${spec}`)).body.items[0];
  expect(transformationSpecs.map(({ name }: Json) => name)).toEqual(['Mapping', 'Encryption']);
  emulator.control.advanceClock(181 * 86_400_000);
  refused(await create({ publicKeyId }), 'CONNECTOR-1310-400');
  expect(emulator.control.unknownFields().filter(({ call }) => call.endsWith('/flows'))).toEqual([]);
});
