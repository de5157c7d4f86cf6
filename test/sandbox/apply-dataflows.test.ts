import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataflowError, isEmpty } from '../../src/client.ts';
import { oneOfSix, orders, places, requestsIn, startPlainly } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

type Json = Record<string, unknown>;

const { sandboxes, next } = places(20);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const named = (sandbox: string, name: string, changes: Json = {}): Json =>
  orders(sandbox, {
    name,
    schema: { ...(orders(sandbox)['schema'] as Json), title: name },
    dataset: { name },
    ...changes,
  });
const names = (count: number) => Array.from({ length: count }, (_, index) => `flow-${index}`);
const created = async (definition: Json) => (await rig.client.start(definition)).result();
const applied = async (input: Parameters<Rig['client']['apply']>[0]) =>
  (await rig.client.apply(input)).result();
const hourly = { schedule: { frequency: 'hour', interval: 2, backfill: true } };
const posts = (sandbox: string) => requestsIn(rig, sandbox, { method: 'POST' }).map(({ path }) => path);

describe.concurrent('a folder of definitions', () => {
  it('is applied: what is new is made, what is different changed, and what is as asked for starts nothing', async () => {
    const sandbox = next();
    await Promise.all([created(named(sandbox, 'kept')), created(named(sandbox, 'changed'))]);
    const definitions = [
      named(sandbox, 'kept'),
      named(sandbox, 'changed', hourly),
      ...names(5).map((name) => named(sandbox, name)),
    ];
    const { dataflows, totals } = await applied({ definitions });
    expect(totals).toEqual({ dataflows: 7, created: 5, updated: 1, unchanged: 1, failed: 0, notTried: 0 });
    for (const one of dataflows) expect(one.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(dataflows.find(({ name }) => name === 'flow-3')).toMatchObject({
      outcome: 'created',
      counts: { create: 6 },
      flowId: expect.any(String),
    });
    const kept = rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:kept`);
    expect((await kept.describe()).historyLength).toBeGreaterThan(0);
    expect((await rig.client.planMany({ definitions })).totals).toMatchObject({ empty: 7, different: 0 });

    const before = posts(sandbox).length;
    expect((await applied({ definitions })).totals).toMatchObject({ unchanged: 7 });
    expect(
      posts(sandbox)
        .slice(before)
        .filter((path) => !path.endsWith('/validate')),
    ).toEqual([]);
  });

  it('has each failure told for itself, by type and in words, and goes on where it was when it is started again', async () => {
    const sandbox = next();
    await created(named(sandbox, 'moved'));
    const { source } = named(sandbox, 'moved') as { source: Json };
    const moved = named(sandbox, 'moved', { source: { ...source, tableName: 'acmeSpringCampaign' } });
    const definitions = [
      named(sandbox, 'good'),
      moved,
      named(sandbox, 'wrong', { schedule: { frequency: 'fortnight' } }),
      named(sandbox, 'unmapped', { mapping: [{ source: 'Name', destination: 'person.nam' }] }),
      'no definition at all',
      named(sandbox, 'good'),
    ];
    const { dataflows, totals } = await applied({ definitions });
    expect(totals).toMatchObject({ dataflows: 6, created: 1, failed: 5 });
    const errorOf = (name: string) => dataflows.find((one) => one.name === name && one.error)?.error;
    expect(errorOf('moved')).toMatchObject({
      type: 'ChoiceNeeded',
      message: expect.stringContaining('from-now'),
    });
    expect(errorOf('wrong')).toMatchObject({
      type: 'InvalidDefinition',
      problems: [{ field: 'schedule.frequency' }],
    });
    expect(errorOf('unmapped')).toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining('mapping[0].destination'),
    });
    expect(errorOf('definitions[4]')?.type).toBe('InvalidDefinition');
    expect(errorOf('good')?.message).toContain('more than once');

    const again = await applied({
      definitions: [named(sandbox, 'good'), moved],
      each: { moved: { replaceFlow: 'from-now' } },
    });
    expect(again.totals).toMatchObject({ updated: 1, unchanged: 1 });
  });

  it('carries out the plan that was looked at, or none', async () => {
    const sandbox = next();
    await Promise.all([created(named(sandbox, 'one')), created(named(sandbox, 'two'))]);
    const definitions = [named(sandbox, 'one', hourly), named(sandbox, 'two', hourly)];
    const { dataflows } = await rig.client.planMany({ definitions });
    const digestOf = (name: string) => dataflows.find((one) => one.name === name)!.digest!;
    const result = await applied({
      definitions,
      each: { one: { digest: digestOf('one') }, [`${sandbox}/two`]: { digest: digestOf('one') } },
    });
    expect(result.dataflows.map(({ name, outcome, error }) => [name, outcome, error?.type])).toEqual(
      expect.arrayContaining([
        ['one', 'updated', undefined],
        ['two', 'failed', 'StalePlan'],
      ]),
    );
  });

  it('in which nothing but a watch is changed is planned and applied as that', async () => {
    const sandbox = next();
    const { flowId } = await created(named(sandbox, 'watched'));
    const watched = (watch: Json) => ({ definitions: [named(sandbox, 'watched', { watch })] });
    const five = watched({ pauseAfter: 5 });
    const planned = (what: string, input: typeof five & { mask?: string[] }, state: 'empty' | 'different') =>
      waitFor(what, async () => {
        const plans = await rig.client.planMany(input);
        return plans.totals[state] === 1 && plans;
      });
    const plans = await planned('lists to show the watcher', five, 'different');
    expect(plans.dataflows).toMatchObject([{ counts: { keep: 6, watch: 1 } }]);
    expect((await plans.plan('watched')).watch).toEqual({
      changes: [{ field: 'watch.pauseAfter', from: null, to: 5 }],
    });
    expect((await applied(five)).totals).toMatchObject({ updated: 1 });
    await planned('lists to show the new settings', five, 'empty');
    const health = await rig.client.health({ sandbox, flowId });
    expect(health?.watch.settings).toEqual({ pauseAfter: 5 });
    expect((await applied(five)).totals).toMatchObject({ unchanged: 1 });
    const masked = await planned('a mask', { ...watched({ pauseAfter: 7 }), mask: ['watch'] }, 'empty');
    expect(masked.totals.masked).toBe(1);
  });

  it('waits for a create that a person has started, and then makes no second one', async () => {
    const sandbox = next();
    const gate = { method: 'POST', path: '/flowservice/flows', kind: '503', times: 3, sandbox } as const;
    rig.emulator.control.addFault(gate);
    const theirs = await rig.client.start(named(sandbox, 'flow-0'));
    const handle = await rig.client.apply({ definitions: names(3).map((name) => named(sandbox, name)) });
    await waitFor('one that waits', async () =>
      (await handle.progress()).running.some(({ what }) => what === 'busy'),
    );
    const [{ totals }, { flowId }] = await Promise.all([handle.result(), theirs.result()]);
    expect(flowId).toBeTruthy();
    expect(totals).toMatchObject({ created: 2, unchanged: 1, failed: 0 });
    expect(marked(rig.emulator, `${sandbox}/flow-0`)).toEqual(oneOfSix);
  });

  it('of which a person makes one otherwise in the same moment is as its definitions ask for in the end', async () => {
    const sandbox = next();
    const theirs = await startPlainly(rig, named(sandbox, 'flow-0', hourly), `dataflow:${sandbox}:flow-0`);
    const definitions = names(2).map((name) => named(sandbox, name));
    const { totals } = await applied({ definitions });
    await theirs.result();
    expect(totals).toMatchObject({ dataflows: 2, failed: 0 });
    const plan = await rig.client.plan(definitions[0]);
    expect(isEmpty(plan)).toBe(true);
  });

  it('is added to while it goes on', async () => {
    const sandbox = next();
    const handle = await rig.client.apply({ definitions: [named(sandbox, 'first')], more: true });
    const added = await handle.add({
      definitions: [named(sandbox, 'second'), named(sandbox, 'third', { schedule: {} })],
      more: true,
    });
    expect(added).toMatchObject({ taken: 1, wrong: [{ index: 1, name: 'third', problems: [{}] }] });
    const wrong = handle.add({ definitions: [], each: { fourth: { replaceFlow: 'backfill' } } });
    await expect(wrong).rejects.toMatchObject({ type: 'InvalidDefinition' });
    await handle.add({ definitions: [named(sandbox, 'third')] });
    const { totals } = await handle.result();
    expect(totals).toMatchObject({ dataflows: 4, created: 3, failed: 1 });
    await expect(handle.add({ definitions: [] })).rejects.toMatchObject({ type: 'Conflict' });
  });

  it('begins nothing more once it is cancelled, and tells what became of each', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({
      method: 'POST',
      path: '/catalog/dataSets',
      kind: '503',
      times: 1_000,
      sandbox,
    });
    const definitions = names(6).map((name) => named(sandbox, name));
    const handle = await rig.client.apply({ definitions, concurrency: 2 });
    await waitFor('two under way', async () => (await handle.progress()).running.length === 2);
    await waitFor('a dataset asked for', () =>
      posts(sandbox).some((path) => path.endsWith('/catalog/dataSets')),
    );
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ type: 'Cancelled' });
    const { totals } = await handle.progress();
    expect(totals).toMatchObject({ dataflows: 6, notTried: 4 });
  });

  it.each([
    [undefined, ''],
    [{ definitions: { a: 1 } }, 'definitions'],
    [{ definitions: [{ name: 1n }] }, 'definitions[0]'],
  ])('that cannot be sent is refused before it is', async (input, field) => {
    for (const sending of [rig.client.apply(input as never), rig.client.planMany(input as never)])
      // oxlint-disable-next-line no-await-in-loop
      await expect(sending).rejects.toMatchObject({
        type: 'InvalidDefinition',
        details: { problems: [{ field }] },
      });
  });

  it.each([
    [{ definitions: [] }, 'definitions'],
    [{ definitions: null }, 'definitions'],
    [{ definitions: [{}], each: { a: {} } }, 'each.a'],
    [{ definitions: [], concurrency: 0 }, 'concurrency'],
    [{ definitions: [], replaceFlow: 'now' }, 'replaceFlow'],
    [{ definition: {} }, 'definition'],
  ])('that makes no sense as a whole is refused: %j', async (input, field) => {
    const refused = (await rig.client.apply(input as never)).result();
    const error = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataflowError);
    expect(error).toMatchObject({ type: 'InvalidDefinition', details: { problems: [{ field }] } });
  });
});
