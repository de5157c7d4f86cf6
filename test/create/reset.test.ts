import proto from '@temporalio/proto';
import type { DataflowHandle } from '../../src/client.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { legacyOrders, oneOfNine, orders, places, refusedMapping, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

type Long = NonNullable<proto.temporal.api.history.v1.IHistoryEvent['eventId']>;

const { EVENT_TYPE_WORKFLOW_TASK_COMPLETED: taskCompleted } = proto.temporal.api.enums.v1.EventType;

const { sandboxes, next } = places(30);
let rig: Rig;

beforeAll(async () => {
  // Lists show nothing of what was made while a test needs it.
  const listLagMs = 3_000;
  rig = await startRig({
    emulator: { sandboxes, listLagMs, latencyMs: 20 },
    env: { AEP_LIST_LAG: String(listLagMs) },
  });
  await rig.startWorker();
});
afterAll(() => rig.close());

const start = (sandbox: string) => rig.client.start(legacyOrders(sandbox));
const ours = (sandbox: string) => marked(rig.emulator, `${sandbox}/orders`);

/**
 * What `temporal workflow reset` does. `choose` picks one of the workflow tasks that were completed. Answers with the
 * new run's handle: the old one's knows the old run.
 */
async function reset(sandbox: string, choose: (events: Long[]) => Long): Promise<DataflowHandle> {
  const { client, namespace } = rig.temporal;
  const handle = rig.client.dataflow({ sandbox, name: 'orders' });
  const { workflowId } = handle;
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const completed = (events ?? []).filter(({ eventType }) => eventType === taskCompleted);
  await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: choose(completed.map(({ eventId }) => eventId!)),
    requestId: crypto.randomUUID(),
    reason: 'test',
  });
  return handle;
}

describe('while lists lag,', () => {
  it.concurrent('a finished create that is reset to its first task finds all of it', async () => {
    const sandbox = next();
    const first = await (await start(sandbox)).result();
    const second = await (await reset(sandbox, ([task]) => task!)).result();
    expect(second.resources).toEqual(first.resources);
    expect(second.made).toEqual([]);
    expect(ours(sandbox)).toEqual(oneOfNine);
  });

  it.concurrent.each([0.2, 0.4, 0.6, 0.8])(
    'a finished create that is reset to %d of its way has exactly one of each',
    async (part) => {
      const sandbox = next();
      const first = await (await start(sandbox)).result();
      const again = await reset(sandbox, (tasks) => tasks[Math.round(part * (tasks.length - 1))]!);
      const second = await again.result();
      expect(second.resources).toEqual(first.resources);
      expect(ours(sandbox)).toEqual(oneOfNine);
    },
  );

  it.concurrent.each([2, 5, 8])(
    'a create that is terminated after %i requests and started again at once has exactly one of each',
    async (count) => {
      const sandbox = next();
      const { workflowId } = await start(sandbox);
      await waitFor('so many requests', () => requestsIn(rig, sandbox, { method: 'POST' }).length >= count);
      await rig.temporal.client.workflow.getHandle(workflowId).terminate();
      const { resources } = await (await start(sandbox)).result();
      expect(Object.keys(resources)).toHaveLength(9);
      expect(ours(sandbox)).toEqual(oneOfNine);
    },
  );

  it.concurrent.each([3, 6])(
    'a running create that is reset to its first task after %i requests has exactly one of each',
    async (count) => {
      const sandbox = next();
      await start(sandbox);
      await waitFor('so many requests', () => requestsIn(rig, sandbox, { method: 'POST' }).length >= count);
      await (await reset(sandbox, ([task]) => task!)).result();
      expect(ours(sandbox)).toEqual(oneOfNine);
    },
  );
});

describe('a create that waited and was corrected', () => {
  const right = [{ source: 'Name', destination: 'person.name.fullName' }];

  async function corrected(sandbox: string, ...corrections: object[]) {
    const handle = await rig.client.start(orders(sandbox, { onFailure: 'wait', mapping: refusedMapping }));
    for (const correction of corrections) {
      await waitFor('the create to wait', async () => (await handle.progress()).state === 'waiting');
      await handle.resume(orders(sandbox, { onFailure: 'wait', ...correction }));
    }
    return handle.result();
  }

  it.concurrent.each([0, 0.25, 0.5, 0.75])(
    'is corrected still when it is reset to %d of its way',
    async (part) => {
      const sandbox = next();
      const first = await corrected(sandbox, { mapping: right, dataset: { name: 'Corrected' } });
      const again = await reset(sandbox, (tasks) => tasks[Math.round(part * (tasks.length - 1))]!);
      const second = await again.result();
      expect(second.resources).toEqual(first.resources);
      expect(ours(sandbox)).toMatchObject({ flows: 1, sourceConnections: 1, targetConnections: 1 });
    },
  );

  it.concurrent('goes by the last of several corrections when it is reset to its first task', async () => {
    const sandbox = next();
    const first = await corrected(
      sandbox,
      { mapping: refusedMapping, description: 'once' },
      { mapping: right },
    );
    const handle = await reset(sandbox, ([task]) => task!);
    const second = await handle.result();
    expect(second.resources).toEqual(first.resources);
    expect(second.made).toEqual([]);
  });

  it.concurrent('takes no correction before it waits where it was not reset', async () => {
    const sandbox = next();
    const path = '/flowservice/sourceConnections';
    rig.emulator.control.addFault({ method: 'GET', path, sandbox, kind: 'hang' });
    const handle = await rig.client.start(orders(sandbox, { onFailure: 'wait' }));
    await expect(handle.resume(orders(sandbox, { mapping: right }))).rejects.toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining('Nothing waits') as string,
    });
    await handle.result();
  });
});
