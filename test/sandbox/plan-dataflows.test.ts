import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administratorOf, legacyOrders, orders, places, requestsIn } from '../support/dataflows.ts';
import { example } from '../support/example.ts';
import { startRig, type Rig } from '../support/rig.ts';

type Json = Record<string, unknown>;

const { sandboxes, next } = places(20);
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
      named(sandbox, 'moved', { source: { ...source, tableName: 'acmeSpringCampaign' } }),
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
    const errors = many.dataflows.flatMap(({ name, error }) => (error ? [[name, error.type]] : []));
    expect(Object.fromEntries(errors)).toEqual({
      missing: 'Conflict',
      moved: 'ChoiceNeeded',
      foreign: 'Conflict',
      wrong: 'InvalidDefinition',
      unmapped: 'InvalidDefinition',
    });
    const wrong = many.dataflows.find(({ name }) => name === 'wrong')!.error!;
    expect(wrong.message).toContain('mapping[0].destination');
  });

  it('of a dozen make a tenth of the calls of as many single plans, and none to change anything', async () => {
    const sandbox = next();
    const names = Array.from({ length: 12 }, (_, index) => `flow-${index}`);
    const made = await (
      await rig.client.apply({ definitions: names.map((name) => named(sandbox, name)), concurrency: 12 })
    ).result();
    expect(made.totals).toMatchObject({ created: 12 });
    const callsOf = async (plan: () => Promise<unknown>) => {
      const before = requestsIn(rig, sandbox).length;
      await plan();
      const calls = requestsIn(rig, sandbox).slice(before);
      expect(calls.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))).toEqual([]);
      // Watchers look at their flows meanwhile.
      return calls.filter(({ path }) => !path.includes('/flowservice/runs')).length;
    };
    for (const changes of [{}, hourly]) {
      const definitions = names.map((name) => named(sandbox, name, changes));
      // oxlint-disable no-await-in-loop
      const single = await callsOf(() => rig.client.plan(definitions[0]));
      const many = await callsOf(async () => {
        const { totals } = await rig.client.planMany({ definitions });
        expect(totals).toMatchObject({ dataflows: 12, failed: 0 });
      });
      // oxlint-enable no-await-in-loop
      expect(many).toBeLessThanOrEqual(single * names.length * 0.1);
    }
  });

  it('of several sandboxes come from one look at each, and one that AEP does not know is told for itself', async () => {
    const [one, other] = [next(), next()];
    await Promise.all([created(named(one, 'same')), created(named(other, 'same'))]);
    const definitions = [named(one, 'same'), named(other, 'same', hourly), named('nowhere', 'same')];
    const plans = await rig.client.planMany({ definitions });
    expect(plans.totals).toMatchObject({ empty: 1, different: 1, failed: 1 });
    expect((await plans.plan(`${other}/same`)).dataflow).toBe(`${other}/same`);
    await expect(plans.plan('same')).rejects.toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining(`${other}/same`),
    });
    expect(plans.dataflows.at(-1)).toMatchObject({
      sandbox: 'nowhere',
      error: { type: 'InvalidDefinition', message: expect.stringContaining('nowhere') },
    });
    await expect(plans.plan('nowhere/same')).rejects.toMatchObject({ type: 'InvalidDefinition' });
  });

  it('have what differs in a masked field shown as masked', async () => {
    const sandbox = next();
    await created(named(sandbox, 'orders'));
    const definitions = [named(sandbox, 'orders', hourly)];
    const plans = await rig.client.planMany({ definitions, mask: ['schedule'] });
    expect(plans.totals).toMatchObject({ empty: 1, masked: 2 });
    const { steps } = await plans.plan('orders');
    expect(
      steps
        .find(({ kind }) => kind === 'flow')
        ?.masked?.map(({ field }) => field)
        .sort(),
    ).toEqual(['schedule.frequency', 'schedule.interval']);
  });

  it('are not made where a mask is none of a definition, and say what was meant', async () => {
    const refused = rig.client.planMany({
      definitions: [named(next(), 'orders')],
      mask: ['schedule.intervall'],
    });
    await expect(refused).rejects.toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining('"interval"'),
    });
  });

  it('wait for AEP, and ask for no list twice because of it', async () => {
    const sandbox = next();
    const path = '/flowservice/flows';
    rig.emulator.control.addFault({ method: 'GET', path, kind: '503', times: 2, sandbox });
    const { totals } = await rig.client.planMany({ definitions: [named(sandbox, 'orders')] });
    expect(totals).toMatchObject({ different: 1 });
    const lists = requestsIn(rig, sandbox, { method: 'GET', path: '/catalog/dataSets' });
    expect(lists).toHaveLength(1);
  });
});
