/** Changes in place against the emulator: what is asked of it, what is left of it, and what a fault in between leads to. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { UpdateRequest } from '../../src/activities/index.ts';
import { createAep, type Aep, type AepConfig } from '../../src/aep/aep.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { call, configFor, fakeAep, json } from '../aep/fake-aep.ts';
import { flow, makeParts, mappingSet, type Parts } from '../emulator/bodies.ts';
import { Client, token } from '../emulator/client.ts';
import { attempts } from './attempts.ts';

const bounds = { httpTimeoutMs: 700, lateCommitMs: 250, listLagMs: 1, watchIntervalMs: 1, webhooks: {} };
const mark = 'Managed by aep-dataflows: prod/orders #aaaaaaaa';

let emulator: Emulator;
let client: Client;
let aep: Aep;
let config: AepConfig;
let activities: ReturnType<typeof createActivities>;
let parts: Parts;
/** What somebody else does when a flow has been read, each time the next. */
let afterRead: ((flow: JsonObject) => Promise<void>)[];
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(async () => {
  emulator.control.reset();
  emulator.control.configure({ operationLastsMs: [0, 0] });
  client = new Client(emulator.url, await token(emulator.url));
  config = { ...configFor(emulator.url), httpTimeoutMs: 5_000 };
  aep = createAep(config);
  afterRead = [];
  const { get } = aep.flowService.flows;
  aep.flowService.flows.get = async (...asked) => {
    const answer = await get(...asked);
    await afterRead.shift()?.(answer!);
    return answer;
  };
  activities = createActivities({ aep, ...bounds });
  parts = await makeParts(client);
});

const soon = (seconds = 600) => Math.floor(emulator.control.clock().now / 1000) + seconds;

async function makeFlow(change: object = {}): Promise<string> {
  const body = flow(parts, soon(), { description: `Orders\n${mark}`, ...change });
  return (await client.post('/flowservice/flows', body)).body.id;
}
const readFlow = async (id: string) => (await aep.flowService.flows.get(call, id)) as JsonObject;
const changesOf = (path: string) =>
  emulator.control.requests({ path }).filter(({ method }) => method !== 'GET' && method !== 'POST');

/** Somebody else patches a flow as soon as it has been read; said again, as soon as it has been read the next time. */
function onceRead(id: string, patch: object[]): void {
  afterRead.push(
    async ({ etag }) => void (await client.patch(`/flowservice/flows/${id}`, patch, String(etag))),
  );
}

/** AEP's silence is believed soon. */
function impatient(kind: string): void {
  if (kind.startsWith('hang')) config.httpTimeoutMs = bounds.httpTimeoutMs;
}

/** Up to thirty attempts of one update. */
async function update(
  kind: 'Flow' | 'SourceConnection' | 'Dataset' | 'Schema' | 'MappingSet',
  request: Omit<UpdateRequest, 'sandbox'>,
  before?: (attempt: number) => void,
  forgets = false,
) {
  const activity = activities[`update${kind}`];
  return attempts(activity, [{ sandbox: 'prod', ...request }], 30, before, undefined, forgets);
}

const rename = { field: 'name', from: 'Database dataflow using BigQuery', to: 'Orders' };
const slower = { field: 'scheduleParams.interval', from: 15, to: 30 };

