import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../emulator/emulator.ts';
import { bigQuery, crmToAep } from './bodies.ts';
import { rehearsal } from './client.ts';
import type { Answer, Json } from './client.ts';

const { emulator, client } = await rehearsal();
const code = (answer: Answer): string => String(answer.body?.type).replace(/^.*\//, '');
const explore = (id: string, query: string) => client.get(`/flowservice/connections/${id}/explore?${query}`);

test('what the tutorials take for granted is there', () => {
  const given = [
    '6990abad-977d-41b9-a85d-17ea8cf1c0e4',
    'a5c6b647-e784-4b58-86b6-47e784ab580b',
    '60a5c8b9-3c30-43ba-a5c8-b93c3093ba66',
    'f1da3694-38a9-403d-9a36-9438a9203d42',
    'd6c3988d-14ef-4000-8398-8d14ef000021',
  ];
  const idsIn = (sandbox: string, from = emulator): string[] =>
    from.control.resources('connections', sandbox).map(({ id }) => String(id));
  expect(idsIn('prod')).toEqual(expect.arrayContaining(given));
  for (const sandbox of ['prod', 'dev']) {
    expect(emulator.control.resources('dataSets', sandbox).map(({ id }) => id)).toEqual([
      '6019e0e7c5dcf718db5ebc71',
    ]);
  }
});

test('base connections of the same connector have another id in each sandbox, which stays the same from start to start', async () => {
  const byName = (from: Emulator, sandbox: string): Record<string, string> =>
    Object.fromEntries(from.control.resources('connections', sandbox).map(({ id, name }) => [name, id]));
  const [prod, dev] = [byName(emulator, 'prod'), byName(emulator, 'dev')];
  expect(Object.keys(dev)).toEqual(Object.keys(prod));
  expect(new Set([...Object.values(prod), ...Object.values(dev)]).size).toBe(2 * Object.keys(prod).length);
  const { emulator: another } = await rehearsal();
  expect(byName(another, 'dev')).toEqual(dev);
  const { emulator: shared } = await rehearsal({ baseConnectionIds: 'shared' });
  expect(byName(shared, 'dev')).toEqual(prod);
});

test('source and target connections may be refused by name, base connections and flows are not', async () => {
  const byName = async (path: string) => client.get(`/flowservice/${path}?property=name==x`);
  emulator.control.configure({ nameFilter: 'refused' });
  try {
    for (const path of ['sourceConnections', 'targetConnections'])
      expect(code(await byName(path))).toBe('FLOW-1449-400');
    for (const path of ['connections', 'flows']) expect((await byName(path)).status).toBe(200);
    expect((await client.get('/flowservice/sourceConnections?property=id==x')).status).toBe(200);
  } finally {
    emulator.control.configure({ nameFilter: 'taken' });
  }
});

test('every connector has a spec and a base connection of it', async () => {
  // All at once: AEP documents no limit and no next page here.
  const { body } = await client.get('/flowservice/connectionSpecs');
  const specs: Json[] = body.items;
  expect(Object.keys(body)).toEqual(['items']);
  expect(specs.length).toBeGreaterThan(50);
  const based = new Set(
    emulator.control.resources('connections', 'prod').map((item) => item.connectionSpec.id),
  );
  expect(specs.filter(({ id }) => !based.has(id))).toEqual([]);
});

test('a connection spec is found by id, in the path and by filter', async () => {
  const byFilter = await client.get(`/flowservice/connectionSpecs?property=id=="${bigQuery.specId}"`);
  const byPath = await client.get(`/flowservice/connectionSpecs/${bigQuery.specId}`);
  expect(byFilter.body.items).toEqual(byPath.body.items);
  expect(byPath.body.items[0]).toMatchObject({
    name: 'google-big-query',
    authSpec: [{ name: 'Basic Authentication' }, { name: 'Service Authentication' }],
    attributes: { category: 'Database / NoSQL', filterAtSource: { enabled: true } },
  });
  const byName = await client.get('/flowservice/connectionSpecs?property=name=="google-big-query"');
  expect(byName.body.items).toEqual(byPath.body.items);
  expect(code(await client.get('/flowservice/connectionSpecs/nope'))).toBe('FLOW-1439-404');
});

test('a connection spec holds the JSON Schemas of what it takes', async () => {
  const spec = async (name: string): Promise<Json> =>
    (await client.get(`/flowservice/connectionSpecs?property=name==${name}`)).body.items[0];
  const bigQuerySpec = await spec('google-big-query');
  expect(bigQuerySpec.authSpec[0]).toMatchObject({
    type: 'OAuth2.0',
    spec: {
      type: 'object',
      properties: { project: { type: 'string' }, clientSecret: { format: 'password' } },
      required: ['project', 'clientId', 'clientSecret', 'refreshToken'],
    },
  });
  expect(bigQuerySpec.sourceSpec.spec.required).toEqual(['tableName', 'columns']);
  expect(bigQuerySpec.exploreSpec).toMatchObject({
    type: 'Tabular',
    requestSpec: { properties: { objectType: { enum: ['table', 'root'] } } },
    responseSpec: { root: { type: 'array' }, table: { type: 'object' } },
  });
  const s3 = await spec('amazon-s3');
  expect(s3.sourceSpec.spec.required).toEqual(['path']);
  expect(s3.exploreSpec.type).toBe('FileSystem');
  expect((await spec('datalake')).targetSpec.spec.required).toEqual(['dataSetId']);
});

test('a flow spec comes in a list or bare, as asked for', async () => {
  const ask = () => client.get('/flowservice/flowSpecs?property=name==CRMToAEP');
  const [item] = (await ask()).body.items;
  expect(item).toMatchObject({ id: crmToAep, transformationSpecs: [{ name: 'Copy' }, { name: 'Mapping' }] });
  expect(item.scheduleSpec.spec.required).toEqual(['startTime', 'frequency']);
  emulator.control.configure({ flowSpecShape: 'bare' });
  expect((await ask()).body).toMatchObject({
    id: crmToAep,
    transformationSpec: [{ name: 'Copy' }, { name: 'Mapping' }],
  });
  emulator.control.configure({ flowSpecShape: 'items' });
  expect((await client.get(`/flowservice/flowSpecs/${crmToAep}`)).body.items[0].name).toBe('CRMToAEP');
});

test('a connection can be tested and explored down to the columns of a table', async () => {
  const id = bigQuery.baseConnectionId;
  expect((await client.get(`/flowservice/connections/${id}/test`)).body).toEqual({ result: true });
  const root = await explore(id, 'objectType=ROOT');
  expect(root.body[0]).toEqual({
    type: 'table',
    name: 'test1.Mytable',
    path: 'test1.Mytable',
    canPreview: true,
    canFetchSchema: true,
  });
  const table = await explore(id, 'objectType=table&object=test1.Mytable&preview=true');
  expect(table.body).toMatchObject({
    format: 'flat',
    schema: { columns: [{ name: 'TestID' }, { name: 'Name' }, { name: 'Datefield' }] },
  });
  expect(table.body.data[0]).toEqual({
    TestID: 'T-1001',
    Name: 'Mila Novak',
    Datefield: '2024-01-08T09:00:00Z',
  });
  expect(code(await explore(id, 'objectType=table&object=nope'))).toBe('CONNECTOR-1330-400');
  expect(code(await explore(id, 'objectType=table'))).toBe('CONNECTOR-1337-400');
  expect(code(await explore(id, ''))).toBe('CONNECTOR-1334-400');
  expect(code(await explore(id, 'objectType=cube'))).toBe('CONNECTOR-1358-400');
  expect(code(await explore('d6c3988d-14ef-4000-8398-8d14ef000021', 'objectType=root'))).toBe(
    'CONNECTOR-1336-400',
  );
});

test('the label of a table may differ from its path', async () => {
  const root = await explore('60a5c8b9-3c30-43ba-a5c8-b93c3093ba66', 'objectType=root');
  expect(root.body).toContainEqual(
    expect.objectContaining({ name: 'Account Clean Info', path: 'AccountCleanInfo' }),
  );
});

test('a file source shows folders and files', async () => {
  const s3 = emulator.control
    .resources('connections', 'prod')
    .find(({ name }) => name === 'Amazon S3 base connection');
  const root = await explore(s3?.id, 'objectType=root');
  expect(root.body.map((one: Json) => one.type)).toEqual(['folder', 'file']);
  const file = await explore(s3?.id, 'objectType=file&object=/acme/customers.csv&fileType=delimited');
  expect(file.body.schema.columns).toHaveLength(3);
  const said = 'objectType=file&object=/acme/customers.csv&fileType=delimited&columnDelimiter=;';
  expect((await explore(s3?.id, said)).status).toBe(200);
  expect(code(await explore(s3?.id, `${said}&determineProperties=true`))).toBe('CONNECTOR-1374-400');
});

test('a base connection with credentials may take its time: initializing and without a version until it is enabled', async () => {
  emulator.control.configure({ connectionInitMs: 88_000 });
  try {
    const { id } = (await client.post('/flowservice/connections', newConnection())).body;
    const shown = async () => (await client.get(`/flowservice/connections/${id}`)).body.items[0];
    expect((await shown()).state).toBe('initializing');
    expect(await shown()).not.toHaveProperty('etag');
    const listed = await client.get('/flowservice/connections?property=state==initializing');
    expect(listed.body.items.map((item: Json) => item.id)).toEqual([id]);
    emulator.control.advanceClock(88_000);
    expect(await shown()).toMatchObject({ state: 'enabled', etag: expect.any(String) });
  } finally {
    emulator.control.configure({ connectionInitMs: 0 });
  }
});

const credentials = { project: 'p', clientId: 'c', clientSecret: 'right', refreshToken: 'right' };

/** A body that makes a base connection. */
function newConnection(params: Json = credentials): Json {
  return {
    name: 'New',
    connectionSpec: { id: bigQuery.specId, version: '1.0' },
    auth: { specName: 'Basic Authentication', params },
  };
}

describe('the credentials of a base connection', () => {
  const path = '/flowservice/connections';
  const tested = (id: string) => client.get(`${path}/${id}/test`);
  const patch = async (id: string, ...operations: Json[]) => {
    const { etag } = (await client.get(`${path}/${id}`)).body.items[0];
    return client.patch(`${path}/${id}`, operations, etag);
  };

  test('are refused at once where a mandatory param is missing, and come back masked', async () => {
    const { refreshToken: _, ...rest } = credentials;
    expect(code(await client.post(path, newConnection(rest)))).toBe('CONNECTOR-1304-400');
    const { id } = (await client.post(path, newConnection())).body;
    const { auth } = (await client.get(`${path}/${id}`)).body.items[0];
    expect(auth.params).toEqual({
      project: '****',
      clientId: '****',
      clientSecret: '****',
      refreshToken: '****',
    });
  });

  test('are tried by the test and by exploring, and given again they are right from then on', async () => {
    const wrong = { ...credentials, clientSecret: 'wrong-one' };
    const { id } = (await client.post(path, newConnection(wrong))).body;
    for (const answer of [await tested(id), await explore(id, 'objectType=root')]) {
      expect(code(answer)).toBe('CONNECTOR-1308-400');
      expect(answer.body.errorMessage).toContain('wrong-one');
    }
    // What is replaced is replaced whole.
    expect(code(await patch(id, { op: 'replace', path: '/auth/params', value: { clientSecret: 'x' } }))).toBe(
      'CONNECTOR-1304-400',
    );
    expect((await patch(id, { op: 'replace', path: '/name', value: 'Other' })).status).toBe(200);
    expect(code(await tested(id))).toBe('CONNECTOR-1308-400');
    expect((await patch(id, { op: 'replace', path: '/auth/params', value: credentials })).status).toBe(200);
    expect((await tested(id)).body).toEqual({ result: true });
    expect(
      (await patch(id, { op: 'replace', path: '/auth/params/refreshToken', value: 'wrong' })).status,
    ).toBe(200);
    expect(code(await tested(id))).toBe('CONNECTOR-1308-400');
    expect(JSON.stringify(emulator.control.requests())).not.toContain('right');
  });

  test('keep their type', async () => {
    const { id } = (await client.post(path, newConnection())).body;
    const other = { op: 'replace', path: '/auth/specName', value: 'Service Authentication' };
    expect(code(await patch(id, other))).toBe('CONNECTOR-1302-400');
  });
});
