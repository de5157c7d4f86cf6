/** What may change of resources that are there, what is refused, and what a change leads to. */
import { afterEach, expect, test } from 'vitest';
import { databasesDataSet, flow, makeFlow, makeParts, mappingSet } from './bodies.ts';
import { rehearsal } from './client.ts';
import type { Answer, Json } from './client.ts';

const { emulator, client } = await rehearsal({ clockSpeed: 0 });
const { control } = emulator;
const minuteMs = 60_000;
const now = (): number => control.clock().now;
const seconds = (inMs: number): number => Math.floor((now() + inMs) / 1000);
const code = (answer: Answer): string => String(answer.body?.type).replace(/^.*\//, '');
const read = async (id: string) => (await client.get(`/flowservice/flows/${id}`)).body.items[0];
const patch = async (id: string, steps: Json[]) =>
  client.patch(`/flowservice/flows/${id}`, steps, (await read(id)).etag);
const set = (path: string, value: unknown): Json => ({ op: 'replace', path, value });
const put = (id: string, body: object) => client.call('PUT', `/conversion/mappingSets/${id}`, { body });

afterEach(() => {
  control.configure({
    operationLastsMs: [0, 0],
    operationsEnd: 'completed',
    mappingSetShows: 'newest',
    firstWindow: 'period-before-start',
  });
});

test('a patch of several operations takes effect whole or not at all', async () => {
  const id = await makeFlow(client, now());
  const before = await read(id);
  const refused = await patch(id, [set('/name', 'Renamed'), set('/scheduleParams/interval', 1)]);
  expect(code(refused)).toBe('CONNECTOR-1362-400');
  expect(refused.body).toMatchObject({
    status: 400,
    errorMessage: expect.any(String),
    report: { 'request-id': expect.any(String) },
  });
  expect(await read(id)).toEqual(before);
  const { mappingId } = before.transformations[1].params;
  await put(mappingId, mappingSet());
  const steps = [
    set('/name', 'Renamed'),
    { op: 'remove', path: '/description' },
    set('/scheduleParams/frequency', 'hour'),
    set('/scheduleParams/interval', '2'),
    { op: 'add', path: '/options', value: { partialIngestionPercent: '10' } },
    { op: 'add', path: '/options/errorDiagnosticsEnabled', value: true },
    set('/transformations/1', { name: 'Mapping', params: { mappingId, mappingVersion: 1 } }),
  ];
  expect((await patch(id, steps)).status).toBe(200);
  const after = await read(id);
  expect(after).not.toHaveProperty('description');
  // Numbers of a schedule are shown as they were sent, a percentage is not.
  expect(after).toMatchObject({
    name: 'Renamed',
    scheduleParams: { ...before.scheduleParams, frequency: 'hour', interval: '2' },
    options: { partialIngestionPercent: 10, errorDiagnosticsEnabled: true },
    transformations: [{ name: 'Copy' }, { params: { mappingVersion: 1 } }],
    lastOperation: { operation: 'update', status: { value: 'completed', errors: [] }, ops: steps },
  });
});

test('a flow that is being changed is updating, takes nothing else, and has another version afterwards', async () => {
  const id = await makeFlow(client, now());
  control.configure({ operationLastsMs: [8000, 8000] });
  const { body } = await patch(id, [set('/name', 'Renamed')]);
  expect(await read(id)).toMatchObject({ state: 'updating', lastOperation: { percentCompleted: 0 } });
  expect(code(await patch(id, [set('/name', 'Other')]))).toBe('FLOW-1420-400');
  expect(code(await client.post(`/flowservice/flows/${id}/action?op=disable`))).toBe('FLOW-1421-400');
  control.advanceClock(8000);
  const after = await read(id);
  expect(after).toMatchObject({ state: 'enabled', name: 'Renamed', updatedAt: after.lastOperation.updated });
  expect(after.etag).not.toBe(body.etag);
  expect(code(await client.patch(`/flowservice/flows/${id}`, [set('/name', 'Other')], body.etag))).toBe(
    'FLOW-1404-412',
  );
});

test.each([0, 8000])(
  'an operation of %i ms can be made to fail, which leaves the flow as it was',
  async (lasts) => {
    const id = await makeFlow(client, now());
    control.configure({ operationLastsMs: [lasts, lasts], operationsEnd: 'failed' });
    const { name } = await read(id);
    expect((await patch(id, [set('/name', 'Renamed')])).status).toBe(200);
    control.advanceClock(lasts);
    expect(await read(id)).toMatchObject({
      name,
      state: 'enabled',
      lastOperation: {
        operation: 'update',
        status: { value: 'failed', errors: [{ message: expect.any(String) }] },
      },
    });
  },
);

test('what a flow connects is patched while it is a draft, and not afterwards', async () => {
  const parts = await makeParts(client);
  const { sourceId } = await makeParts(client);
  const made = await client.post('/flowservice/flows?mode=draft', flow(parts, seconds(minuteMs)));
  const { id } = made.body;
  const steps = [set('/sourceConnectionIds', [sourceId])];
  expect((await patch(id, steps)).status).toBe(200);
  expect((await client.post(`/flowservice/flows/${id}/action?op=publish`)).status).toBe(200);
  expect(code(await patch(id, steps))).toBe('CONNECTOR-1365-400');
  expect(code(await patch(id, [set('/flowSpec/id', 'x')]))).toBe('CONNECTOR-1365-400');
});

test.each<[string, Json[], string]>([
  ['a start that has passed', [set('/scheduleParams/startTime', 1)], 'CONNECTOR-1360-400'],
  ['an interval with once', [set('/scheduleParams/frequency', 'once')], 'CONNECTOR-1361-400'],
  [
    'a backfill with once',
    [set('/scheduleParams/frequency', 'once'), { op: 'remove', path: '/scheduleParams/interval' }],
    'CONNECTOR-1364-400',
  ],
  ['a frequency that there is not', [set('/scheduleParams/frequency', 'yearly')], 'CONNECTOR-1397-400'],
  ['no schedule', [set('/scheduleParams', {})], 'CONNECTOR-1317-400'],
  ['an operation that there is not', [{ op: 'move', path: '/name', from: '/description' }], 'FLOW-1434-400'],
  ['a path that is not there', [set('/options/errorDiagnosticsEnabled', true)], 'FLOW-1455-400'],
])('a patch to %s is refused before the start', async (_, steps, wanted) => {
  expect(code(await patch(await makeFlow(client, now()), steps))).toBe(wanted);
});

test('what is refused once the start has passed is so for a flow that is disabled too', async () => {
  const id = await makeFlow(client, now());
  control.advanceClock(2 * minuteMs);
  await client.post(`/flowservice/flows/${id}/action?op=disable`);
  expect(code(await patch(id, [set('/scheduleParams/startTime', seconds(9 * minuteMs))]))).toBe(
    'CONNECTOR-1366-400',
  );
  expect(code(await patch(id, [set('/scheduleParams/frequency', 'once')]))).toBe('CONNECTOR-1403-400');
  expect(code(await patch(id, [set('/scheduleParams/backfill', false)]))).toBe('CONNECTOR-1404-400');
  expect((await patch(id, [set('/scheduleParams/interval', 30)])).status).toBe(200);
});

test('a mapping set is replaced whole by its next version, and every older one can still be read', async () => {
  const { mappingId: id } = await makeParts(client);
  const mappings = [{ sourceType: 'ATTRIBUTE', source: 'TestID', destination: '_id' }];
  const { xdmSchema } = mappingSet() as Json;
  const replaced = await put(id, {
    outputSchema: { schemaRef: { id: xdmSchema, contentType: '1.0' } },
    mappings,
  });
  expect(replaced).toMatchObject({
    status: 200,
    body: { id, version: 1, mappings: [{ id: expect.any(String), sourceType: 'text/x.schema-path' }] },
  });
  const rows = async (query = '') =>
    (await client.get(`/conversion/mappingSets/${id}${query}`)).body.mappings?.length;
  expect([await rows(), await rows('?version=0'), await rows('?version=1')]).toEqual([1, 3, 1]);
  control.configure({ mappingSetShows: 'first' });
  expect([await rows(), await rows('?version=1')]).toEqual([3, 1]);
  expect((await client.get(`/conversion/mappingSets/${id}?version=2`)).status).toBe(404);
});

test('a flow stays with the version of the mapping set that it is pinned to, and takes none that is not there', async () => {
  const id = await makeFlow(client, now());
  const { mappingId } = (await read(id)).transformations[1].params;
  await put(mappingId, mappingSet());
  expect((await read(id)).transformations[1].params.mappingVersion).toBe(0);
  const pin = (params: object) => patch(id, [set('/transformations/1', { name: 'Mapping', params })]);
  expect(code(await pin({ mappingId, mappingVersion: 2 }))).toBe('FLOW-1412-400');
  expect(code(await pin({ mappingId: 'f'.repeat(32), mappingVersion: 0 }))).toBe('FLOW-1419-400');
  expect((await pin({ mappingId, mappingVersion: '1' })).status).toBe(200);
  // What one of Adobe's pages sends takes the Copy away.
  const page = [set('/transformations/0', { name: 'Mapping', params: { mappingId, mappingVersion: 1 } })];
  expect(code(await patch(id, page))).toBe('CONNECTOR-1367-400');
});

const profile = 'https://ns.adobe.com/xdm/context/profile';

test('a schema with a dataset grows by field groups, and loses and retypes nothing', async () => {
  const field = (type: string) => ({
    own: { properties: { _emulator: { type: 'object', properties: { points: { type } } } } },
  });
  const group = await client.post('/schemaregistry/tenant/fieldgroups', {
    title: 'Points',
    type: 'object',
    'meta:intendedToExtend': [profile],
    definitions: field('integer'),
    allOf: [{ $ref: '#/definitions/own' }],
  });
  const made = await client.post('/schemaregistry/tenant/schemas', {
    title: 'Growing',
    type: 'object',
    allOf: [{ $ref: profile }],
  });
  const { $id: id } = made.body;
  const change = (type: string, resource: string, steps: Json[]) =>
    client.patch(`/schemaregistry/tenant/${type}/${encodeURIComponent(resource)}`, steps);
  await client.post('/catalog/dataSets', {
    name: 'Growing',
    schemaRef: { id, contentType: 'application/vnd.adobe.xed-full+json;version=1' },
  });
  const grown = await change('schemas', id, [
    { op: 'add', path: '/meta:extends/-', value: group.body.$id },
    { op: 'add', path: '/allOf/-', value: { $ref: group.body.$id } },
  ]);
  expect(grown).toMatchObject({
    status: 200,
    body: { $id: id, version: '1.1', allOf: [{ $ref: profile }, { $ref: group.body.$id }] },
  });
  const refused = [
    await change('schemas', id, [{ op: 'remove', path: '/allOf/1' }]),
    await change('fieldgroups', group.body.$id, [set('/definitions', field('string'))]),
    await change('fieldgroups', group.body.$id, [
      { op: 'remove', path: '/definitions/own/properties/_emulator/properties/points' },
    ]),
  ];
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400]);
  expect(refused[1]!.body).toMatchObject({
    title: 'BadRequestError',
    detail: expect.stringContaining('change its type'),
  });
  expect((await change('schemas', id, [set('/title', 'Grown')])).body).toMatchObject({
    title: 'Grown',
    version: '1.2',
  });
});