describe('the update of a flow', () => {
  it('is one PATCH of all its edits, which keeps the mark, the Copy and what nobody edits', async () => {
    const id = await makeFlow();
    const before = await readFlow(id);
    const edits = [
      rename,
      { field: 'description', from: 'Orders', to: 'All orders' },
      slower,
      { field: 'options.errorDiagnosticsEnabled', from: false, to: true },
      { field: 'options.partialIngestionPercent', from: undefined, to: 10 },
    ];
    const { body: set } = await client.call('PUT', `/conversion/mappingSets/${parts.mappingId}`, {
      body: mappingSet(),
    });
    const mapping = { mappingId: parts.mappingId, mappingVersion: set.version as number };
    const { failures, result } = await update('Flow', { id, edits, mapping });
    expect({ failures, result }).toEqual({ failures: [], result: {} });
    expect(changesOf(`/flowservice/flows/${id}`)).toMatchObject([{ method: 'PATCH', status: 200 }]);
    const after = await readFlow(id);
    const [copy] = before['transformations'] as object[];
    expect(after).toMatchObject({
      name: 'Orders',
      description: `All orders\n${mark}`,
      options: { errorDiagnosticsEnabled: true, partialIngestionPercent: 10 },
      scheduleParams: { ...(before['scheduleParams'] as object), interval: 30 },
      transformations: [copy, { name: 'Mapping', params: { ...mapping, mappingVersion: '1' } }],
    });
  });

  it('takes another mapping set in the place of the one that it has', async () => {
    const id = await makeFlow();
    const mappingId = (await makeParts(client)).mappingId;
    const field = 'transformations.Mapping.mappingId';
    const edits = [{ field, from: parts.mappingId, to: mappingId }];
    expect(await update('Flow', { id, edits, mapping: { mappingId, mappingVersion: 0 } })).toMatchObject({
      result: {},
    });
    expect(await readFlow(id)).toMatchObject({
      transformations: [{ name: 'Copy' }, { params: { mappingId } }],
    });
  });

  it('is nothing but a read where all is as it should be', async () => {
    const id = await makeFlow();
    const edits = [{ ...rename, to: rename.from, from: 'another' }];
    const mapping = { mappingId: parts.mappingId, mappingVersion: 0 };
    expect(await update('Flow', { id, edits, mapping })).toEqual({ failures: [], result: {} });
    expect(changesOf(`/flowservice/flows/${id}`)).toEqual([]);
  });

  it('ends when AEP has completed it, and no other is sent before', async () => {
    const id = await makeFlow();
    emulator.control.configure({ operationLastsMs: [300, 300] });
    const { failures, result } = await update('Flow', { id, edits: [slower] });
    expect(result).toEqual({});
    expect(failures.length).toBeGreaterThan(0);
    expect(await readFlow(id)).toMatchObject({
      state: 'enabled',
      lastOperation: { status: { value: 'completed' } },
    });
    expect(changesOf(`/flowservice/flows/${id}`)).toHaveLength(1);
  });

  it.each(['reset-after', '500-committed', 'hang-committed', 'truncated'] as const)(
    'is not sent again where AEP took it and the reply was lost (%s)',
    async (kind) => {
      const id = await makeFlow();
      impatient(kind);
      emulator.control.addFault({ kind, method: 'PATCH' });
      const { failures, result } = await update('Flow', { id, edits: [slower, rename] });
      expect(result).toEqual({});
      expect(failures).toMatchObject([{ type: 'Unavailable' }]);
      expect(changesOf(`/flowservice/flows/${id}`)).toHaveLength(1);
    },
  );

  it('takes place once where its first request comes late, after the second', async () => {
    const id = await makeFlow();
    emulator.control.addFault({ kind: 'late-commit', method: 'PATCH', delayMs: 400 });
    const { result } = await update('Flow', { id, edits: [slower] });
    expect(result).toEqual({});
    const { etag } = await readFlow(id);
    await expect
      .poll(() => emulator.control.requests({ path: `/flowservice/flows/${id}`, method: 'PATCH' }).length)
      .toBe(2);
    await new Promise((done) => setTimeout(done, 500));
    expect(await readFlow(id)).toMatchObject({ etag, scheduleParams: { interval: 30 } });
  });

  it('goes on with the newest version where somebody else changes another field between read and PATCH', async () => {
    const id = await makeFlow();
    onceRead(id, [{ op: 'add', path: '/labels', value: ['core/C12'] }]);
    const { failures, result } = await update('Flow', { id, edits: [slower] });
    expect({ failures, result }).toEqual({ failures: [], result: {} });
    expect(changesOf(`/flowservice/flows/${id}`).map(({ status }) => status)).toEqual([200, 412, 200]);
    expect(await readFlow(id)).toMatchObject({ labels: ['core/C12'], scheduleParams: { interval: 30 } });
  });

  it('waits for others who change the flow again and again, and while AEP is busy with their change', async () => {
    const id = await makeFlow();
    for (const name of ['A', 'B', 'C']) onceRead(id, [{ op: 'add', path: '/labels', value: [name] }]);
    const { failures, result } = await update('Flow', { id, edits: [slower] });
    expect(failures).toMatchObject([{ type: 'Unavailable', nonRetryable: false }]);
    expect(result).toEqual({});
    onceRead(id, [{ op: 'add', path: '/labels', value: ['D'] }]);
    emulator.control.configure({ operationLastsMs: [200, 200] });
    emulator.control.clearRequests();
    const back = await update('Flow', { id, edits: [{ ...slower, from: 30, to: 15 }] });
    expect(back.result).toEqual({});
    const statuses = changesOf(`/flowservice/flows/${id}`).map(({ status }) => status);
    expect(statuses).toEqual([200, 412, 200]);
    expect(await readFlow(id)).toMatchObject({ labels: ['D'], scheduleParams: { interval: 15 } });
  });

  it('is StalePlan where somebody else changes the same field between read and PATCH', async () => {
    const id = await makeFlow();
    onceRead(id, [{ op: 'replace', path: '/scheduleParams/interval', value: 45 }]);
    const { failures } = await update('Flow', { id, edits: [slower] });
    expect(failures).toMatchObject([{ type: 'StalePlan', details: [{ found: 45 }] }]);
    expect(await readFlow(id)).toMatchObject({ scheduleParams: { interval: 45 } });
  });

  it('is StalePlan, and changes nothing, where somebody else changed the same field', async () => {
    const id = await makeFlow();
    const { etag } = await readFlow(id);
    await client.patch(
      `/flowservice/flows/${id}`,
      [{ op: 'replace', path: '/scheduleParams/interval', value: 45 }],
      String(etag),
    );
    const { failures } = await update('Flow', { id, edits: [rename, slower] });
    expect(failures).toMatchObject([
      {
        type: 'StalePlan',
        nonRetryable: true,
        details: [{ kind: 'flow', id, field: 'scheduleParams.interval', planned: 15, found: 45 }],
      },
    ]);
    expect(await readFlow(id)).toMatchObject({ name: rename.from });
  });
});

