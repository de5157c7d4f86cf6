import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/definition/problems.ts';
import {
  administratorOf,
  failureOf,
  orders,
  outcomeOf,
  places,
  requestsIn,
  startPlainly,
} from '../support/dataflows.ts';
import { large } from '../definition/large.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(30);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** Starts what must be refused, and answers with the problems told. */
async function problemsOf(definition: Record<string, unknown>) {
  const { sandbox, name } = definition as { sandbox: string; name: string };
  const handle = await startPlainly(rig, definition, `dataflow:${sandbox}:${name}`);
  const { type, message, details } = await failureOf(handle);
  expect(type).toBe('InvalidDefinition');
  const { problems, problemCount } = details as { problems: Problem[]; problemCount: number };
  return { message, problems, problemCount, fields: problems.map(({ field }) => field).sort() };
}

const source = (changes: object) => ({ source: { ...(orders('')['source'] as object), ...changes } });
/** But for the validation of a mapping, which makes nothing. */
const posted = (sandbox: string) =>
  requestsIn(rig, sandbox, { method: 'POST' }).filter(({ path }) => !path.endsWith('/validate'));

describe('a definition that is wrong by itself', () => {
  it.concurrent('is refused with every problem at once, before AEP is asked anything', async () => {
    const sandbox = next();
    const { fields, problemCount } = await problemsOf(
      orders(sandbox, {
        schedul: { frequency: 'hour' },
        schedule: { frequency: 'minute', interval: 5 },
        options: { partialIngestionPercent: 0 },
        deltaColumn: { name: 'Nowhere' },
        mapping: [{ source: 'Nothing', destination: '_id' }],
      }),
    );
    expect(fields).toEqual([
      'deltaColumn.name',
      'mapping[0].source',
      'options.partialIngestionPercent',
      'schedul',
      'schedule.interval',
    ]);
    expect(problemCount).toBe(5);
    expect(requestsIn(rig, sandbox)).toEqual([]);
  });

  it.concurrent.each([
    ['no JSON object at all', null],
    ['a text', 'orders'],
    ['a list of definitions', [orders('place-0')]],
    ['nothing', undefined],
  ])('is refused where it is %s', async (what, input) => {
    const handle = await startPlainly(rig, input, `dataflow:place-0:${what}`);
    expect((await failureOf(handle)).type).toBe('InvalidDefinition');
  });

  it.concurrent('is refused under another workflow id than its own, with the id to use', async () => {
    const sandbox = next();
    const handle = await startPlainly(rig, orders(sandbox), `dataflow:${sandbox}:other`);
    const { type, message, details } = await failureOf(handle);
    expect(type).toBe('InvalidDefinition');
    expect(message).toContain(`--workflow-id dataflow:${sandbox}:orders`);
    expect(details['problemCount']).toBe(1);
    expect(requestsIn(rig, sandbox)).toEqual([]);
  });

  it.concurrent('ends even with ten thousand problems, and tells the first hundred and their number', async () => {
    const columns = Array.from({ length: 5_000 }, (_, index) => ({
      name: `No${index}`,
      type: 'odd',
      no: 1,
      key: 1,
    }));
    const { problems, problemCount, message } = await problemsOf(orders(next(), source({ columns })));
    expect(problems).toHaveLength(100);
    expect(problemCount).toBeGreaterThanOrEqual(10_000);
    expect(message.length).toBeLessThan(5_000);
  });

  it.concurrent('is refused where it is nearly 1 MB of keys that nobody knows', async () => {
    const { problems, problemCount } = await problemsOf({
      ...large['unknown keys']!(900_000),
      sandbox: next(),
      name: 'orders',
    });
    expect(problems).toHaveLength(100);
    expect(problemCount).toBeGreaterThan(60_000);
  });
});