test('a dataset takes a JSON Patch, and minds a version where one is given', async () => {
  const path = `/catalog/dataSets/${databasesDataSet}`;
  const send = (ifMatch?: string) =>
    client.call('PATCH', path, {
      body: [{ op: 'add', path: '/description', value: 'New' }],
      headers: { 'content-type': 'application/json-patch+json', 'if-match': ifMatch },
    });
  const { version } = (await client.get(path)).body[databasesDataSet];
  expect(await send()).toMatchObject({ status: 200, body: [`@/dataSets/${databasesDataSet}`] });
  expect((await send(version)).status).toBe(412);
  expect((await client.get(path)).body[databasesDataSet]).toMatchObject({ description: 'New' });
});

/** The windows of a flow's runs, in minutes from its start. */
function windowsOf(id: string, startMs: number): number[][] {
  const runs = control.resources('runs').filter(({ flowId }) => flowId === id);
  const windows = runs.map(({ activities: [copy] }): number[] => {
    const { windowStart, windowEnd } = copy.durationSummary.extensions;
    return [windowStart, windowEnd].map((time: number) => (time - startMs) / minuteMs);
  });
  // Those that are made up come in any order.
  return windows.sort(([, a], [, b]) => a! - b!);
}

test('after a change of its schedule a flow goes on where its last window ended, and made-up runs leave no gap', async () => {
  const id = await makeFlow(client, now());
  const startMs = Number((await read(id)).scheduleParams.startTime) * 1000;
  control.advanceClock(20 * minuteMs);
  expect(
    (await patch(id, [set('/scheduleParams/frequency', 'hour'), set('/scheduleParams/interval', 1)])).status,
  ).toBe(200);
  control.advanceClock(60 * minuteMs);
  await client.post(`/flowservice/flows/${id}/action?op=disable`);
  control.advanceClock(120 * minuteMs);
  await client.post(`/flowservice/flows/${id}/action?op=enable`);
  control.advanceClock(10 * minuteMs);
  expect(windowsOf(id, startMs)).toEqual([
    [-15, 0],
    [0, 15],
    [15, 60],
    [60, 120],
    [120, 180],
  ]);
});

test('the first window of a flow begins a period before its start or with it, as asked for', async () => {
  control.configure({ firstWindow: 'start' });
  const id = await makeFlow(client, now());
  const startMs = Number((await read(id)).scheduleParams.startTime) * 1000;
  control.advanceClock(20 * minuteMs);
  expect(windowsOf(id, startMs)).toEqual([
    [0, 0],
    [0, 15],
  ]);
});
