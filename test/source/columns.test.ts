import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isEmpty } from '../../src/client.ts';
import { administratorOf, failureOf, orders, places, requestsIn } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';

const { sandboxes, next } = places(20);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const explored = (sandbox: string) =>
  requestsIn(rig, sandbox, { path: '/flowservice/connections/*/explore' });
/** Orders without their columns. */
function withoutColumns(sandbox: string, changes: object = {}, source: object = {}) {
  const { columns: _, ...rest } = orders(sandbox)['source'] as Record<string, unknown>;
  return orders(sandbox, { source: { ...rest, ...source }, ...changes });
}

/** Lets the source not answer for so many times. */
const away = (sandbox: string, times: number) =>
  rig.emulator.control.addFault({
    method: 'GET',
    path: '/flowservice/connections/*/explore',
    kind: '503',
    sandbox,
    times,
  });

const columnsIn = (sandbox: string) =>
  rig.emulator.control
    .resources('sourceConnections', sandbox)
    .map(({ params }) => (params as { columns: { name: string }[] }).columns.map(({ name }) => name));

describe.concurrent('a definition without columns', () => {
  it('is planned with those of the source, is made so, and then has nothing to change', async () => {
    const sandbox = next();
    const definition = withoutColumns(sandbox);
    const plan = await rig.client.plan(definition);
    expect(plan.problems).toEqual([]);
    expect(plan.columns!.map(({ name }) => name)).toEqual(['TestID', 'Name', 'Datefield']);
    await (await rig.client.start(definition)).result();
    expect(columnsIn(sandbox)).toEqual([['TestID', 'Name', 'Datefield']]);
    const after = await rig.client.plan(definition);
    expect(isEmpty(after)).toBe(true);
    expect(after.warnings).toEqual([]);
    expect((await rig.client.update({ definition, digest: after.digest })).warnings).toEqual([]);
  });

  it('is planned among many as it is alone, for one call', async () => {
    const sandbox = next();
    const definition = withoutColumns(sandbox);
    const { digest } = await rig.client.plan(definition);
    const before = explored(sandbox).length;
    const definitions = ['one', 'two'].map((name) => ({ ...withoutColumns(sandbox), name }));
    const many = await rig.client.planMany({
      definitions: [definition as { name: string }, ...definitions, { ...orders(sandbox), name: 'said' }],
    });
    expect(many.dataflows[0]).toMatchObject({ digest });
    expect(many.totals['failed' as keyof typeof many.totals]).toBe(0);
    expect(explored(sandbox).length - before).toBe(1);
  });

  it('waits for a source that is away', async () => {
    const sandbox = next();
    away(sandbox, 2);
    expect((await rig.client.plan(withoutColumns(sandbox))).problems).toEqual([]);
    expect(explored(sandbox)).toHaveLength(3);
  });
});

describe.concurrent('before anything is made, a create refuses', () => {
  it.each([
    ['a table', {}, { tableName: 'test1.Mytabel' }, 'source.tableName', 'test1.Mytable'],
    [
      'the column of a mapping',
      { mapping: [{ source: 'TestIDD', destination: '_id' }] },
      {},
      'mapping[0].source',
      'TestID',
    ],
    ['the delta column', { deltaColumn: { name: 'Datefeld' } }, {}, 'deltaColumn.name', 'Datefield'],
  ])('%s that the source does not have, with the nearest', async (_, changes, source, field, suggestion) => {
    const sandbox = next();
    const definition = withoutColumns(sandbox, changes, source);
    const plan = await rig.client.plan(definition);
    expect(plan.problems).toContainEqual(expect.objectContaining({ field, suggestion }));
    const { type, details } = await failureOf(await rig.client.start(definition));
    expect(type).toBe('InvalidDefinition');
    expect(details['problems']).toContainEqual(expect.objectContaining({ field, suggestion }));
    expect(rig.emulator.control.resources('schemas', sandbox)).toHaveLength(1);
  });

  it('a column among those that are said', async () => {
    const sandbox = next();
    const { columns, ...source } = orders(sandbox)['source'] as { columns: object[] };
    const wrong = [...columns, { name: 'Naem', type: 'string' }];
    const definition = orders(sandbox, { source: { ...source, columns: wrong } });
    const { details } = await failureOf(await rig.client.start(definition));
    expect(details['problems']).toEqual([
      {
        field: 'source.columns[3].name',
        message: '"Naem" is not a column at the source; did you mean "Name"?',
        suggestion: 'Name',
      },
    ]);
    expect(rig.emulator.control.resources('sourceConnections', sandbox)).toEqual([]);
  });

  it('all that its plan tells: what the source has against it beside what AEP has', async () => {
    const sandbox = next();
    const mapping = [{ source: 'TestID', destination: 'persn.name.fullName' }];
    const definition = withoutColumns(sandbox, { mapping }, { tableName: 'test1.Mytabel' });
    const { problems } = await rig.client.plan(definition);
    const fields = problems.map(({ field }) => field);
    expect(fields).toEqual(['mapping[0].destination', 'source.tableName']);
    const { details } = await failureOf(await rig.client.start(definition));
    expect((details['problems'] as typeof problems).map(({ field }) => field)).toEqual(fields);
  });
});

describe.concurrent('a source that does not answer', () => {
  it('blocks no definition that says everything', async () => {
    const sandbox = next();
    away(sandbox, 99);
    const plan = await rig.client.plan(orders(sandbox));
    expect(plan.problems).toEqual([]);
    expect(plan.warnings).toMatchObject([{ code: 'source-unknown' }]);
    const { warnings, flowId } = await (await rig.client.start(orders(sandbox))).result();
    expect(flowId).toBeTruthy();
    expect(warnings).toMatchObject([{ code: 'source-unknown' }]);
  });
});

describe.concurrent('a living flow', () => {
  it('goes on with its columns where the source has others by now, which is told', async () => {
    const sandbox = next();
    const { columns, ...source } = orders(sandbox)['source'] as { columns: object[] };
    // What the flow loads is not what the source has: as if that had changed since.
    const definition = orders(sandbox, { source: { ...source, columns: columns.slice(0, 3) } });
    await (await rig.client.start(definition)).result();
    const [connection] = rig.emulator.control.resources('sourceConnections', sandbox);
    const { flowService } = administratorOf(rig);
    const there = (await flowService.sourceConnections.get({ sandbox }, String(connection!['id'])))!;
    const gone = { name: 'Gone', type: 'string', xdm: { type: 'string' } };
    await flowService.sourceConnections.patch(
      { sandbox },
      String(connection!['id']),
      [{ op: 'add', path: '/params/columns/-', value: gone }],
      String(there['etag']),
    );
    const plan = await rig.client.plan(withoutColumns(sandbox));
    expect(isEmpty(plan)).toBe(true);
    expect(plan.problems).toEqual([]);
    expect(plan.warnings.map(({ message }) => message)).toEqual([
      'What is loaded has columns that the source does not have: Gone. Runs fail until it has them, or the definition loads others',
    ]);
  });
});

it('what was fine a moment ago is not asked again by the create of another dataflow', async () => {
  const sandbox = next();
  await (await rig.client.start(orders(sandbox))).result();
  const before = explored(sandbox).length;
  await (
    await rig.client.start({
      ...orders(sandbox),
      name: 'another',
      schema: { ...(orders(sandbox)['schema'] as object), title: 'Another' },
      dataset: { name: 'Another' },
    })
  ).result();
  expect(explored(sandbox).length).toBe(before);
});
