import { fileURLToPath } from 'node:url';
import { ScheduleOverlapPolicy, type ScheduleHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CreateDataflowResult } from '../../src/workflows/messages.ts';
import { failureOf, oneOfSix, orders, places } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

const { sandboxes, next } = places(2);
let rig: Rig;
let theirs: TestWorker;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
  theirs = await startTestWorker(rig.temporal, {
    taskQueue: 'theirs',
    workflowsPath: fileURLToPath(new URL('fixtures/daily.ts', import.meta.url)),
    activities: {},
  });
});
afterAll(async () => {
  await theirs.stop();
  await rig.close();
});

function schedule(workflowType: string, taskQueue: string, input: unknown): Promise<ScheduleHandle> {
  return rig.temporal.client.schedule.create({
    scheduleId: `schedule-of-${workflowType}`,
    spec: {},
    policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL },
    action: { type: 'startWorkflow', workflowType, taskQueue, args: [input] },
  });
}

/** Has the Schedule act now; what it started is on a list of its own, in the order of the starts. */
async function trigger(handle: ScheduleHandle) {
  const actionsOf = async () => (await handle.describe()).info.recentActions;
  const before = (await actionsOf()).length;
  await handle.trigger();
  const { action } = await waitFor('what the Schedule started', async () => (await actionsOf())[before]);
  return rig.temporal.client.workflow.getHandle(action.workflow.workflowId);
}

it('a Schedule creates a dataflow by a workflow that has it as its child, and finds it in place the next time', async () => {
  const sandbox = next();
  const handle = await schedule('daily', 'theirs', orders(sandbox));
  const first = (await (await trigger(handle)).result()) as CreateDataflowResult;
  expect(first.made).toHaveLength(6);
  const second = (await (await trigger(handle)).result()) as CreateDataflowResult;
  expect(second).toMatchObject({ flowId: first.flowId, made: [] });
  expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  expect(await rig.client.dataflow({ sandbox, name: 'orders' }).result()).toMatchObject({
    flowId: first.flowId,
  });
});

it('a Schedule that starts the create itself is told how to do it', async () => {
  const handle = await schedule('createDataflow', 'aep-dataflows', orders(next()));
  const { type, message } = await failureOf(await trigger(handle));
  expect(type).toBe('InvalidDefinition');
  expect(message).toContain('schedule-of-createDataflow cannot do that, as it appends a time to the id');
  expect(message).toContain('a workflow of yours as its child (docs/clients.md)');
});
