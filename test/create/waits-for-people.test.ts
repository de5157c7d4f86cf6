import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageSchema, type CreateMessage } from '../../src/runs/notification.ts';
import type { Watch } from '../../src/workflows/watch/watch-messages.ts';
import { orders, refusedMapping, wrongExpression } from '../support/dataflows.ts';
import { waitFor } from '../support/wait-for.ts';
import { startRigWithReceiver, type RigWithReceiver } from '../watch/rig-with-receiver.ts';

let rig: RigWithReceiver;
beforeAll(async () => {
  rig = await startRigWithReceiver();
});
afterAll(() => rig.close());

const right = [{ source: 'TestID', destination: '_id' }];

function refused(name: string, watch?: Watch) {
  const schema = { ...(orders('prod')['schema'] as object), title: name };
  return orders('prod', {
    name,
    schema,
    mapping: refusedMapping,
    onFailure: 'wait',
    ...(watch ? { watch } : {}),
  });
}

/** Names of creates, as a list of workflows finds them by their state. */
async function found(state: string): Promise<string[]> {
  const query = `AepState = "${state}" AND ExecutionStatus = "Running"`;
  const ids: string[] = [];
  for await (const { workflowId } of rig.temporal.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

const deliveriesOf = (name: string): CreateMessage[] =>
  rig.receiver.deliveries
    .map(({ message }) => message as unknown as CreateMessage)
    .filter(({ dataflow, event }) => dataflow === `prod/${name}` && event === 'createWaits');

/** Without those that came again. */
const messagesOf = (name: string) => [
  ...new Map(deliveriesOf(name).map((message) => [message.id, message])).values(),
];

describe('a create that waits for people after a refusal', () => {
  it('tells them as a watcher does, once for each refusal, and lists find it by its state', async () => {
    const name = 'told';
    const workflowId = `dataflow:prod:${name}`;
    const { client } = rig;
    const handle = await client.start(refused(name, { notify: { webhook: 'on-call' } }));
    const first = await waitFor('the message', () => messagesOf(name)[0]);
    expect(messageSchema.parse(first)).toEqual(first);
    expect(first).toMatchObject({
      sandbox: 'prod',
      workflowId,
      cause: { type: 'Rejected', message: expect.stringContaining(wrongExpression) as string },
      next: expect.stringMatching(/resume.*giveUp/) as string,
      link: expect.stringContaining(encodeURIComponent(workflowId)) as string,
    });
    expect(rig.receiver.deliveries.every(({ signed }) => signed)).toBe(true);
    await waitFor('the lists', async () => (await found('waiting-for-person')).includes(workflowId));

    await handle.resume();
    const second = await waitFor('the message about the second refusal', () => messagesOf(name)[1]);
    expect(second.id).not.toBe(first.id);

    await handle.resume({ ...refused(name), mapping: right });
    await handle.result();
    expect(messagesOf(name)).toHaveLength(2);
    const { typedSearchAttributes } = await rig.temporal.client.workflow.getHandle(workflowId).describe();
    expect(typedSearchAttributes.getAll()).toContainEqual(
      expect.objectContaining({ key: expect.objectContaining({ name: 'AepState' }), value: 'running' }),
    );
  });

  it('is not held up by a receiver that takes nothing, and tells nothing any more once it goes on', async () => {
    const name = 'not taken';
    rig.receiver.state.status = 500;
    try {
      const handle = await rig.client.start(refused(name, { notify: { webhook: 'on-call' } }));
      // Its third attempt comes after pauses as long as those for which a create waits for AEP, but this is no such wait.
      await waitFor('the third message', () => deliveriesOf(name).length >= 3);
      expect((await handle.progress()).waiting).toMatchObject([{ why: 'NotDelivered' }]);
      await handle.giveUp();
      await expect(handle.result()).rejects.toMatchObject({ type: 'Rejected' });
      const { events } = await rig.temporal.client.workflow.getHandle(handle.workflowId).fetchHistory();
      expect(events!.filter((one) => one.workflowExecutionSignaledEventAttributes)).toEqual([]);
    } finally {
      rig.receiver.state.status = 200;
    }
  });

  it('tells a workflow where that is to be told, and nobody where nobody is named', async () => {
    const { workflow } = rig.temporal.client;
    const incidents = await workflow.start('watchFlowRuns', {
      workflowId: 'incidents',
      taskQueue: 'nobody-works-here',
    });
    const asked = { workflowId: 'incidents', signal: 'createWaits' };
    const handle = await rig.client.start(refused('signalled', { notify: { workflow: asked } }));
    await waitFor('the signal', async () =>
      (await incidents.fetchHistory()).events!.some(
        ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'createWaits',
      ),
    );
    await handle.giveUp();
    await incidents.terminate();

    const silent = await rig.client.start(refused('silent'));
    await waitFor('the refusal', async () => (await silent.progress()).state === 'waiting');
    await silent.giveUp();
    const { events } = await workflow.getHandle(silent.workflowId).fetchHistory();
    const activities = events!.flatMap(
      (one) => one.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
    );
    expect(activities.filter((name) => /sendMessage|signalWorkflow/.test(name))).toEqual([]);
  });
});
