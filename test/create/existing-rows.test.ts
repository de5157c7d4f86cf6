import { describe, expect } from 'vitest';
import type { CreateDataflowResult } from '../../src/client.ts';
import { stageFor } from '../simulation/stage.ts';
import { orders, requestsIn } from '../support/dataflows.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

const create = async (definition: Record<string, unknown>): Promise<CreateDataflowResult> =>
  (await stage.client.start(definition)).result();
const codes = ({ warnings }: CreateDataflowResult) => warnings.map(({ code, field }) => [code, field]);
const asked = () => requestsIn(stage, sandbox, { path: '/catalog/batches' }).length;

/** Has a flow loaded a batch. */
function load(flowId: string): void {
  const { now } = stage.emulator.control.clock();
  stage.emulator.control.makeRun(flowId, {
    outcome: 'success',
    startedAt: now - 60_000,
    completedAt: now - 1,
  });
}

/** Creates a dataflow, has it load rows, and deletes it: its dataset stays. */
async function loaded(): Promise<string> {
  const { flowId, resources } = await create(orders(sandbox));
  load(flowId);
  await stage.client.delete({ sandbox, name: 'orders' });
  return resources.dataset!;
}

describe('a dataset that holds rows', () => {
  it('is warned of where it is adopted, and no other create asks for it', async () => {
    const { flowId } = await create(orders(sandbox));
    load(flowId);
    await create(orders(sandbox));
    expect(asked()).toBe(0);
    await stage.client.delete({ sandbox, name: 'orders' });
    const again = await create(orders(sandbox));
    expect(codes(again)).toEqual([['backfill-into-existing-dataset', 'schedule.backfill']]);
    expect(again.warnings[0]?.message).toContain(`${again.resources.dataset} held rows before`);
    expect(asked()).toBe(1);
  });

  it('is warned of where it is given, and where the load runs once', async () => {
    const id = await loaded();
    const into = { dataset: { id }, schema: undefined };
    const hourly = { schedule: { frequency: 'hour', interval: 1 } };
    expect(codes(await create(orders(sandbox, { ...into, ...hourly, name: 'a' })))).toEqual([
      ['backfill-into-existing-dataset', 'schedule.backfill'],
    ]);
    const once = { schedule: { frequency: 'once' }, deltaColumn: undefined };
    const result = await create(orders(sandbox, { ...into, ...once, name: 'b' }));
    expect(codes(result)).toEqual([['backfill-into-existing-dataset', 'schedule.frequency']]);
    expect(result.warnings[0]?.message).not.toContain('"backfill": false');
  });

  it('is no matter where only new rows are taken, and is not asked about', async () => {
    await loaded();
    const schedule = { frequency: 'hour', interval: 1, backfill: false };
    expect(codes(await create(orders(sandbox, { schedule })))).toEqual([]);
    expect(asked()).toBe(0);
  });
});

describe('a dataset that was there before', () => {
  it('and holds no rows is not warned of', async () => {
    await create(orders(sandbox));
    await stage.client.delete({ sandbox, name: 'orders' });
    expect(codes(await create(orders(sandbox)))).toEqual([]);
    expect(asked()).toBe(1);
  });

  it('of which AEP does not tell is warned of as such, and the dataflow is created', async () => {
    await create(orders(sandbox));
    await stage.client.delete({ sandbox, name: 'orders' });
    stage.emulator.control.addFault({ path: '/catalog/batches', kind: '503', sandbox, times: 1_000 });
    const { warnings, flowId } = await create(orders(sandbox));
    expect(flowId).toEqual(expect.any(String));
    expect(warnings).toMatchObject([{ code: 'backfill-into-existing-dataset' }]);
    expect(warnings[0]?.message).toContain('could not be read');
  });
});
