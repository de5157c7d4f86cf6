import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataflowHandle, FullProgress } from '../../src/client.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { messageSchema, type ApprovalMessage } from '../../src/runs/notification.ts';
import { administratorOf, oneOfSix, orders, places, refusalOf, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { changedByOthers } from '../watch/make-flow.ts';
import { key } from '../watch/rig-with-receiver.ts';
import { startReceiver } from '../watch/receiver.ts';

/** What the lists of workflows and receivers of messages have a part in, and a sample of `decisions.test.ts`. */
const { sandboxes, next } = places(4);
let rig: Rig;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  receiver = await startReceiver(key);
  const env = { AEP_WEBHOOK_ON_CALL_URL: receiver.url, AEP_WEBHOOK_ON_CALL_KEY: key };
  rig = await startRig({ emulator: { sandboxes }, env });
  await rig.startWorker();
});
afterAll(async () => {
  await rig.close();
  await receiver.close();
});

const ann = { by: 'Ann', why: 'As we agreed' };

/** A create that waits for approval. */
async function asked(changes: JsonObject = {}) {
  const sandbox = next();
  const definition = orders(sandbox, changes);
  const handle = await rig.client.start({ definition, requireApproval: true });
  return { sandbox, definition, handle, ...(await untilAsked(handle)) };
}

/** An update of a new dataflow that waits for approval. */
async function askedToUpdate(more: JsonObject = {}) {
  const sandbox = next();
  const { flowId } = await (await rig.client.start(orders(sandbox))).result();
  const before = writes(sandbox).length;
  const definition = orders(sandbox, { description: 'New' });
  const updating = rig.client.update({ definition, requireApproval: true, ...more });
  updating.catch(() => undefined);
  const handle = rig.client.dataflow({ sandbox, name: 'orders' });
  return { sandbox, flowId, definition, before, updating, handle, ...(await untilAsked(handle)) };
}

async function untilAsked(handle: DataflowHandle, than?: string) {
  const waits = async () => {
    // What is no progress yet belongs to the run before, or is not begun.
    const progress = await handle.progress().catch(() => undefined);
    return progress?.approval !== undefined && progress.approval.digest !== than && progress;
  };
  const progress: FullProgress = await waitFor('the plan to wait for approval', waits);
  return { progress, digest: progress.approval!.digest };
}

const writes = (sandbox: string) => requestsIn(rig, sandbox).filter(({ method }) => method !== 'GET');

async function stateOf(sandbox: string) {
  const { typedSearchAttributes } = await rig.temporal.client.workflow
    .getHandle(`dataflow:${sandbox}:orders`)
    .describe();
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key: { name }, value }) => [name, value]))[
    'AepState'
  ];
}

describe.concurrent('a create that requires approval', () => {
  it('makes nothing, not even ahead, before its plan is approved, and then exactly that', async () => {
    const { sandbox, handle, digest, progress } = await asked();
    expect(progress).toMatchObject({ state: 'waitingForApproval', approval: { summary: '6 to create' } });
    expect(await stateOf(sandbox)).toBe('waiting-for-person');
    expect(writes(sandbox)).toEqual([]);
    const plan = await handle.plan();
    expect(plan).toMatchObject({ digest, dataflow: `${sandbox}/orders` });
    await handle.approve({ digest, ...ann });
    await handle.result();
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    expect((await handle.progress()).decision).toMatchObject({
      decision: 'approved',
      digest,
      saidToBeBy: 'Ann',
      why: 'As we agreed',
    });
  });
});

describe.concurrent('an update that requires approval', () => {
  it('that is terminated while an approval waits for AEP is a Conflict for the approver', async () => {
    const { sandbox, handle, digest } = await askedToUpdate();
    const fault = { method: 'GET', path: '/flowservice/flows', kind: '503', times: 1_000, sandbox } as const;
    rig.emulator.control.addFault(fault);
    const approving = refusalOf(handle.approve({ digest, ...ann }));
    await waitFor('the approval to be checked', async () => (await handle.progress()).waiting.length > 0);
    await rig.temporal.client.workflow.getHandle(handle.workflowId).terminate();
    expect(await approving).toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('ended before it answered') as string,
    });
  });

  it('changes nothing before, and exactly its plan then', async () => {
    const { before, sandbox, handle, digest, updating } = await askedToUpdate();
    expect(await stateOf(sandbox)).toBe('waiting-for-person');
    expect(writes(sandbox)).toHaveLength(before);
    await handle.approve({ digest, ...ann });
    expect((await updating).plan.digest).toBe(digest);
  });

  it('where AEP changes while it waits tells the approver the plan that counts now, and waits on with that', async () => {
    const notify = { watch: { notify: { webhook: 'on-call' } } };
    const sandbox = next();
    const { flowId } = await (await rig.client.start(orders(sandbox))).result();
    const definition = orders(sandbox, { description: 'New', ...notify });
    const updating = rig.client.update({ definition, requireApproval: true });
    updating.catch(() => undefined);
    const handle = rig.client.dataflow({ sandbox, name: 'orders' });
    const { digest } = await untilAsked(handle);
    const messages = () => [
      ...new Map(
        receiver.deliveries
          .map(({ message }) => message as unknown as ApprovalMessage)
          .filter(({ dataflow, event }) => dataflow === `${sandbox}/orders` && event === 'approvalNeeded')
          .map((message) => [message.id, message]),
      ).values(),
    ];
    const [first] = await waitFor('the message', () => messages().length === 1 && messages());
    expect(messageSchema.parse(first)).toEqual(first);
    expect(first).toMatchObject({ digest, workflowId: `dataflow:${sandbox}:orders` });

    await changedByOthers(administratorOf(rig), { sandbox, flowId });
    const { type, plan } = await refusalOf(handle.approve({ digest, ...ann }));
    expect(type).toBe('StalePlan');
    expect(JSON.stringify(plan.steps)).toContain('schedule.interval');
    const second = await untilAsked(handle, digest);
    expect(second.digest).toBe(plan.digest);
    await waitFor('the message about the other plan', () => messages()[1]?.digest === plan.digest);
    // The plan that was approved before is not that of now.
    expect((await refusalOf(handle.approve({ digest, ...ann }))).type).toBe('StalePlan');
    await handle.approve({ digest: second.digest, ...ann });
    expect((await updating).plan.digest).toBe(second.digest);
  });
});
