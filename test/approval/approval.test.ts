import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataflowError, type DataflowHandle, type FullProgress, type Plan } from '../../src/client.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { messageSchema, type ApprovalMessage } from '../../src/runs/notification.ts';
import {
  administratorOf,
  failureOf,
  oneOfSix,
  orders,
  outcomeOf,
  places,
  refusedMapping,
  requestsIn,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { changedByOthers } from '../watch/make-flow.ts';
import { key } from '../watch/stage.ts';
import { startReceiver } from '../watch/receiver.ts';

const { sandboxes, next } = places(30);
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
  const definition = orders(sandbox, { description: 'New' });
  const updating = rig.client.update({ definition, requireApproval: true, ...more });
  updating.catch(() => undefined);
  const handle = rig.client.dataflow({ sandbox, name: 'orders' });
  return { sandbox, flowId, definition, updating, handle, ...(await untilAsked(handle)) };
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

async function refusalOf(update: Promise<unknown>) {
  const error: unknown = await update.then(
    () => new Error('It was not refused'),
    (error: unknown) => error,
  );
  if (!(error instanceof DataflowError)) throw error;
  return { type: error.type, message: error.message, plan: error.details['plan'] as Plan | undefined };
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

  it('needs none where there is nothing to do', async () => {
    const sandbox = next();
    const { flowId } = await (await rig.client.start(orders(sandbox))).result();
    const again = await rig.client.start({ definition: orders(sandbox), requireApproval: true });
    expect((await again.result()).flowId).toBe(flowId);
  });

  it('that is rejected ends as RejectedByPerson, which says who is said to have done it, and has made nothing', async () => {
    const { sandbox, handle } = await asked({ onFailure: 'wait' });
    await handle.reject({ by: 'Bob', why: 'Not before the audit' });
    const failure = await failureOf(handle);
    expect(failure).toMatchObject({
      type: 'RejectedByPerson',
      message: 'The plan was rejected, said to be by Bob: Not before the audit',
      details: { saidToBeBy: 'Bob', why: 'Not before the audit', made: {}, unknown: [] },
    });
    expect(writes(sandbox)).toEqual([]);
  });

  it('that is cancelled is free, and has made nothing', async () => {
    const { sandbox, handle } = await asked();
    await handle.cancel();
    expect((await failureOf(handle)).type).toBe('Cancelled');
    expect(await outcomeOf(rig, handle.workflowId)).toMatchObject({ made: {}, unknown: [] });
    await (await rig.client.start(orders(sandbox))).result();
  });

  it('asks again where somebody resumes it after a refusal', async () => {
    const { sandbox, handle, digest } = await asked({ mapping: refusedMapping, onFailure: 'wait' });
    expect((await refusalOf(handle.resume())).message).toContain('Nothing waits for resume');
    await handle.approve({ digest, ...ann });
    await waitFor('the refusal', async () => (await handle.progress()).state === 'waiting');
    expect((await refusalOf(handle.approve({ digest, ...ann }))).type).toBe('Conflict');
    await handle.resume(orders(sandbox));
    const second = await untilAsked(handle, digest);
    await handle.approve({ digest: second.digest, ...ann });
    await handle.result();
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('whose definition has problems is refused without asking anybody', async () => {
    const mapping = [{ source: 'Name', destination: 'person.name.nickname' }];
    const definition = orders(next(), { mapping });
    const handle = await rig.client.start({ definition, requireApproval: true });
    expect((await failureOf(handle)).type).toBe('InvalidDefinition');
  });

  it('is not started from what is no definition inside of the object, and says so', async () => {
    const { workflow } = rig.temporal.client;
    const definition = orders(next());
    const args = [{ definition, requireApproval: 'yes', approver: 'Ann' }];
    const workflowId = `dataflow:${String(definition['sandbox'])}:orders`;
    const failure = await failureOf(
      await workflow.start('createDataflow', { workflowId, taskQueue: 'aep-dataflows', args }),
    );
    expect(failure).toMatchObject({
      type: 'InvalidDefinition',
      details: {
        problems: [
          { field: 'requireApproval', message: expect.stringContaining('true or false') as string },
          { field: 'approver', message: expect.stringContaining('requireApproval') as string },
        ],
      },
    });
  });
});

describe.concurrent('an approval', () => {
  it.each([
    ['without a name', { digest: 'x' }, 'by: is required'],
    ['with no name in it', { digest: 'x', by: '' }, 'by'],
    ['with a name that nobody sees', { digest: 'x', by: ' \u200b' }, 'by: must not be blank'],
    ['without a digest', { by: 'Ann' }, 'digest: is required'],
    ['with more than it knows', { digest: 'x', by: 'Ann', because: 'x' }, 'because'],
  ])('%s is refused, and the plan waits on', async (_, approval, message) => {
    const { handle, digest } = await asked();
    const refusal = await refusalOf(handle.approve(approval as never));
    expect(refusal.type).toBe('InvalidDefinition');
    expect(refusal.message).toContain(message);
    await handle.approve({ digest, by: 'Ann' });
    await handle.result();
  });

  it('cannot be refused without a word of why', async () => {
    const { handle, updating } = await askedToUpdate();
    const { type, message } = await refusalOf(handle.reject({ by: 'Ann', why: ' \n ' }));
    expect({ type, message }).toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining('why: must not be blank'),
    });
    await handle.reject({ by: 'Ann', why: 'No' });
    await expect(updating).rejects.toMatchObject({ type: 'RejectedByPerson' });
  });

  it('of another plan is StalePlan with the one that waits', async () => {
    const { handle, digest, updating } = await askedToUpdate();
    const { type, plan } = await refusalOf(handle.approve({ digest: 'of another', ...ann }));
    expect(type).toBe('StalePlan');
    expect(plan?.digest).toBe(digest);
    await handle.approve({ digest, ...ann });
    await updating;
  });

  it('where nothing waits is a Conflict', async () => {
    const sandbox = next();
    const handle = await rig.client.start(orders(sandbox, { mapping: refusedMapping, onFailure: 'wait' }));
    await waitFor('the refusal', async () => (await handle.progress()).state === 'waiting');
    expect((await refusalOf(handle.approve({ digest: 'x', by: 'Ann' }))).type).toBe('Conflict');
    expect((await refusalOf(handle.reject({ by: 'Ann', why: 'x' }))).type).toBe('Conflict');
    await handle.giveUp();
    await failureOf(handle);
    expect((await refusalOf(handle.approve({ digest: 'x', by: 'Ann' }))).type).toBe('Conflict');
    expect((await refusalOf(handle.giveUp())).message).toContain('has ended');
  });
});

