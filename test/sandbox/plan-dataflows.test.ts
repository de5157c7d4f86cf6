import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administratorOf, legacyOrders, orders, places } from '../support/dataflows.ts';
import { example } from '../support/example.ts';
import { startRig, type Rig } from '../support/rig.ts';

type Json = Record<string, unknown>;

const { sandboxes, next } = places(8);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const named = (sandbox: string, name: string, changes: Json = {}) =>
  orders(sandbox, {
    name,
    schema: { ...(orders(sandbox)['schema'] as Json), title: name },
    dataset: { name },
    ...changes,
  });
const created = async (definition: Json) => (await rig.client.start(definition)).result();
const hourly = { schedule: { frequency: 'hour', interval: 2, backfill: true } };
const otherMapping = {
  mapping: [
    { source: 'TestID', destination: '_id' },
    { source: 'Name', destination: 'person.name.lastName' },
  ],
};

describe.concurrent('plans of many dataflows', () => {
  it('are those that each would have by itself: new, kept, changed, given, missing, in conflict, wrong', async () => {
    const sandbox = next();
    const administrator = administratorOf(rig);
    const kept = named(sandbox, 'kept');
    const legacy = legacyOrders(sandbox, { name: 'legacy' });
    const given = example('tutorial-databases', { name: 'given', sandbox });
    const [, , , , , missing] = await Promise.all([
      created(kept),
      created(named(sandbox, 'rescheduled')),
      created(named(sandbox, 'remapped')),
      created(legacy),
      created(named(sandbox, 'put')),
      created(named(sandbox, 'missing')),
      created(named(sandbox, 'moved')),
      created(named(sandbox, 'disabled')),
      created(given),
      created(named(sandbox, 'theirs')),
    ]);
    await administrator.flowService.flows.remove({ sandbox }, missing.flowId);
    await rig.client.update({ definition: named(sandbox, 'put', otherMapping) });
    const { flowId } = await created(named(sandbox, 'disabled'));
    await administrator.flowService.setFlowState({ sandbox }, flowId, 'disable');
    const { source } = named(sandbox, 'moved') as { source: Json };
    const definitions = [
      kept,
      legacy,
      given,
      named(sandbox, 'new'),
      named(sandbox, 'rescheduled', hourly),
      named(sandbox, 'remapped', otherMapping),
      named(sandbox, 'put', otherMapping),
      named(sandbox, 'missing'),
      named(sandbox, 'moved', { source: { ...source, tableName: 'other.Table' } }),
      named(sandbox, 'disabled'),
      // Its schema has the title of one that is not its own.
      named(sandbox, 'foreign', { schema: { ...(kept['schema'] as Json), title: 'theirs' } }),
      // The dataset of another, with all that is wrong about that.
      named(sandbox, 'wrong', {
        source: { ...source, baseConnectionId: crypto.randomUUID() },
        mapping: [{ source: 'Name', destination: 'person.name.fullNam' }],
      }),
      named(sandbox, 'unmapped', { dataset: { id: 'not-there' }, schema: undefined }),
    ].map((one) => JSON.parse(JSON.stringify(one)) as Json);
    const many = await rig.client.planMany({ definitions });
    expect(many.dataflows.map(({ name }) => name)).toEqual(definitions.map(({ name }) => name));
    for (const definition of definitions) {
      const name = String(definition['name']);
      // oxlint-disable-next-line no-await-in-loop
      const single = await rig.client.plan(definition);
      // oxlint-disable-next-line no-await-in-loop
      expect(await many.plan(name), name).toEqual(single);
      expect(many.dataflows.find((one) => one.name === name)?.digest).toBe(single.digest);
    }
    expect(many.totals).toMatchObject({ dataflows: 13, empty: 5, masked: 0 });
  });
});