describe('the update of a flow that AEP does not carry out', () => {
  it('is Rejected where AEP says that its operation failed', async () => {
    const id = await makeFlow();
    emulator.control.configure({ operationsEnd: 'failed', operationLastsMs: [100, 100] });
    const { failures } = await update('Flow', { id, edits: [slower] });
    expect(failures.at(-1)).toMatchObject({ type: 'Rejected', nonRetryable: true });
    expect(failures.at(-1)?.message).toContain('A downstream service failed');
    expect(changesOf(`/flowservice/flows/${id}`)).toHaveLength(1);
    emulator.control.configure({ operationsEnd: 'completed' });
  });

  it('is Rejected after the third that AEP takes and does not show', async () => {
    let patches = 0;
    const { aep: forgetful } = await fakeAep(({ method }, response) => {
      if (method === 'PATCH') patches += 1;
      json(response, 200, { items: [{ id: 'x', state: 'enabled', etag: '"1"', name: 'A' }] });
    });
    const { updateFlow } = createActivities({ aep: forgetful, ...bounds });
    const request = { sandbox: 'prod', id: 'x', edits: [{ field: 'name', from: 'A', to: 'B' }] };
    const { failures } = await attempts(updateFlow, [request], 10);
    expect(failures.map(({ type }) => type)).toEqual(['Unavailable', 'Unavailable', 'Rejected']);
    expect(patches).toBe(3);
  });

  it("is Rejected with AEP's own code where AEP refuses it", async () => {
    const id = await makeFlow();
    const edits = [{ field: 'scheduleParams.interval', from: 15, to: 1 }];
    const { failures } = await update('Flow', { id, edits });
    expect(failures).toMatchObject([{ type: 'Rejected', details: [{ code: 'CONNECTOR-1362-400' }] }]);
  });

  it('is StalePlan where the flow is gone, or applies another mapping than planned', async () => {
    const gone = await update('Flow', { id: '00000000-0000-4000-8000-000000000000', edits: [slower] });
    expect(gone.failures).toMatchObject([{ type: 'StalePlan', details: [{ field: 'id', found: null }] }]);
    const id = await makeFlow();
    const { mappingId } = parts;
    const from = { mappingId, mappingVersion: 3 };
    const repinned = await update('Flow', { id, edits: [], mapping: { mappingId, mappingVersion: 4, from } });
    const found = { mappingId, mappingVersion: 0 };
    expect(repinned.failures).toMatchObject([
      { type: 'StalePlan', details: [{ field: 'transformations.Mapping', planned: from, found }] },
    ]);
  });
});

