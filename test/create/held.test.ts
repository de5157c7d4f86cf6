import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, orders, places } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';

const { sandboxes, next } = places(4);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

describe('the id of a dataflow under which', () => {
  const parked = 'no-worker-here';

  it.concurrent('something else runs answers a start with Conflict, and what runs is left alone', async () => {
    const sandbox = next();
    const { workflow } = rig.temporal.client;
    const workflowId = `dataflow:${sandbox}:orders`;
    const running = await workflow.start('deleteDataflow', { workflowId, taskQueue: parked });
    const { type, message } = await failureOf({ result: () => rig.client.start(orders(sandbox)) });
    expect(type).toBe('Conflict');
    expect(message).toContain('is just being deleted, by the workflow');
    expect(message).toContain('none polls the task queue no-worker-here');
    // It may be begun at any moment by a worker: then only that can end it without loss.
    expect(message).toContain(`temporal workflow terminate --workflow-id ${workflowId}`);
    expect((await running.describe()).status.name).toBe('RUNNING');
  });

  it.concurrent.each([
    ['by the typed client', true],
    ['by hand, and has not begun yet', false],
  ])('another definition was started %s answers with Conflict', async (_, typed) => {
    const sandbox = next();
    // Nothing gets on: the first read waits for its second attempt.
    rig.emulator.control.addFault({ kind: '503', sandbox, times: 1_000 });
    const workflowId = `dataflow:${sandbox}:orders`;
    const other = orders(sandbox, { description: 'Another one' });
    if (typed) await rig.client.start(other);
    else
      await rig.temporal.client.workflow.start('createDataflow', {
        workflowId,
        taskQueue: parked,
        args: [other],
      });
    const { type, message } = await failureOf({ result: () => rig.client.start(orders(sandbox)) });
    expect(type).toBe('Conflict');
    expect(message).toContain('just being created from another definition');
    // The same one is the same execution, in whatever order its keys come.
    const same = await rig.client.start(Object.fromEntries(Object.entries(other).toReversed()));
    expect(same.workflowId).toBe(workflowId);
    await rig.temporal.client.workflow.getHandle(workflowId).terminate();
  });
});