describe.concurrent('an update that requires approval', () => {
  it('changes nothing before, and exactly its plan then', async () => {
    const { sandbox, handle, digest, updating } = await askedToUpdate();
    const before = writes(sandbox).length;
    expect(await stateOf(sandbox)).toBe('waiting-for-person');
    expect(writes(sandbox)).toHaveLength(before);
    await handle.approve({ digest, ...ann });
    expect((await updating).plan.digest).toBe(digest);
  });

  it('holds the lock while it waits', async () => {
    const { sandbox, handle, updating } = await askedToUpdate();
    const error = await rig.client.delete({ sandbox, name: 'orders' }).catch((error: unknown) => error);
    expect(error).toMatchObject({ type: 'Conflict' });
    await handle.reject({ by: 'Ann', why: 'No' });
    await expect(updating).rejects.toMatchObject({ type: 'RejectedByPerson' });
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
    expect(JSON.stringify(plan!.steps)).toContain('schedule.interval');
    const second = await untilAsked(handle, digest);
    expect(second.digest).toBe(plan!.digest);
    await waitFor('the message about the other plan', () => messages()[1]?.digest === plan!.digest);
    // The plan that was approved before is not that of now.
    expect((await refusalOf(handle.approve({ digest, ...ann }))).type).toBe('StalePlan');
    await handle.approve({ digest: second.digest, ...ann });
    expect((await updating).plan.digest).toBe(second.digest);
  });

  it('where others have done what was asked for while it waited has nothing left to do', async () => {
    const sandbox = next();
    const { flowId } = await (await rig.client.start(orders(sandbox))).result();
    const schedule = { frequency: 'minute', interval: 45, backfill: true };
    const updating = rig.client.update({ definition: orders(sandbox, { schedule }), requireApproval: true });
    const handle = rig.client.dataflow({ sandbox, name: 'orders' });
    const { digest } = await untilAsked(handle);
    await changedByOthers(administratorOf(rig), { sandbox, flowId });
    expect((await refusalOf(handle.approve({ digest, ...ann }))).type).toBe('StalePlan');
    expect((await updating).plan.steps.filter(({ action }) => action !== 'keep')).toEqual([]);
  });

  it('can be rejected while an approval waits for AEP', async () => {
    const { sandbox, handle, digest, updating } = await askedToUpdate();
    const fault = { method: 'GET', path: '/flowservice/flows', kind: '503', times: 1_000, sandbox } as const;
    rig.emulator.control.addFault(fault);
    const approving = refusalOf(handle.approve({ digest, ...ann }));
    await waitFor('the approval to be checked', async () => (await handle.progress()).waiting.length > 0);
    expect((await refusalOf(handle.approve({ digest, by: 'Bob' }))).message).toContain('said to be by Ann');
    await handle.reject({ by: 'Bob', why: 'No' });
    expect((await approving).type).toBe('RejectedByPerson');
    await expect(updating).rejects.toMatchObject({ type: 'RejectedByPerson' });
  });

  it('can be cancelled while an approval waits for AEP', async () => {
    const { sandbox, handle, digest, updating } = await askedToUpdate();
    const fault = { method: 'GET', path: '/flowservice/flows', kind: '503', times: 1_000, sandbox } as const;
    rig.emulator.control.addFault(fault);
    const approving = refusalOf(handle.approve({ digest, ...ann }));
    await waitFor('the approval to be checked', async () => (await handle.progress()).waiting.length > 0);
    await handle.cancel();
    expect((await approving).message).toContain('cancelled');
    await expect(updating).rejects.toMatchObject({ type: 'Cancelled' });
  });
});
