import { afterAll, beforeAll, expect, it } from 'vitest';
import { administratorOf, failureOf, oneOfSix, orders, places, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';

type Json = Record<string, unknown>;

const { sandboxes, next } = places(4);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** The dataflow, whose base connection is given otherwise. */
function ordersOver(sandbox: string, connection: unknown): Json {
  const { baseConnectionId: _, ...source } = orders(sandbox)['source'] as Json;
  return orders(sandbox, { source: { ...source, connection } });
}

it('a dataflow names its base connection, and is made over the one of that name', async () => {
  const sandbox = next();
  const definition = ordersOver(sandbox, { name: 'Google BigQuery base connection' });
  const handle = await rig.client.start(definition);
  await handle.result();
  expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  const [source] = rig.emulator.control.resources('sourceConnections', sandbox);
  expect(source).toMatchObject({ baseConnectionId: (orders(sandbox)['source'] as Json)['baseConnectionId'] });
  // The id says the same, in either field.
  for (const same of [definition, ordersOver(sandbox, source!['baseConnectionId']), orders(sandbox)])
    // oxlint-disable-next-line no-await-in-loop
    expect((await rig.client.plan(same)).summary).toBe('Nothing to change, 6 as they are');
});

it('a name that nothing or that two have is told with all else that is wrong, and nothing is made', async () => {
  const sandbox = next();
  const { connections } = administratorOf(rig).flowService;
  const [like] = rig.emulator.control
    .resources('connections', sandbox)
    .filter(({ name }) => name === 'Google BigQuery base connection');
  const { connectionSpec, auth } = like!;
  for (const _ of [1, 2])
    // oxlint-disable-next-line no-await-in-loop
    await connections.create({ sandbox }, { name: 'Twice', connectionSpec, auth });
  const mapping = [{ source: 'Name', destination: 'person.name.fulName' }];
  for (const [name, told] of [
    ['Google BigQuery base connexion', 'did you mean "Google BigQuery base connection"?'],
    ['Twice', '2 base connections'],
  ] as const) {
    const definition = { ...ordersOver(sandbox, { name }), mapping };
    // oxlint-disable no-await-in-loop
    const { type, message } = await failureOf(await rig.client.start(definition));
    expect(type).toBe('InvalidDefinition');
    expect(message).toContain(told);
    expect(message).toContain('person.name.fulName');
    const plans = await rig.client.planMany({ definitions: [definition] });
    const plan = await rig.client.plan(definition);
    // oxlint-enable no-await-in-loop
    expect(plan.problems.map(({ field }) => field)).toEqual([
      'source.connection.name',
      'mapping[0].destination',
    ]);
    expect(plans.dataflows[0]).toMatchObject({ digest: plan.digest });
  }
  const made = requestsIn(rig, sandbox, { method: 'POST' }).filter(({ path }) => !path.endsWith('/validate'));
  expect(made).toEqual([]);
});
