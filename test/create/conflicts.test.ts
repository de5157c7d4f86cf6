import { describe, expect } from 'vitest';
import type { JsonObject } from '../../src/resources/resource.ts';
import { Client, token } from '../emulator/client.ts';
import { makeFlow } from '../watch/make-flow.ts';
import { stageFor } from '../simulation/stage.ts';
import {
  administratorOf,
  failureOf,
  legacyOrders,
  oneOfSix,
  orders,
  outcomeOf,
  requestsIn,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

async function conflictOf(definition: JsonObject) {
  const handle = await stage.client.start(definition);
  const { type, message, details } = await failureOf(handle);
  expect(type).toBe('Conflict');
  return { message, details, outcome: await outcomeOf(stage.temporal, handle.workflowId) };
}

const ours = () => marked(stage.emulator, `${sandbox}/orders`);
const stored = (kind: 'flows' | 'sourceConnections') => stage.emulator.control.resources(kind, sandbox);

/** What a user does who makes a copy by hand, description and all. */
async function copyByHand(kind: 'flows' | 'sourceConnections'): Promise<string[]> {
  const [original] = stored(kind);
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
  const { id } = await administratorOf(stage).flowService[kind].create(
    { sandbox },
    { name, description, ...body },
  );
  return [String(original!['id']), id].sort();
}

describe("a flow of the dataflow's name that is somebody else's", () => {
  it.each([
    ['newer', orders, 1],
    ['older', legacyOrders, 2],
  ])(
    'is a Conflict, and of a dataflow of the %s generation nothing is left behind',
    async (_, definition, unneeded) => {
      const foreign = await makeFlow(administratorOf(stage), { sandbox });
      // The look for the flow comes late, so that what needs no look is made before.
      stage.emulator.control.addFault({ method: 'GET', path: '/flowservice/flows', kind: '503', sandbox });
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
      expect(requestsIn(stage, sandbox, { method: 'POST' })).toHaveLength(unneeded);
      expect(marked(stage.emulator, `${sandbox}/Orders`)).toEqual({});
      expect(stored('flows')).toHaveLength(1);
    },
  );
});

describe('a schema of the title that is somebody else’s', () => {
  it('is a Conflict that says how to use it, and using it works', async () => {
    const definition = orders(sandbox);
    const { title, ...parts } = definition['schema'] as {
      title: string;
      class: string;
      fieldGroups: string[];
    };
    const allOf = [parts.class, ...parts.fieldGroups].map(($ref) => ({ $ref }));
    const theirs = await administratorOf(stage).schemaRegistry.schemas.create(
      { sandbox },
      { title, type: 'object', allOf },
    );
    const { message, details } = await conflictOf(definition);
    expect(message).toContain('"schema": {"id": …}');
    expect(details).toMatchObject({ reason: 'foreign', ids: [theirs.id], unknown: [] });
    expect(details['failed']).toEqual([{ kind: 'schema', why: message }]);
    expect(details['notTried']).toEqual(expect.arrayContaining(['dataset', 'targetConnection', 'flow']));

    const second = await (await stage.client.start({ ...definition, schema: { id: theirs.id } })).result();
    expect(second.resources.schema).toBe(theirs.id);
    expect(ours()).toEqual({ ...oneOfSix, schemas: undefined });
  });
});

describe("a mapping that was saved in AEP's UI", () => {
  /** The UI saves the whole set, which counts it up, and then the flow with the new version. */
  async function saveInTheUi(change: (row: JsonObject) => JsonObject): Promise<void> {
    const aep = new Client(stage.emulator.url, await token(stage.emulator.url), sandbox);
    const [set] = stage.emulator.control.resources('mappingSets', sandbox);
    const [flow] = stored('flows');
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

  it('and maps the same as before is adopted, whatever its version', async () => {
    const first = await (await stage.client.start(orders(sandbox))).result();
    await saveInTheUi((row) => row);
    const second = await (await stage.client.start(orders(sandbox))).result();
    expect(second.resources).toEqual(first.resources);
    expect(stored('flows')).toHaveLength(1);
  });

  it('and maps something else is a Conflict that says what', async () => {
    await (await stage.client.start(orders(sandbox))).result();
    await saveInTheUi((row) => ({
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
  it('is a Conflict where it is on a second flow, and nothing is deleted', async () => {
    await (await stage.client.start(orders(sandbox))).result();
    const ids = await copyByHand('flows');
    const { details } = await conflictOf(orders(sandbox));
    expect(details).toMatchObject({ reason: 'copied-mark' });
    expect((details['ids'] as string[]).sort()).toEqual(ids);
    expect(stored('flows')).toHaveLength(2);
  });

  it('is a Conflict where it is on a source connection that is still to be used', async () => {
    const { flowId } = await (await stage.client.start(orders(sandbox))).result();
    const ids = await copyByHand('sourceConnections');
    await administratorOf(stage).flowService.flows.remove({ sandbox }, flowId);
    const { details } = await conflictOf(orders(sandbox));
    expect(details).toMatchObject({ reason: 'copied-mark' });
    expect(details['unknown']).not.toContain('sourceConnection');
    expect((details['ids'] as string[]).sort()).toEqual(ids);
    expect(ours()).toMatchObject({ sourceConnections: 2, schemas: 1, dataSets: 1 });
    expect(stored('flows')).toEqual([]);
  });

  it('is no obstacle on a source connection that the living flow does not use', async () => {
    const first = await (await stage.client.start(orders(sandbox))).result();
    await copyByHand('sourceConnections');
    const second = await (await stage.client.start(orders(sandbox))).result();
    expect(second.resources).toEqual(first.resources);
    expect(ours()).toEqual({ ...oneOfSix, sourceConnections: 2 });
  });
});
