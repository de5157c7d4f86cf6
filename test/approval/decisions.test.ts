import { describe, expect } from 'vitest';
import type { DataflowHandle, FullProgress } from '../../src/client.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { stageFor } from '../simulation/stage.ts';
import {
  administratorOf,
  failureOf,
  oneOfSix,
  orders,
  outcomeOf,
  refusalOf,
  refusedMapping,
  requestsIn,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { changedByOthers } from '../watch/make-flow.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

const ann = { by: 'Ann', why: 'As we agreed' };

/** A create that waits for approval. */
async function asked(changes: JsonObject = {}) {
  const definition = orders(sandbox, changes);
  const handle = await stage.client.start({ definition, requireApproval: true });
  return { definition, handle, ...(await untilAsked(handle)) };
}

/** An update of a new dataflow that waits for approval. */
async function askedToUpdate(more: JsonObject = {}) {
  const { flowId } = await (await stage.client.start(orders(sandbox))).result();
  const before = writes().length;
  const definition = orders(sandbox, { description: 'New' });
  const updating = stage.client.update({ definition, requireApproval: true, ...more });
  updating.catch(() => undefined);
  const handle = stage.client.dataflow({ sandbox, name: 'orders' });
  return { flowId, definition, before, updating, handle, ...(await untilAsked(handle)) };
}

async function untilAsked(handle: DataflowHandle, than?: string) {
  const waits = async () => {
    // What is no progress yet belongs to the run before, or is not begun.
    const progress = await handle.progress().catch(() => undefined);
    return progress?.approval !== undefined && progress.approval.digest !== than && progress;
  };
  const progress: FullProgress = await stage.until('the plan to wait for approval', waits);
  return { progress, digest: progress.approval!.digest };
}

const writes = () => requestsIn(stage, sandbox).filter(({ method }) => method !== 'GET');

describe('a create that requires approval', () => {
  it('makes nothing, not even ahead, before its plan is approved, and then exactly that', async () => {
    const { handle, digest, progress } = await asked();
    expect(progress).toMatchObject({ state: 'waitingForApproval', approval: { summary: '6 to create' } });
    expect(writes()).toEqual([]);
    const plan = await handle.plan();
    expect(plan).toMatchObject({ digest, dataflow: `${sandbox}/orders` });
    await handle.approve({ digest, ...ann });
    await handle.result();
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    expect((await handle.progress()).decision).toMatchObject({
      decision: 'approved',
      digest,
      saidToBeBy: 'Ann',
      why: 'As we agreed',
    });
  });

  it('needs none where there is nothing to do', async () => {
    const { flowId } = await (await stage.client.start(orders(sandbox))).result();
    const again = await stage.client.start({ definition: orders(sandbox), requireApproval: true });
    expect((await again.result()).flowId).toBe(flowId);
  });

  it('that is rejected ends as RejectedByPerson, which says who is said to have done it, and has made nothing', async () => {
    const { handle } = await asked({ onFailure: 'wait' });
    await handle.reject({ by: 'Bob', why: 'Not before the audit' });
    const failure = await failureOf(handle);
    expect(failure).toMatchObject({
      type: 'RejectedByPerson',
      message: 'The plan was rejected, said to be by Bob: Not before the audit',
      details: { saidToBeBy: 'Bob', why: 'Not before the audit', made: {}, unknown: [] },
    });
    expect(writes()).toEqual([]);
  });

  it('that is cancelled is free, and has made nothing', async () => {
    const { handle } = await asked();
    await handle.cancel();
    expect((await failureOf(handle)).type).toBe('Cancelled');
    expect(await outcomeOf(stage.temporal, handle.workflowId)).toMatchObject({ made: {}, unknown: [] });
    await (await stage.client.start(orders(sandbox))).result();
  });

  it('asks again where somebody resumes it after a refusal', async () => {
    const { handle, digest } = await asked({ mapping: refusedMapping, onFailure: 'wait' });
    expect((await refusalOf(handle.resume())).message).toContain('Nothing waits for resume');
    await handle.approve({ digest, ...ann });
    await stage.until('the refusal', async () => (await handle.progress()).state === 'waiting');
    expect((await refusalOf(handle.approve({ digest, ...ann }))).type).toBe('Conflict');
    await handle.resume(orders(sandbox));
    const second = await untilAsked(handle, digest);
    await handle.approve({ digest: second.digest, ...ann });
    await handle.result();
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('whose definition has problems is refused without asking anybody', async () => {
    const mapping = [{ source: 'Name', destination: 'person.name.nickname' }];
    const definition = orders(sandbox, { mapping });
    const handle = await stage.client.start({ definition, requireApproval: true });
    expect((await failureOf(handle)).type).toBe('InvalidDefinition');
  });

  it('is not started from what is no definition inside of the object, and says so', async () => {
    const { workflow } = stage.temporal;
    const definition = orders(sandbox);
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

describe('an approval', () => {
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
    expect(plan.digest).toBe(digest);
    await handle.approve({ digest, ...ann });
    await updating;
  });

  it('where nothing waits is a Conflict', async () => {
    const handle = await stage.client.start(orders(sandbox, { mapping: refusedMapping, onFailure: 'wait' }));
    await stage.until('the refusal', async () => (await handle.progress()).state === 'waiting');
    expect((await refusalOf(handle.approve({ digest: 'x', by: 'Ann' }))).type).toBe('Conflict');
    expect((await refusalOf(handle.reject({ by: 'Ann', why: 'x' }))).type).toBe('Conflict');
    await handle.giveUp();
    await failureOf(handle);
    expect((await refusalOf(handle.approve({ digest: 'x', by: 'Ann' }))).type).toBe('Conflict');
    expect((await refusalOf(handle.giveUp())).message).toContain('has ended');
  });
});

describe('an update that requires approval', () => {
  it('changes nothing before, and exactly its plan then', async () => {
    const { before, handle, digest, updating } = await askedToUpdate();
    expect(writes()).toHaveLength(before);
    await handle.approve({ digest, ...ann });
    expect((await updating).plan.digest).toBe(digest);
  });

  it('holds the lock while it waits', async () => {
    const { handle, updating } = await askedToUpdate();
    const error = await stage.client.delete({ sandbox, name: 'orders' }).catch((error: unknown) => error);
    expect(error).toMatchObject({ type: 'Conflict' });
    await handle.reject({ by: 'Ann', why: 'No' });
    await expect(updating).rejects.toMatchObject({ type: 'RejectedByPerson' });
  });

  it('where others have done what was asked for while it waited has nothing left to do', async () => {
    const { flowId } = await (await stage.client.start(orders(sandbox))).result();
    const schedule = { frequency: 'minute', interval: 45, backfill: true };
    const updating = stage.client.update({
      definition: orders(sandbox, { schedule }),
      requireApproval: true,
    });
    const handle = stage.client.dataflow({ sandbox, name: 'orders' });
    const { digest } = await untilAsked(handle);
    await changedByOthers(administratorOf(stage), { sandbox, flowId });
    expect((await refusalOf(handle.approve({ digest, ...ann }))).type).toBe('StalePlan');
    expect((await updating).plan.steps.filter(({ action }) => action !== 'keep')).toEqual([]);
  });

  it('can be rejected while an approval waits for AEP', async () => {
    const { handle, digest, updating } = await askedToUpdate();
    const fault = { method: 'GET', path: '/flowservice/flows', kind: '503', times: 1_000, sandbox } as const;
    stage.emulator.control.addFault(fault);
    const approving = refusalOf(handle.approve({ digest, ...ann }));
    await stage.until('the approval to be checked', async () => (await handle.progress()).waiting.length > 0);
    expect((await refusalOf(handle.approve({ digest, by: 'Bob' }))).message).toContain('said to be by Ann');
    await handle.reject({ by: 'Bob', why: 'No' });
    expect((await approving).type).toBe('RejectedByPerson');
    await expect(updating).rejects.toMatchObject({ type: 'RejectedByPerson' });
  });

  it('that is terminated while an approval waits for AEP is a Conflict for the approver', async () => {
    const { handle, digest, updating } = await askedToUpdate();
    const fault = { method: 'GET', path: '/flowservice/flows', kind: '503', times: 1_000, sandbox } as const;
    stage.emulator.control.addFault(fault);
    const approving = refusalOf(handle.approve({ digest, ...ann }));
    await stage.until('the approval to be checked', async () => (await handle.progress()).waiting.length > 0);
    await stage.temporal.workflow.getHandle(handle.workflowId).terminate();
    expect(await approving).toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('ended before it answered') as string,
    });
    await expect(updating).rejects.toThrow('Workflow execution terminated');
  });

  it('can be cancelled while an approval waits for AEP', async () => {
    const { handle, digest, updating } = await askedToUpdate();
    const fault = { method: 'GET', path: '/flowservice/flows', kind: '503', times: 1_000, sandbox } as const;
    stage.emulator.control.addFault(fault);
    const approving = refusalOf(handle.approve({ digest, ...ann }));
    await stage.until('the approval to be checked', async () => (await handle.progress()).waiting.length > 0);
    await handle.cancel();
    expect((await approving).message).toContain('cancelled');
    await expect(updating).rejects.toMatchObject({ type: 'Cancelled' });
  });
});