const renamed = (name: string) =>
  mappingSet({
    name,
    mappings: [{ sourceAttribute: 'TestID', destinationXdmPath: '_id' }],
  }) as JsonObject;
const versionsOf = async (id: string) => {
  const newest = await aep.dataPrep.mappingSets.getNewest(call, id);
  return newest?.['version'];
};

describe.each(['newest', 'first'] as const)(
  'the update of a mapping set that AEP shows the %s of',
  (mappingSetShows) => {
    const name = mark;
    let id: string;
    beforeEach(async () => {
      id = (await client.post('/conversion/mappingSets', mappingSet({ name }))).body.id;
      emulator.control.configure({ mappingSetShows });
    });
    afterAll(() => void emulator.control.configure({ mappingSetShows: 'newest' }));

    it('is one PUT in the newer form, under its old name, and its older version stays', async () => {
      const { failures, result } = await update('MappingSet', {
        id,
        edits: [],
        body: renamed('another name'),
      });
      expect({ failures, result }).toEqual({ failures: [], result: { version: 1 } });
      const [put] = changesOf(`/conversion/mappingSets/${id}`);
      expect(put).toMatchObject({
        method: 'PUT',
        body: { name, mappings: [{ sourceType: 'ATTRIBUTE', source: 'TestID' }] },
      });
      const mappingsOf = async (version: number) =>
        (await aep.dataPrep.mappingSets.get(call, id, version))?.['mappings'];
      expect([await mappingsOf(0), await mappingsOf(1)].map((all) => (all as object[]).length)).toEqual([
        3, 1,
      ]);
    });

    it('counts no version up where the newest holds already what is asked for', async () => {
      for (const version of [1, 2])
        expect(
          (
            await client.call('PUT', `/conversion/mappingSets/${id}`, {
              body: version === 1 ? mappingSet({ name, mappings: [] }) : renamed(name),
            })
          ).body,
        ).toMatchObject({ version });
      emulator.control.clearRequests();
      expect(await update('MappingSet', { id, edits: [], body: renamed(name) })).toMatchObject({
        result: { version: 2 },
      });
      expect(changesOf(`/conversion/mappingSets/${id}`)).toEqual([]);
    });

    it.each(
      mappingSetShows === 'newest'
        ? [{ kind: 'late-commit' as const, delayMs: 200 }]
        : [
            { kind: 'reset-after' as const },
            { kind: 'hang-committed' as const },
            { kind: 'late-commit' as const, delayMs: 200 },
            { kind: 'reset-before' as const },
          ],
    )('counts one version up where the reply of the PUT is lost ($kind)', async (fault) => {
      impatient(fault.kind);
      emulator.control.addFault({ ...fault, method: 'PUT' });
      const { result } = await update('MappingSet', { id, edits: [], body: renamed(name) });
      expect(result).toEqual({ version: 1 });
      expect(await versionsOf(id)).toBe(1);
    });
  },
);

it('an attempt after one that left no word sends no PUT before a late one can have come', async () => {
  const { mappingId: id } = parts;
  const killed = await update(
    'MappingSet',
    { id, edits: [], body: renamed('x') },
    (attempt) => {
      if (attempt === 1) emulator.control.addFault({ kind: 'late-commit', method: 'PUT', delayMs: 200 });
    },
    true,
  );
  expect(killed.failures.map(({ type }) => type)).toContain('Unavailable');
  expect(killed.result).toEqual({ version: 1 });
  expect(await versionsOf(id)).toBe(1);
});

