import { beforeAll, afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Aep } from '../../src/aep/aep.ts';
import { createAep } from '../../src/aep/aep.ts';
import { gather } from '../../src/aep/collection.ts';
import { call, configFor, errorOf } from './fake-aep.ts';

const bigQuery = '6990abad-977d-41b9-a85d-17ea8cf1c0e4';
const targetSpec = { id: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', version: '1.0' };
const profile = 'https://ns.adobe.com/xdm/context/profile';
const fullSchema = 'application/vnd.adobe.xed-full+json;version=1';

let emulator: Awaited<ReturnType<typeof startEmulator>>;
let aep: Aep;
beforeAll(async () => {
  emulator = await startEmulator({});
});
afterAll(() => emulator.close());
beforeEach(async () => {
  emulator.control.reset();
  aep = createAep(configFor(emulator.url));
});

const makeSchema = async (title = 'Orders') => {
  const body = {
    title,
    type: 'object',
    description: 'as a test wants it',
    allOf: [{ $ref: profile }, { $ref: 'https://ns.adobe.com/xdm/context/profile-person-details' }],
  };
  return (await aep.schemaRegistry.schemas.create(call, body)).id;
};
const makeDataset = async (schema: string, name = 'Orders') =>
  (await aep.catalog.datasets.create(call, { name, schemaRef: { id: schema, contentType: fullSchema } })).id;
const sourceBody = async (name: string) => ({
  name,
  baseConnectionId: bigQuery,
  data: { format: 'tabular' },
  params: {
    tableName: 'test1.Mytable',
    columns: [{ name: 'TestID', type: 'string', xdm: { type: 'string' } }],
  },
  connectionSpec: (await aep.flowService.connections.get(call, bigQuery))?.['connectionSpec'],
});
const makeSource = async (name: string) =>
  (await aep.flowService.sourceConnections.create(call, await sourceBody(name))).id;

/** The databases tutorial, call by call. */
async function makeFlow(): Promise<string> {
  const spec = await aep.flowService.findFlowSpec(call, 'CRMToAEP');
  const schema = await makeSchema();
  const dataset = await makeDataset(schema);
  const source = await makeSource('orders');
  const target = await aep.flowService.targetConnections.create(call, {
    name: 'orders',
    data: { schema: { id: schema, version: fullSchema } },
    params: { dataSetId: dataset },
    connectionSpec: targetSpec,
  });
  const mappingSet = await aep.dataPrep.mappingSets.create(call, {
    version: 0,
    xdmSchema: schema,
    xdmVersion: '1.0',
    id: null,
    mappings: [
      {
        destinationXdmPath: '_id',
        sourceAttribute: 'TestID',
        identity: false,
        identityGroup: null,
        namespaceCode: null,
        version: 0,
      },
    ],
  });
  const flow = await aep.flowService.flows.create(call, {
    name: 'orders',
    flowSpec: { id: spec?.['id'], version: '1.0' },
    sourceConnectionIds: [source],
    targetConnectionIds: [target.id],
    transformations: [
      { name: 'Copy', params: { deltaColumn: { name: 'TestID' } } },
      { name: 'Mapping', params: { mappingId: mappingSet.id, mappingVersion: '0' } },
    ],
    scheduleParams: { startTime: Math.ceil(Date.now() / 1000) + 60, frequency: 'minute', interval: 15 },
  });
  expect(flow.etag).toBeTruthy();
  return flow.id;
}

describe('against the emulator', () => {
  test('a flow is made, read, switched off and on, and deleted', async () => {
    const id = await makeFlow();
    expect(await aep.flowService.flows.get(call, id)).toMatchObject({ id, name: 'orders', state: 'enabled' });
    expect(await aep.flowService.flows.list(call, { name: 'orders' })).toMatchObject([{ id }]);
    await aep.flowService.setFlowState(call, id, 'disable');
    expect(await aep.flowService.flows.get(call, id)).toMatchObject({ state: 'disabled' });
    await aep.flowService.setFlowState(call, id, 'enable');
    expect(await aep.flowService.flows.get(call, id)).toMatchObject({ state: 'enabled' });
    expect(await aep.flowService.flows.remove(call, id)).toBe(true);
    expect(await aep.flowService.flows.remove(call, id)).toBe(false);
    expect(await aep.flowService.flows.get(call, id)).toBeUndefined();
  });

  test('a draft runs nothing until it is published, and an outdated version changes nothing', async () => {
    const made = await aep.flowService.flows.get(call, await makeFlow());
    const { sourceConnectionIds, targetConnectionIds, flowSpec, transformations, scheduleParams } = made!;
    const parts = { sourceConnectionIds, targetConnectionIds, flowSpec, transformations, scheduleParams };
    const { id, etag } = await aep.flowService.createDraft(call, { name: 'draft', ...parts });
    expect(await aep.flowService.flows.get(call, id)).toMatchObject({ state: 'draft' });
    const rename = [{ op: 'replace' as const, path: '/name', value: 'renamed' }];
    await aep.flowService.flows.patch(call, id, rename, etag);
    const stale = { name: 'Rejected', status: 412, code: 'FLOW-1404-412' };
    expect(await errorOf(aep.flowService.flows.patch(call, id, rename, etag))).toMatchObject(stale);
    expect(await errorOf(aep.flowService.setFlowState(call, id, 'publish', etag))).toMatchObject(stale);
    await aep.flowService.setFlowState(call, id, 'publish');
    expect(await aep.flowService.flows.get(call, id)).toMatchObject({ state: 'enabled', name: 'renamed' });
  });

  test('a mapping is judged row by row, which leaves nothing behind', async () => {
    const schemaRef = { id: await makeSchema(), contentType: fullSchema };
    const row = (source: string, destination: string) => ({ sourceType: 'EXPRESSION', source, destination });
    const body = { outputSchema: { schemaRef }, mappings: [row('a', '_id'), row('a(', 'nowhere')] };
    const [right, wrong] = await aep.dataPrep.mappingSets.validate(call, body);
    expect(right).toEqual([]);
    expect(wrong).toEqual([expect.stringContaining('nowhere'), expect.stringContaining('a(')]);
    expect(emulator.control.resources('mappingSets')).toEqual([]);
  });

  test('what a mapping would make of rows is told with what could not be mapped, and nothing is made', async () => {
    const schemaRef = { id: await makeSchema(), contentType: fullSchema };
    const row = (source: string, destination: string) => ({ sourceType: 'EXPRESSION', source, destination });
    const mappings = [row('upper(a)', '_id'), row('date(b, "yyyy")', 'person.birthDate')];
    const rows = [
      { a: 'x', b: '2024' },
      { a: 'y', b: 'no' },
    ];
    const body = { outputSchema: { schemaRef }, mappings };
    const [first, second] = await aep.dataPrep.mappingSets.preview(call, rows, body);
    expect(first).toMatchObject({ data: { _id: 'X', person: {} }, errors: [] });
    expect(second).toEqual({
      data: { _id: 'Y' },
      errors: [{ destination: 'person.birthDate', why: '"no" is no date of the form yyyy' }],
    });
    expect(emulator.control.resources('mappingSets')).toEqual([]);
  });

  test('runs are listed by flow, newest first, over pages, and read one by one', async () => {
    const id = await makeFlow();
    for (let made = 0; made < 5; made += 1) emulator.control.makeRun(id, {});
    const query = { filters: [`flowId==${id}`], orderby: '-createdAt', limit: 2 };
    const runs = await gather(aep.flowService.listRuns(call, query));
    expect(runs.length).toBeGreaterThanOrEqual(5);
    expect(new Set(runs.map((run) => run.id)).size).toBe(runs.length);
    expect(await aep.flowService.getRun(call, runs[0]!.id)).toMatchObject({ id: runs[0]!.id, flowId: id });
    expect(await aep.flowService.getRun(call, 'c0ffee00-0000-4000-8000-000000000000')).toBeUndefined();
  });

  test('connections that AEP lists by no name are found in the whole list, which is asked for at once from then on', async () => {
    const [, wanted] = [await makeSource('one'), await makeSource('two')];
    emulator.control.configure({ nameFilter: 'refused' });
    try {
      const find = () => aep.flowService.sourceConnections.list(call, { name: 'two' });
      const asked = () =>
        emulator.control.requests({ method: 'GET', path: '/flowservice/sourceConnections' }).length;
      expect(await find()).toMatchObject([{ id: wanted, name: 'two' }]);
      expect(asked()).toBe(2);
      expect(await find()).toMatchObject([{ id: wanted }]);
      expect(asked()).toBe(3);
    } finally {
      emulator.control.configure({ nameFilter: 'taken' });
    }
  });

  test('a title that is taken is told with the id of who has it, which can also be found by title', async () => {
    const schema = await makeSchema('Taken');
    const body = { title: 'Taken', type: 'object', allOf: [{ $ref: profile }] };
    expect(await errorOf(aep.schemaRegistry.schemas.create(call, body))).toMatchObject({
      name: 'TitleTaken',
      existingId: schema,
    });
    expect(await aep.schemaRegistry.schemas.findByTitle(call, 'Taken')).toMatchObject({
      $id: schema,
      description: 'as a test wants it',
    });
    expect(await aep.schemaRegistry.schemas.findByTitle(call, 'Free')).toBeUndefined();
    expect(await aep.schemaRegistry.schemas.remove(call, schema)).toBe(true);
    expect(await aep.schemaRegistry.schemas.remove(call, schema)).toBe(false);
    expect(await aep.schemaRegistry.schemas.get(call, schema)).toBeUndefined();
  });

  test('datasets are made, found by name, read and deleted', async () => {
    const schema = await makeSchema();
    const id = await makeDataset(schema, 'Orders (EU), all');
    await makeDataset(schema, 'all');
    expect(await aep.catalog.datasets.get(call, id)).toMatchObject({
      id,
      name: 'Orders (EU), all',
      schemaRef: { id: schema },
    });
    expect(await aep.catalog.datasets.list(call, { name: 'Orders (EU), all' })).toMatchObject([{ id }]);
    expect(await aep.catalog.datasets.remove(call, id)).toBe(true);
    expect(await aep.catalog.datasets.remove(call, id)).toBe(false);
    expect(await aep.catalog.datasets.get(call, id)).toBeUndefined();
  });

  test.each(['orders', 'Orders, all', 'the "best" orders', 'a=b&c', 'x > y', 'Bestellungen für Köln + 5 %'])(
    'a source connection called %j is found by its name among others',
    async (name) => {
      const ids = [await makeSource(name), await makeSource(name)];
      for (const other of [`${name}x`, 'all', ' all', 'Orders']) await makeSource(other);
      const found = await aep.flowService.sourceConnections.list(call, { name });
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids));
      expect(found).toHaveLength(2);
    },
  );

  test('mapping sets are listed newest first, and read', async () => {
    const schema = await makeSchema();
    const mappings = [{ sourceType: 'ATTRIBUTE', source: 'TestID', destination: '_id' }];
    const body = { outputSchema: { schemaRef: { id: schema, contentType: fullSchema } }, mappings };
    const first = await aep.dataPrep.mappingSets.create(call, { ...body, name: 'a name of its own' });
    const second = await aep.dataPrep.mappingSets.create(call, body);
    const newest = await gather(aep.dataPrep.mappingSets.newest(call));
    expect(newest.map(({ id }) => id).slice(0, 2)).toEqual([second.id, first.id]);
    expect(
      (await aep.dataPrep.mappingSets.list(call, { name: 'a name of its own' })).map(({ id }) => id),
    ).toEqual([first.id]);
    expect(await aep.dataPrep.mappingSets.get(call, first.id)).toMatchObject({ id: first.id });
    expect(await aep.dataPrep.mappingSets.get(call, '0123456789abcdef0123456789abcdef')).toBeUndefined();
  });

  test('sandboxes are told apart, and an unknown one is a refusal and not an empty answer', async () => {
    const id = await makeSource('orders');
    expect(await aep.flowService.sourceConnections.get({ sandbox: 'dev' }, id)).toBeUndefined();
    const unknown = { sandbox: 'nowhere' };
    expect((await errorOf(aep.flowService.sourceConnections.get(unknown, id))).created).toBe('no');
  });

  test.each([
    ['429-retry-after', { name: 'RateLimited', retryAfterMs: 7_000 }, 0],
    ['500', { name: 'Unavailable' }, 0],
    ['500-committed', { name: 'Unavailable' }, 1],
    ['502-html', { name: 'Unavailable', status: 502 }, 0],
    ['503', { name: 'Unavailable', status: 503 }, 0],
    ['reset-before', { name: 'Unavailable' }, 0],
    ['reset-after', { name: 'Unavailable' }, 1],
    ['hang', { name: 'Unavailable', code: 'TIMEOUT' }, 0],
    ['hang-committed', { name: 'Unavailable', code: 'TIMEOUT' }, 1],
    ['truncated', { name: 'Unavailable' }, 1],
  ] as const)('a create that meets %s says so, and is not sent twice', async (kind, expected, made) => {
    emulator.control.addFault({
      method: 'POST',
      path: '/flowservice/sourceConnections',
      kind,
      retryAfterSeconds: 7,
    });
    const body = await sourceBody('orders');
    const error = await errorOf(aep.flowService.sourceConnections.create({ ...call, timeoutMs: 700 }, body));
    expect(error).toMatchObject(expected);
    expect(emulator.control.resources('sourceConnections', 'prod')).toHaveLength(made);
    expect(
      emulator.control.requests({ method: 'POST', path: '/flowservice/sourceConnections' }),
    ).toHaveLength(1);
  });

  test('a token that was revoked is renewed in the middle of the work', async () => {
    await aep.flowService.connections.get(call, bigQuery);
    emulator.control.addFault({ kind: 'token-revoked' });
    await expect(makeSource('orders')).resolves.toBeTruthy();
  });
});
