import { expect, test } from 'vitest';
import { flow, makeFlow, makeParts, sourceConnection, targetConnection } from './bodies.ts';
import { rehearsal } from './client.ts';
import type { Answer } from './client.ts';

const { emulator, client } = await rehearsal({ clockSpeed: 0 });
const now = (): number => emulator.control.clock().now;
const code = (answer: Answer): string => String(answer.body?.type).replace(/^.*\//, '');
const read = async (id: string) => (await client.get(`/flowservice/flows/${id}`)).body.items[0];

test('a patch needs the current version, and gives a new one', async () => {
  const id = await makeFlow(client, now());
  const { etag } = await read(id);
  const rename = [{ op: 'replace', path: '/name', value: 'Renamed' }];
  expect(code(await client.patch(`/flowservice/flows/${id}`, rename))).toBe('FLOW-1403-400');
  expect(code(await client.patch(`/flowservice/flows/${id}`, rename, '"stale"'))).toBe('FLOW-1404-412');
  const patched = await client.patch(`/flowservice/flows/${id}/`, rename, etag);
  expect(patched).toMatchObject({ status: 200, body: { id } });
  expect(patched.body.etag).not.toBe(etag);
  expect(await read(id)).toMatchObject({
    name: 'Renamed',
    etag: patched.body.etag,
    version: patched.body.etag,
  });
});

test('If-Match may come without the quotes that belong to the etag, and operations in upper case', async () => {
  const id = await makeFlow(client, now());
  const { etag } = await read(id);
  const steps = [{ op: 'ADD', path: '/options', value: { partialIngestionPercent: 10 } }];
  expect((await client.patch(`/flowservice/flows/${id}`, steps, etag.replaceAll('"', ''))).status).toBe(200);
  expect(await read(id)).toMatchObject({
    options: { partialIngestionPercent: 10 },
    lastOperation: { operation: 'update' },
  });
});

test('a patch is refused where it is no patch, where it touches the state, and where it breaks the flow', async () => {
  const id = await makeFlow(client, now());
  const { etag } = await read(id);
  const patch = (steps: unknown) => client.patch(`/flowservice/flows/${id}`, steps, etag);
  expect(code(await patch({ name: 'x' }))).toBe('FLOW-1455-400');
  expect(code(await patch([{ op: 'replace', path: '/nam', value: 'x' }]))).toBe('CONNECTOR-1365-400');
  expect(code(await patch([{ op: 'replace', path: '/labels', value: [] }]))).toBe('FLOW-1455-400');
  expect(code(await patch([{ op: 'move', path: '/name', from: '/description' }]))).toBe('FLOW-1434-400');
  expect(code(await patch([{ op: 'replace', path: '/state', value: 'disabled' }]))).toBe(
    'CONNECTOR-1365-400',
  );
  expect(code(await patch([{ op: 'replace', path: '/scheduleParams/interval', value: 1 }]))).toBe(
    'CONNECTOR-1362-400',
  );
});

test('the start of a flow may change until it has passed', async () => {
  const id = await makeFlow(client, now());
  const later = Math.floor(now() / 1000) + 600;
  const change = async (path: string, value: unknown) => {
    const { etag } = await read(id);
    return client.patch(`/flowservice/flows/${id}`, [{ op: 'replace', path, value }], etag);
  };
  expect((await change('/scheduleParams/startTime', later)).status).toBe(200);
  emulator.control.advanceClock(700_000);
  expect(code(await change('/scheduleParams/startTime', later + 9000))).toBe('CONNECTOR-1366-400');
  expect(code(await change('/scheduleParams/frequency', 'once'))).toBe('CONNECTOR-1403-400');
  expect(code(await change('/scheduleParams/backfill', false))).toBe('CONNECTOR-1404-400');
  expect((await change('/scheduleParams/frequency', 'day')).status).toBe(200);
});

test('a flow is switched off and on by an action, whatever the case of the verb', async () => {
  const id = await makeFlow(client, now());
  const { etag } = await read(id);
  const off = await client.post(`/flowservice/flows/${id}/action?op=disable`);
  expect(off).toMatchObject({ status: 200, body: { id } });
  expect(off.body.etag).not.toBe(etag);
  expect((await read(id)).state).toBe('disabled');
  expect(code(await client.post(`/flowservice/flows/${id}/action?op=disable`))).toBe('FLOW-1422-400');
  expect((await client.post(`/flowservice/flows/${id}/action?op=ENABLE`)).status).toBe(200);
  expect((await read(id)).state).toBe('enabled');
  expect(code(await client.post(`/flowservice/flows/${id}/action?op=explode`))).toBe('FLOW-1422-400');
  const stale = await client.post(`/flowservice/flows/${id}/action?op=disable`, undefined, {
    'if-match': etag,
  });
  expect(code(stale)).toBe('FLOW-1404-412');
});

test('a draft is taken without mapping and schedule, filled in, published, and checked only then', async () => {
  const parts = await makeParts(client);
  const full = flow(parts, Math.floor(now() / 1000) + 60);
  const { transformations, scheduleParams, ...bare } = full;
  const draft = await client.post('/flowservice/flows?mode=draft', bare);
  expect(draft.status).toBe(201);
  const { id } = draft.body;
  expect((await read(id)).state).toBe('draft');
  expect((await client.post(`/flowservice/flows/${id}/action?op=publish`)).status).toBe(400);
  const steps = [
    { op: 'add', path: '/transformations', value: transformations },
    { op: 'add', path: '/scheduleParams', value: scheduleParams },
  ];
  expect((await client.patch(`/flowservice/flows/${id}`, steps, draft.body.etag)).status).toBe(200);
  expect((await client.post(`/flowservice/flows/${id}/action?op=publish`)).status).toBe(200);
  expect((await read(id)).state).toBe('enabled');
});

test('drafts are published in their order: both ends, then the flow, which is none afterwards', async () => {
  const { mappingId } = await makeParts(client);
  const make = async (path: string, body: object): Promise<string> =>
    (await client.post(`/flowservice/${path}?mode=draft`, body)).body.id;
  const sourceId = await make('sourceConnections', sourceConnection());
  const targetId = await make('targetConnections', targetConnection());
  const body = flow({ sourceId, targetId, mappingId }, Math.floor(now() / 1000) + 60);
  const id = await make('flows', body);
  for (const [path, one] of [
    ['sourceConnections', sourceId],
    ['flows', id],
  ]) {
    expect((await client.get(`/flowservice/${path}/${one}`)).body.items[0]).toMatchObject({
      state: 'draft',
      lastOperation: { operation: 'draft_create', updated: 0 },
    });
  }
  const publish = (path: string, one: string) => client.post(`/flowservice/${path}/${one}/action?op=publish`);
  expect(code(await client.post(`/flowservice/flows/${id}/action?op=enable`))).toBe('FLOW-1422-400');
  expect(code(await publish('flows', id))).toBe('FLOW-1422-400');
  expect(code(await client.post('/flowservice/flows', body))).toBe('FLOW-1422-400');
  expect((await publish('sourceConnections', sourceId)).status).toBe(200);
  expect(code(await publish('flows', id))).toBe('FLOW-1422-400');
  expect((await publish('targetConnections', targetId)).status).toBe(200);
  expect((await publish('flows', id)).status).toBe(200);
  expect(code(await publish('flows', id))).toBe('FLOW-1422-400');
});

test('a flow goes before its ends, and those before their base connection', async () => {
  const base = await client.post('/flowservice/connections', {
    name: 'My BigQuery',
    auth: {
      specName: 'Basic Authentication',
      params: { project: 'p', clientId: 'c', clientSecret: 'very secret', refreshToken: 'r' },
    },
    connectionSpec: { id: '3c9b37f8-13a6-43d8-bad3-b863b941fedd', version: '1.0' },
  });
  expect(base.headers.get('location')).toContain(base.body.id);
  const source = await client.post(
    '/flowservice/sourceConnections',
    sourceConnection({ baseConnectionId: base.body.id }),
  );
  const { targetId, mappingId } = await makeParts(client);
  const parts = { sourceId: source.body.id, targetId, mappingId };
  const made = await client.post('/flowservice/flows', flow(parts, Math.floor(now() / 1000) + 60));

  expect(code(await client.delete(`/flowservice/connections/${base.body.id}/`))).toBe('FLOW-1418-400');
  expect(code(await client.delete(`/flowservice/sourceConnections/${parts.sourceId}`))).toBe('FLOW-1447-400');
  expect(code(await client.delete(`/flowservice/targetConnections/${targetId}`))).toBe('FLOW-1447-400');
  for (const path of [
    `flows/${made.body.id}`,
    `sourceConnections/${parts.sourceId}`,
    `targetConnections/${targetId}`,
    `connections/${base.body.id}/`,
  ]) {
    expect(await client.delete(`/flowservice/${path}`)).toMatchObject({ status: 204, body: undefined });
    const gone = await client.get(`/flowservice/${path}`);
    expect(gone).toMatchObject({
      status: 404,
      body: { title: 'Resource not found', report: { type: path.split('/')[0] } },
    });
    expect(code(gone)).toBe('FLOW-1439-404');
    expect((await client.delete(`/flowservice/${path}`)).status).toBe(404);
  }
});

test('a base connection never gives its secrets back', async () => {
  const made = await client.post('/flowservice/connections', {
    name: 'Secretive',
    auth: {
      specName: 'Basic Authentication',
      params: { endpoint: 'https://x', username: 'me', password: 'very secret' },
    },
    connectionSpec: { id: 'eb13cb25-47ab-407f-ba89-c0125281c563', version: '1.0' },
  });
  const item = await client.get(`/flowservice/connections/${made.body.id}`);
  expect(item.body.items[0].auth).toMatchObject({ specName: 'Basic Authentication' });
  const everything = [item.body, emulator.control.resources('connections'), emulator.control.requests()];
  expect(JSON.stringify(everything)).not.toContain('very secret');
});

test('a base connection with an unknown spec or way to sign in is refused', async () => {
  const body = {
    name: 'x',
    auth: { specName: 'By Guess', params: {} },
    connectionSpec: { id: 'eb13cb25-47ab-407f-ba89-c0125281c563', version: '1.0' },
  };
  expect(code(await client.post('/flowservice/connections', body))).toBe('FLOW-1415-400');
  expect(
    code(await client.post('/flowservice/connections', { ...body, connectionSpec: { id: 'nope' } })),
  ).toBe('FLOW-1413-400');
});

test('a source connection can be patched, except for its connector', async () => {
  const { sourceId } = await makeParts(client);
  const path = `/flowservice/sourceConnections/${sourceId}`;
  const { etag } = (await client.get(path)).body.items[0];
  const spec = await client.patch(path, [{ op: 'replace', path: '/connectionSpec/id', value: 'x' }], etag);
  expect(code(spec)).toBe('FLOW-1414-400');
  expect(
    (await client.patch(path, [{ op: 'replace', path: '/description', value: 'new' }], etag)).status,
  ).toBe(200);
  expect((await client.get(path)).body.items[0].description).toBe('new');
});