describe('a definition that AEP says is wrong', () => {
  /** Refused for one reason, after reads only. */
  async function refused(definition: Record<string, unknown>): Promise<Problem> {
    const { problems } = await problemsOf(definition);
    expect(problems).toHaveLength(1);
    expect(posted(String(definition['sandbox']))).toEqual([]);
    return problems[0]!;
  }

  const serviceNow = '60a5c8b9-3c30-43ba-a5c8-b93c3093ba66';
  const nowhere = '00000000-1111-4222-8333-444444444444';
  const seededDataset = '6019e0e7c5dcf718db5ebc71';
  const seededSchema =
    'https://ns.adobe.com/emulator/schemas/52b59140414aa6a370ef5e21155fd7a686744b8739ecc168';

  it.concurrent('because its base connection is disabled', async () => {
    const sandbox = next();
    const { id, body } = await bigQueryConnection(sandbox, 'disable');
    const problem = await refused(orders(sandbox, source({ baseConnectionId: id })));
    expect(problem.field).toBe('source.baseConnectionId');
    expect(problem.message).toContain(`${id} is ${String(body['state'])}`);
  });

  it.concurrent('because its base connection belongs to another connector', async () => {
    const problem = await refused(orders(next(), source({ baseConnectionId: serviceNow })));
    expect(problem.field).toBe('source.baseConnectionId');
    expect(problem.message).toBe(`${serviceNow} is a base connection of servicenow, not of google-bigquery`);
  });

  it.concurrent.each([
    ['base connection', 'source.baseConnectionId', source({ baseConnectionId: nowhere })],
    ['dataset', 'dataset.id', { dataset: { id: 'ffffffffffffffffffffffff' }, schema: undefined }],
    ['schema', 'schema.id', { schema: { id: `${seededSchema}0` } }],
  ])('because there is no such %s', async (what, field, changes) => {
    const problem = await refused(orders(next(), changes));
    expect(problem.field).toBe(field);
    expect(problem.message).toContain(`is not there: give the id of an existing ${what}`);
  });

  it.concurrent('because its dataset has another schema than the one given', async () => {
    const sandbox = next();
    const other = await administratorOf(rig).schemaRegistry.schemas.create(
      { sandbox },
      {
        title: 'Other',
        type: 'object',
        allOf: ['profile', 'profile-person-details'].map((name) => ({
          $ref: `https://ns.adobe.com/xdm/context/${name}`,
        })),
      },
    );
    const problem = await refused(
      orders(sandbox, { dataset: { id: seededDataset }, schema: { id: other.id } }),
    );
    expect(problem.field).toBe('schema.id');
    expect(problem.message).toContain(`${seededDataset} has the schema ${seededSchema}`);
  });

  it.concurrent('and is told everything that is wrong with what it names', async () => {
    const sandbox = next();
    const { fields } = await problemsOf(
      orders(sandbox, {
        ...source({ baseConnectionId: nowhere }),
        dataset: { id: 'a'.repeat(24) },
        schema: undefined,
      }),
    );
    expect(fields).toEqual(['dataset.id', 'source.baseConnectionId']);
    const outcome = await outcomeOf(rig.temporal.client, `dataflow:${sandbox}:orders`);
    expect(outcome).toMatchObject({ made: {}, adopted: {}, unknown: [] });
    expect(outcome?.notTried).toContain('flow');
  });

  /** A base connection of BigQuery, after an action. */
  async function bigQueryConnection(sandbox: string, op: 'disable') {
    const id = '6990abad-977d-41b9-a85d-17ea8cf1c0e4';
    const { access_token: token } = await json('/ims/token/v3', {
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'admin',
        client_secret: 'x',
        scope: 'openid',
      }),
    });
    await json(`/data/foundation/flowservice/connections/${id}/action?op=${op}`, {
      headers: {
        authorization: `Bearer ${String(token)}`,
        'x-api-key': 'admin',
        'x-gw-ims-org-id': 'TEST@AdobeOrg',
        'x-sandbox-name': sandbox,
      },
    });
    const body = rig.emulator.control.resources('connections', sandbox).find((one) => one['id'] === id)!;
    return { id, body };
  }

  async function json(path: string, init: RequestInit): Promise<Record<string, unknown>> {
    const response = await fetch(`${rig.emulator.url}${path}`, { method: 'POST', ...init });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Record<string, unknown>;
  }
});

describe('a start that has passed', () => {
  const schedule = (startTime: number) => ({
    schedule: { frequency: 'minute', interval: 15, backfill: true, startTime },
  });

  it.concurrent('is refused where a flow is to be made, and leaves nothing behind', async () => {
    const sandbox = next();
    const definition = orders(sandbox, schedule(1_600_000_000));
    const { fields } = await problemsOf(definition);
    expect(fields).toEqual(['schedule.startTime']);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual({});
    expect(await outcomeOf(rig.temporal.client, `dataflow:${sandbox}:orders`)).toMatchObject({
      made: {},
      unknown: [],
    });
  });

  it.concurrent('is fine for a flow that lives', async () => {
    const sandbox = next();
    const startTime = Math.ceil(Date.now() / 1000) + 5;
    const definition = orders(sandbox, schedule(startTime));
    const first = await (await rig.client.start(definition)).result();
    await waitFor('the start to pass', () => Date.now() > (startTime + 1) * 1000);
    const second = await (await rig.client.start(definition)).result();
    expect(second.resources).toEqual(first.resources);
  });
});

describe('a name that no dataflow can have', () => {
  const inDecomposedForm = { sandbox: 'place-0', name: 'cafe\u0301' };
  const tooLong = { sandbox: 'place-0', name: '注'.repeat(100) };
  const refused = { type: 'InvalidDefinition', details: { problems: [{ field: 'name' }], problemCount: 1 } };

  it.each([inDecomposedForm, tooLong])(
    'is refused by the client, whatever it is asked: $name',
    async (named) => {
      expect(() => rig.client.dataflow(named)).toThrow(expect.objectContaining({ type: refused.type }));
      await expect(rig.client.delete(named)).rejects.toMatchObject(refused);
    },
  );

  it.concurrent('is refused by deleteDataflow, so that two names that look the same are never two locks', async () => {
    const { sandbox, name } = inDecomposedForm;
    const handle = await rig.temporal.client.workflow.start('deleteDataflow', {
      workflowId: `dataflow:${sandbox}:${name}`,
      taskQueue: 'aep-dataflows',
      args: [inDecomposedForm],
    });
    expect(await failureOf(handle)).toMatchObject({
      type: refused.type,
      details: { problems: refused.details.problems },
    });
  });

  it.concurrent('is refused by createDataflow, with the bytes that its workflow id may have', async () => {
    const { fields, message } = await problemsOf(orders(tooLong.sandbox, { name: tooLong.name }));
    expect(fields).toEqual(['name']);
    expect(message).toContain('255 bytes in UTF-8, and has 317');
  });

  it.concurrent('ids that Temporal may not take are refused by the client before it is asked', async () => {
    const sandbox = 'a'.repeat(200);
    await expect(rig.client.watch({ sandbox, flowId: 'f'.repeat(60) })).rejects.toMatchObject({
      type: refused.type,
      details: { problems: [{ field: 'flowId' }] },
    });
    await expect(rig.client.listOrphans({ sandbox: `${sandbox}${sandbox}` })).rejects.toMatchObject({
      type: refused.type,
      details: { problems: [{ field: 'sandbox' }] },
    });
  });
});