describe('the update of a dataset', () => {
  it('is one JSON Patch of its name and description, and its tags stay', async () => {
    const id = await makeDataset();
    const edits = [
      { field: 'name', from: 'Orders', to: 'All orders' },
      { field: 'description', from: undefined, to: 'What was ordered' },
    ];
    expect(await update('Dataset', { id, edits })).toEqual({ failures: [], result: {} });
    expect(await aep.catalog.datasets.get(call, id)).toMatchObject({
      name: 'All orders',
      description: 'What was ordered',
      tags: { aepDataflows: ['prod/orders#aaaaaaaa'] },
    });
    emulator.control.addFault({ kind: '500-committed', method: 'PATCH' });
    emulator.control.clearRequests();
    expect(
      (
        await update('Dataset', {
          id,
          edits: [{ field: 'description', from: 'What was ordered', to: undefined }],
        })
      ).result,
    ).toEqual({});
    expect(changesOf(`/catalog/dataSets/${id}`)).toHaveLength(1);
    expect(await aep.catalog.datasets.get(call, id)).not.toHaveProperty('description');
  });
});

const profile = 'https://ns.adobe.com/xdm/context/profile';
const [person, work, personal] = ['person', 'work', 'personal'].map(
  (group) => `https://ns.adobe.com/xdm/context/profile-${group}-details`,
) as [string, string, string];
const schemaBody = {
  title: 'Orders',
  type: 'object',
  description: mark,
  allOf: [{ $ref: profile }, { $ref: person }],
};

async function makeDataset(): Promise<string> {
  const { id } = await aep.schemaRegistry.schemas.create(call, schemaBody);
  const schemaRef = { id, contentType: 'application/vnd.adobe.xed-full+json;version=1' };
  const tags = { aepDataflows: ['prod/orders#aaaaaaaa'] };
  return (await aep.catalog.datasets.create(call, { name: 'Orders', schemaRef, tags })).id;
}

describe('the update of a schema', () => {
  const growth = { field: 'refs', from: [profile, person], to: [profile, person, work] };

  it.each(['reset-after', 'late-commit'] as const)(
    'adds a field group once, beside what others added, where the reply was lost (%s)',
    async (kind) => {
      const { id } = await aep.schemaRegistry.schemas.create(call, schemaBody);
      const path = `/schemaregistry/tenant/schemas/${encodeURIComponent(id)}`;
      const added = [{ op: 'add', path: '/allOf/-', value: { $ref: personal } }];
      await client.patch(path, added);
      emulator.control.addFault({ kind, method: 'PATCH', delayMs: 200 });
      emulator.control.clearRequests();
      const { result } = await update('Schema', {
        id,
        edits: [growth, { field: 'description', from: undefined, to: 'All' }],
      });
      expect(result).toEqual({});
      const found = await aep.schemaRegistry.schemas.get(call, id);
      expect(found).toMatchObject({ version: '1.2', description: `All\n${mark}` });
      const refs = (found!['allOf'] as JsonObject[]).map(({ $ref }) => $ref);
      expect(refs).toEqual([profile, person, personal, work]);
    },
  );

  it('is StalePlan where one that the plan found is gone', async () => {
    const { id } = await aep.schemaRegistry.schemas.create(call, schemaBody);
    const edit = { ...growth, from: [profile, person, personal], to: [profile, person, personal, work] };
    expect((await update('Schema', { id, edits: [edit] })).failures).toMatchObject([{ type: 'StalePlan' }]);
  });
});

it('the update of a source connection renames it, keeps its mark, and leaves the rest', async () => {
  const { sourceId: id } = parts;
  const edits = [
    { field: 'name', from: 'Database source connection', to: 'Orders' },
    { field: 'description', from: 'Database source connection', to: undefined },
  ];
  emulator.control.addFault({ kind: 'reset-after', method: 'PATCH' });
  expect(await update('SourceConnection', { id, edits })).toMatchObject({ result: {} });
  const found = await aep.flowService.sourceConnections.get(call, id);
  expect(found).toMatchObject({ name: 'Orders', params: { tableName: 'test1.Mytable' } });
  expect(found).not.toHaveProperty('description');
  expect(changesOf(`/flowservice/sourceConnections/${id}`)).toHaveLength(1);
});
