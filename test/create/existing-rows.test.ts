import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreateDataflowResult } from '../../src/client.ts';
import { orders, places, requestsIn } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';

const { sandboxes, next } = places(8);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const create = async (definition: Record<string, unknown>): Promise<CreateDataflowResult> =>
  (await rig.client.start(definition)).result();
const codes = ({ warnings }: CreateDataflowResult) => warnings.map(({ code, field }) => [code, field]);
const asked = (sandbox: string) => requestsIn(rig, sandbox, { path: '/catalog/batches' }).length;

/** Has a flow loaded a batch. */
function load(flowId: string): void {
  const { now } = rig.emulator.control.clock();
  rig.emulator.control.makeRun(flowId, { outcome: 'success', startedAt: now - 60_000, completedAt: now - 1 });
}

/** Creates a dataflow, has it load rows, and deletes it: its dataset stays. */
async function loaded(sandbox: string): Promise<string> {
  const { flowId, resources } = await create(orders(sandbox));
  load(flowId);
  await rig.client.delete({ sandbox, name: 'orders' });
  return resources.dataset!;
}

describe('a dataset that holds rows', () => {
  it.concurrent('is warned of where it is adopted, and no other create asks for it', async () => {
    const sandbox = next();
    const { flowId } = await create(orders(sandbox));
    load(flowId);
    await create(orders(sandbox));
    expect(asked(sandbox)).toBe(0);
    await rig.client.delete({ sandbox, name: 'orders' });
    const again = await create(orders(sandbox));
    expect(codes(again)).toEqual([['backfill-into-existing-dataset', 'schedule.backfill']]);
    expect(again.warnings[0]?.message).toContain(`${again.resources.dataset} held rows before`);
    expect(asked(sandbox)).toBe(1);
  });

  it.concurrent('is warned of where it is given, and where the load runs once', async () => {
    const sandbox = next();
    const id = await loaded(sandbox);
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

  it.concurrent('is no matter where only new rows are taken, and is not asked about', async () => {
    const sandbox = next();
    await loaded(sandbox);
    const schedule = { frequency: 'hour', interval: 1, backfill: false };
    expect(codes(await create(orders(sandbox, { schedule })))).toEqual([]);
    expect(asked(sandbox)).toBe(0);
  });
});

describe('a dataset that was there before', () => {
  it.concurrent('and holds no rows is not warned of', async () => {
    const sandbox = next();
    await create(orders(sandbox));
    await rig.client.delete({ sandbox, name: 'orders' });
    expect(codes(await create(orders(sandbox)))).toEqual([]);
    expect(asked(sandbox)).toBe(1);
  });

  it.concurrent('of which AEP does not tell is warned of as such, and the dataflow is created', async () => {
    const sandbox = next();
    await create(orders(sandbox));
    await rig.client.delete({ sandbox, name: 'orders' });
    rig.emulator.control.addFault({ path: '/catalog/batches', kind: '503', sandbox, times: 1_000 });
    const { warnings, flowId } = await create(orders(sandbox));
    expect(flowId).toEqual(expect.any(String));
    expect(warnings).toMatchObject([{ code: 'backfill-into-existing-dataset' }]);
    expect(warnings[0]?.message).toContain('could not be read');
  });
});
