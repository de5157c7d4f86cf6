import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/resources/resource.ts';
import { Client, token } from '../emulator/client.ts';
import { makeFlow } from '../watch/make-flow.ts';
import {
  administratorOf,
  failureOf,
  legacyOrders,
  oneOfSix,
  orders,
  outcomeOf,
  places,
  requestsIn,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';

const { sandboxes, next } = places(20);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

async function conflictOf(definition: JsonObject) {
  const handle = await rig.client.start(definition);
  const { type, message, details } = await failureOf(handle);
  expect(type).toBe('Conflict');
  return { message, details, outcome: await outcomeOf(rig, handle.workflowId) };
}

const ours = (sandbox: string) => marked(rig.emulator, `${sandbox}/orders`);
const stored = (kind: 'flows' | 'sourceConnections', sandbox: string) =>
  rig.emulator.control.resources(kind, sandbox);

/** What a user does who makes a copy by hand, description and all. */
async function copyByHand(kind: 'flows' | 'sourceConnections', sandbox: string): Promise<string[]> {
  const [original] = stored(kind, sandbox);
  const { name, description, ...rest } = original!;
  const asked = ['data', 'params', 'baseConnectionId', 'connectionSpec'].concat([
    'flowSpec',
    'sourceConnectionIds',
    'targetConnectionIds',
    'transformations',
    'scheduleParams',
  ]);
  const body = Object.fromEntries(
    asked.flatMap((key) => (rest[key] === undefined ? [] : [[key, rest[key]]])),
  );
  const { id } = await administratorOf(rig).flowService[kind].create(
    { sandbox },
    { name, description, ...body },
  );
  return [String(original!['id']), id].sort();
}

describe("a flow of the dataflow's name that is somebody else's", () => {
  it.concurrent.each([
    ['newer', orders, 1],
    ['older', legacyOrders, 2],
  ])(
    'is a Conflict, and of a dataflow of the %s generation nothing is left behind',
    async (_, definition, unneeded) => {
      const sandbox = next();
      const foreign = await makeFlow(administratorOf(rig), { sandbox });
      // The look for the flow comes late, so that what needs no look is made before.
      rig.emulator.control.addFault({ method: 'GET', path: '/flowservice/flows', kind: '503', sandbox });
      const { message, details, outcome } = await conflictOf(definition(sandbox, { name: 'Orders' }));
      expect(message).toContain(foreign);
      expect(details).toMatchObject({
        reason: 'foreign',
        ids: [foreign],
        made: {},
        adopted: {},
        unknown: [],
      });
      expect(outcome).toMatchObject({ made: {}, adopted: {}, unknown: [] });
      expect(requestsIn(rig, sandbox, { method: 'POST' })).toHaveLength(unneeded);
      expect(marked(rig.emulator, `${sandbox}/Orders`)).toEqual({});
      expect(stored('flows', sandbox)).toHaveLength(1);
    },
  );
});

describe('a schema of the title that is somebody else’s', () => {
  it.concurrent('is a Conflict that says how to use it, and using it works', async () => {
    const sandbox = next();
    const definition = orders(sandbox);
    const { title, ...parts } = definition['schema'] as {
      title: string;
      class: string;
      fieldGroups: string[];
    };
    const allOf = [parts.class, ...parts.fieldGroups].map(($ref) => ({ $ref }));
    const theirs = await administratorOf(rig).schemaRegistry.schemas.create(
      { sandbox },
      { title, type: 'object', allOf },
    );
    const { message, details } = await conflictOf(definition);
    expect(message).toContain('"schema": {"id": …}');
    expect(details).toMatchObject({ reason: 'foreign', ids: [theirs.id], unknown: [] });
    expect(details['failed']).toEqual([{ kind: 'schema', why: message }]);
    expect(details['notTried']).toEqual(expect.arrayContaining(['dataset', 'targetConnection', 'flow']));

    const second = await (await rig.client.start({ ...definition, schema: { id: theirs.id } })).result();
    expect(second.resources.schema).toBe(theirs.id);
    expect(ours(sandbox)).toEqual({ ...oneOfSix, schemas: undefined });
  });
});

describe("a mapping that was saved in AEP's UI", () => {
  /** The UI saves the whole set, which counts it up, and then the flow with the new version. */
  async function saveInTheUi(sandbox: string, change: (row: JsonObject) => JsonObject): Promise<void> {
    const aep = new Client(rig.emulator.url, await token(rig.emulator.url), sandbox);
    const [set] = rig.emulator.control.resources('mappingSets', sandbox);
    const [flow] = stored('flows', sandbox);
    const { outputSchema, mappings } = structuredClone(set!) as unknown as {
      outputSchema: JsonObject;
      mappings: JsonObject[];
    };
    const put = await aep.call('PUT', `/conversion/mappingSets/${String(set!['id'])}`, {
      body: { outputSchema, mappings: mappings.toReversed().map(change) },
    });
    expect(put).toMatchObject({ status: 200, body: { version: 1 } });
    const transformations = structuredClone(flow!['transformations']) as { params: JsonObject }[];
    const patched = await aep.patch(
      `/flowservice/flows/${String(flow!['id'])}`,
      transformations.flatMap(({ params }, index) =>
        'mappingId' in params
          ? [{ op: 'replace', path: `/transformations/${index}/params/mappingVersion`, value: 1 }]
          : [],
      ),
      String(flow!['etag']),
    );
    expect(patched.status).toBe(200);
  }

  it.concurrent('and maps the same as before is adopted, whatever its version', async () => {
    const sandbox = next();
    const first = await (await rig.client.start(orders(sandbox))).result();
    await saveInTheUi(sandbox, (row) => row);
    const second = await (await rig.client.start(orders(sandbox))).result();
    expect(second.resources).toEqual(first.resources);
    expect(stored('flows', sandbox)).toHaveLength(1);
  });

  it.concurrent('and maps something else is a Conflict that says what', async () => {
    const sandbox = next();
    await (await rig.client.start(orders(sandbox))).result();
    await saveInTheUi(sandbox, (row) => ({
      ...row,
      source: row['source'] === 'Name' ? 'TestID' : row['source'],
    }));
    const { details } = await conflictOf(orders(sandbox));
    expect(details).toMatchObject({ reason: 'differs' });
    const mapped = (source: string) => [expect.objectContaining({ source })];
    expect(details['differences']).toMatchObject([
      { field: 'mapping', wanted: mapped('Name'), found: mapped('TestID') },
    ]);
  });
});

describe('a mark that was copied by hand', () => {
  it.concurrent('is a Conflict where it is on a second flow, and nothing is deleted', async () => {
    const sandbox = next();
    await (await rig.client.start(orders(sandbox))).result();
    const ids = await copyByHand('flows', sandbox);
    const { details } = await conflictOf(orders(sandbox));
    expect(details).toMatchObject({ reason: 'copied-mark' });
    expect((details['ids'] as string[]).sort()).toEqual(ids);
    expect(stored('flows', sandbox)).toHaveLength(2);
  });

  it.concurrent('is a Conflict where it is on a source connection that is still to be used', async () => {
    const sandbox = next();
    const { flowId } = await (await rig.client.start(orders(sandbox))).result();
    const ids = await copyByHand('sourceConnections', sandbox);
    await administratorOf(rig).flowService.flows.remove({ sandbox }, flowId);
    const { details } = await conflictOf(orders(sandbox));
    expect(details).toMatchObject({ reason: 'copied-mark' });
    expect(details['unknown']).not.toContain('sourceConnection');
    expect((details['ids'] as string[]).sort()).toEqual(ids);
    expect(ours(sandbox)).toMatchObject({ sourceConnections: 2, schemas: 1, dataSets: 1 });
    expect(stored('flows', sandbox)).toEqual([]);
  });

  it.concurrent('is no obstacle on a source connection that the living flow does not use', async () => {
    const sandbox = next();
    const first = await (await rig.client.start(orders(sandbox))).result();
    await copyByHand('sourceConnections', sandbox);
    const second = await (await rig.client.start(orders(sandbox))).result();
    expect(second.resources).toEqual(first.resources);
    expect(ours(sandbox)).toEqual({ ...oneOfSix, sourceConnections: 2 });
  });
});

describe('the id of a dataflow under which', () => {
  const parked = 'no-worker-here';

  it.concurrent('something else runs answers a start with Conflict, and what runs is left alone', async () => {
    const sandbox = next();
    const { workflow } = rig.temporal.client;
    const workflowId = `dataflow:${sandbox}:orders`;
    const running = await workflow.start('deleteDataflow', { workflowId, taskQueue: parked });
    const { type, message } = await failureOf({ result: () => rig.client.start(orders(sandbox)) });
    expect(type).toBe('Conflict');
    expect(message).toContain('is just being deleted, by the workflow');
    expect(message).toContain('none polls the task queue no-worker-here');
    // It may be begun at any moment by a worker: then only that can end it without loss.
    expect(message).toContain(`temporal workflow terminate --workflow-id ${workflowId}`);
    expect((await running.describe()).status.name).toBe('RUNNING');
  });

  it.concurrent.each([
    ['by the typed client', true],
    ['by hand, and has not begun yet', false],
  ])('another definition was started %s answers with Conflict', async (_, typed) => {
    const sandbox = next();
    // Nothing gets on: the first read waits for its second attempt.
    rig.emulator.control.addFault({ kind: '503', sandbox, times: 1_000 });
    const workflowId = `dataflow:${sandbox}:orders`;
    const other = orders(sandbox, { description: 'Another one' });
    if (typed) await rig.client.start(other);
    else
      await rig.temporal.client.workflow.start('createDataflow', {
        workflowId,
        taskQueue: parked,
        args: [other],
      });
    const { type, message } = await failureOf({ result: () => rig.client.start(orders(sandbox)) });
    expect(type).toBe('Conflict');
    expect(message).toContain('just being created from another definition');
    // The same one is the same execution, in whatever order its keys come.
    const same = await rig.client.start(Object.fromEntries(Object.entries(other).toReversed()));
    expect(same.workflowId).toBe(workflowId);
    await rig.temporal.client.workflow.getHandle(workflowId).terminate();
  });
});
