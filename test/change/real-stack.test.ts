import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/resources/resource.ts';
import { planAsText, type Plan, type Progress } from '../../src/client.ts';
import { administratorOf, oneOfSix, orders, places, refusalOf, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { reset } from '../support/reset.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { mustBeEmpty, ordersFromTable, watchForTwo } from './helpers.ts';

/** A sample of what the other files of this folder play in the simulation, and what watchers and Temporal's server have a part in. */
const { sandboxes, next } = places(21);
let rig: Rig;

beforeAll(async () => {
  // AEP takes a moment over patches and actions.
  rig = await startRig({ emulator: { sandboxes, operationLastsMs: [50, 200] } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const flowsIn = (sandbox: string) => rig.emulator.control.resources('flows', sandbox);

async function made(changes: JsonObject = {}) {
  const sandbox = next();
  const result = await (await rig.client.start(orders(sandbox, changes))).result();
  return { sandbox, ...result };
}

/** What Temporal's web pages show of a workflow. */
async function details(workflowId: string): Promise<string> {
  const handle = rig.temporal.client.workflow.getHandle(workflowId);
  return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
}

describe.concurrent('a plan', () => {
  it('is in the current details of its workflow as text, and of an update beside its steps', async () => {
    const sandbox = next();
    await (await rig.client.start(orders(sandbox))).result();
    const definition = orders(sandbox, { schedule: { frequency: 'hour', interval: 2, backfill: true } });
    const { workflow } = rig.temporal.client;
    const planning = await workflow.start('planDataflow', {
      workflowId: `plan:${sandbox}`,
      taskQueue: 'aep-dataflows',
      args: [definition],
    });
    const text = planAsText((await planning.result()) as Plan);
    expect(await details(planning.workflowId)).toContain(text);

    await rig.client.update({ definition });
    const shown = await details(`dataflow:${sandbox}:orders`);
    expect(shown).toContain(text);
    expect(shown).toContain('| flow | ✓ changed |');
  });

  it('that waits for AEP says what for and why, and how far it is', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({
      method: 'GET',
      path: '/flowservice/targetConnections',
      kind: '503',
      sandbox,
      times: 3,
    });
    const workflowId = `plan:${sandbox}:${crypto.randomUUID()}`;
    const options = { workflowId, taskQueue: 'aep-dataflows', args: [orders(sandbox)] };
    const planning = await rig.temporal.client.workflow.start('planDataflow', options);
    const progress = await waitFor('the reason', async () => {
      const now = await planning.query<Progress>('progress').catch(() => undefined);
      return now !== undefined && now.waiting.length > 0 && now;
    });
    expect(progress).toMatchObject({
      dataflow: `${sandbox}/orders`,
      state: 'running',
      waiting: [{ activity: 'lookForTargetConnection', why: 'Unavailable' }],
    });
    const stateOf = (kind: string) => progress.steps.find(({ step }) => step === kind)?.state;
    expect([stateOf('check'), stateOf('dataset'), stateOf('targetConnection'), stateOf('watch')]).toEqual([
      'done',
      'done',
      'running',
      undefined,
    ]);
    expect(await details(workflowId)).toContain('Waits, lookForTargetConnection: **Unavailable**');
    await planning.result();
    expect(await details(workflowId)).toMatch(/^```\nPlan for/);
    expect((await planning.query<Progress>('progress')).state).toBe('done');
  });

  it('of it is one also where Temporal has forgotten who made it, and only its watcher goes on', async () => {
    const sandbox = next();
    const definition = orders(sandbox);
    const { flowId } = await (await rig.client.start(definition)).result();
    const { workflow, workflowService, options } = rig.temporal.client;
    const workflowId = `dataflow:${sandbox}:orders`;
    const { namespace } = options;
    await workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
    await waitFor('Temporal to forget it', async () => {
      const { count } = await workflow.count(`WorkflowId = "${workflowId}"`);
      return count === 0;
    });
    await administratorOf(rig).flowService.flows.remove({ sandbox }, flowId);
    const plan = await rig.client.plan(definition);
    expect(plan.steps.at(-1)).toMatchObject({ kind: 'flow', action: 'conflict', id: flowId });
    await expect((await rig.client.start(definition)).result()).rejects.toMatchObject({
      type: 'Conflict',
      details: { reason: 'missing', ids: [flowId] },
    });
  });
});

describe.concurrent('an update', () => {
  it('of all that can be changed in place keeps every id, and leaves nothing to do', async () => {
    const { sandbox, resources } = await made();
    const mapping = [{ source: 'TestID', destination: '_id' }];
    const definition = orders(sandbox, {
      description: 'All',
      options: { partialIngestionPercent: 3 },
      schedule: { frequency: 'hour', interval: 2, backfill: true },
      dataset: { name: 'Others', description: 'Of others' },
      mapping,
    });
    const updated = await rig.client.update({ definition });
    expect(updated.resources).toEqual(resources);
    expect(updated.surplus).toEqual([]);
    await mustBeEmpty(rig, definition);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('whose reply to the PATCH is lost is settled by reading', async () => {
    const { sandbox } = await made();
    rig.emulator.control.addFault({ method: 'PATCH', kind: 'reset-after', sandbox });
    const definition = orders(sandbox, { description: 'New' });
    await rig.client.update({ definition });
    await mustBeEmpty(rig, definition);
  });

  it('that waits for AEP says what for and why, as a create does', async () => {
    const { sandbox } = await made();
    // The pause after the third failure is one that is told.
    const patch = { method: 'PATCH', path: '/flowservice/sourceConnections/*' };
    rig.emulator.control.addFault({ ...patch, kind: '503', sandbox, times: 3 });
    const updating = rig.client.update({ definition: orders(sandbox, { description: 'New' }) });
    const handle = rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`);
    const { waiting } = await waitFor('the reason', async () => {
      const progress = await handle.query<Progress>('progress').catch(() => undefined);
      return progress !== undefined && progress.waiting.length > 0 && progress;
    });
    expect(waiting).toMatchObject([{ activity: 'updateSourceConnection', why: 'Unavailable' }]);
    await updating;
  });

  it('makes a flow anew that somebody deleted, where that is said', async () => {
    const { sandbox, flowId } = await made();
    await administratorOf(rig).flowService.flows.remove({ sandbox }, flowId);
    const definition = orders(sandbox);
    const refusal = await refusalOf(rig.client.update({ definition }));
    expect(refusal.type).toBe('Conflict');
    const { digest } = await rig.client.plan(definition);
    const updated = await rig.client.update({ definition, digest, missingFlow: 'recreate' });
    expect(updated.flowId).not.toBe(flowId);
    await mustBeEmpty(rig, definition);
    // Nobody watches for the other any more, nor takes it for missing where this one is gone, too.
    await expect(rig.client.watcher({ sandbox, flowId }).checkNow()).rejects.toMatchObject({
      details: { replacedBy: updated.flowId },
    });
  });
});

describe.concurrent('a replacement', () => {
  it('puts another flow with another pair in the place of the old one', async () => {
    const { sandbox, flowId, resources } = await made();
    const definition = ordersFromTable(sandbox);
    const updated = await rig.client.update({ definition, replaceFlow: 'backfill' });
    expect(updated.flowId).not.toBe(flowId);
    expect(updated.resources).toMatchObject({ dataset: resources.dataset, schema: resources.schema });
    expect(flowsIn(sandbox)).toMatchObject([
      { id: updated.flowId, state: 'enabled', scheduleParams: { backfill: true } },
    ]);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    await mustBeEmpty(rig, definition);
    const health = await rig.client.health({ sandbox, flowId: updated.flowId });
    expect(health).toMatchObject({ dataflow: `${sandbox}/orders` });
  });

  it('that is finished and reset to the middle of its way is whole', async () => {
    const { sandbox } = await made();
    const definition = ordersFromTable(sandbox);
    const { flowId } = await rig.client.update({ definition, replaceFlow: 'backfill' });
    const again = await reset(rig.temporal.client, `dataflow:${sandbox}:orders`, { part: 0.5 });
    expect(await again.result()).toMatchObject({ flowId });
    expect(flowsIn(sandbox)).toMatchObject([{ id: flowId, state: 'enabled' }]);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    await mustBeEmpty(rig, definition);
  });

  it.each(['terminate', 'cancel'] as const)(
    'that somebody is to %s while the new flow is published goes on when it is started again',
    async (end) => {
      const { sandbox } = await made();
      const definition = ordersFromTable(sandbox);
      // The first action disables the old flow.
      const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox, skip: 1 };
      rig.emulator.control.addFault({ ...actions, kind: 'hang-committed' });
      const update = rig.client.update({ definition, replaceFlow: 'from-now' }).catch(() => undefined);
      await waitFor('the moment', () => requestsIn(rig, sandbox).some(({ fault }) => fault));
      await rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`)[end]();
      await update;
      const { flowId } = await rig.client.update({ definition, replaceFlow: 'from-now' });
      expect(flowsIn(sandbox)).toMatchObject([{ id: flowId, state: 'enabled' }]);
      await mustBeEmpty(rig, definition);
      expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    },
  );

  it('is told to whoever would pause or resume the flow meanwhile; when it was taken back, both are possible again', async () => {
    const { sandbox, flowId } = await made();
    const watcher = rig.client.watcher({ sandbox, flowId });
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    // The first action disables the old flow; the second would publish the new one.
    rig.emulator.control.addFault({ ...actions, kind: '503', skip: 1, times: 3 });
    rig.emulator.control.addFault({ ...actions, kind: '404', skip: 1 });
    const refused = refusalOf(
      rig.client.update({ definition: ordersFromTable(sandbox), replaceFlow: 'from-now' }),
    );
    await waitFor('the second action', () => requestsIn(rig, sandbox, actions).length >= 2);
    for (const ask of [() => watcher.resume(), () => watcher.pause(), () => watcher.retryRun()])
      await expect(ask()).rejects.toMatchObject({
        type: 'Conflict',
        message: expect.stringContaining('puts another flow in its place') as string,
      });
    expect(await watcher.checkNow()).toMatchObject({
      verdict: 'paused',
      cause: { next: expect.stringContaining('Wait until the update has ended') as string },
    });
    expect(await refused).toMatchObject({ type: 'Rejected' });
    await waitFor('a flow that loads', async () => (await watcher.checkNow()).verdict !== 'paused');
    expect(await watcher.pause()).toMatchObject({ verdict: 'paused' });
    expect(await watcher.resume()).toMatchObject({ verdict: 'pending' });
  });

  describe('from now on', () => {
    /** Gives the flow a last window that ended a minute ago, and replaces it. */
    async function replaced(outcome: 'success' | 'failed') {
      const { sandbox, flowId } = await made();
      const { now } = rig.emulator.control.clock();
      const end = now - 60_000;
      const window = { start: end - 900_000, end };
      rig.emulator.control.makeRun(flowId, { outcome, completedAt: now, window });
      const updated = await rig.client.update({
        definition: ordersFromTable(sandbox),
        replaceFlow: 'from-now',
      });
      return { sandbox, window, ...updated };
    }
    const healthAfterRun = (sandbox: string, flowId: string, windowStart: number) => {
      const { now } = rig.emulator.control.clock();
      const window = { start: windowStart, end: windowStart + 900_000 };
      rig.emulator.control.makeRun(flowId, { completedAt: now, window });
      return waitFor('the first run', async () => {
        const health = await rig.client.watcher({ sandbox, flowId }).checkNow();
        return health.lastRuns.length === 1 && health;
      });
    };
    const iso = (time: number) => new Date(time).toISOString();

    it.each([
      ['a gap', 'success', 120_000],
      ['an overlap', 'success', -120_000],
      ['a gap that begins with a window that failed', 'failed', 0],
    ] as const)(
      'is compared with the first window of the new flow, and %s is told by its watcher',
      async (what, outcome, apartMs) => {
        const { sandbox, flowId, window, warnings } = await replaced(outcome);
        const told = warnings.find(({ code }) => code === 'window-to-compare');
        expect(told?.message).toContain('its watcher tells of a gap or an overlap');
        const start = window.end + apartMs;
        const { firstWindow } = await healthAfterRun(sandbox, flowId, start);
        const loaded = outcome === 'failed' ? window.start : window.end;
        const [from, to] = [loaded, start].toSorted((a, b) => a - b);
        const is = what === 'an overlap' ? 'overlap' : 'gap';
        expect(firstWindow).toMatchObject({ is, from: iso(from!), to: iso(to!) });
      },
    );

    it('is compared, and nothing is told where the one goes on where the other ended', async () => {
      const { sandbox, flowId, window } = await replaced('success');
      expect(await healthAfterRun(sandbox, flowId, window.end)).not.toHaveProperty('firstWindow');
    });

    it('is compared too where the flow that was replaced had no window yet: with the one before it', async () => {
      const { sandbox, window } = await replaced('success');
      const { flowId } = await rig.client.update({ definition: orders(sandbox), replaceFlow: 'from-now' });
      const { firstWindow } = await healthAfterRun(sandbox, flowId, window.end + 120_000);
      expect(firstWindow).toMatchObject({ is: 'gap', from: iso(window.end) });
    });
  });
});

describe.concurrent('a replacement that begins while the watcher of the old flow', () => {
  it('still has AEP enable it waits until that has ended, and never are the two enabled together', async () => {
    const { sandbox, flowId } = await made();
    const watcher = rig.client.watcher({ sandbox, flowId });
    const { control } = rig.emulator;
    // Long enough for a person to pause the flow, and to think better of it, between the plan and the step `replace`: 7 s.
    // A 429 would have the whole worker rest, and this person with it.
    const pair = { method: 'POST', path: '/flowservice/sourceConnections', sandbox };
    control.addFault({ ...pair, kind: '503', times: 3 });
    const twos = watchForTwo(rig, sandbox);
    const definition = ordersFromTable(sandbox);
    const update = rig.client.update({ definition, replaceFlow: 'from-now' });
    await waitFor('the new pair', () => requestsIn(rig, sandbox).some((request) => request.fault));
    await watcher.pause();
    const switching = { method: 'POST', path: `/flowservice/flows/${flowId}/action`, sandbox };
    control.addFault({ ...switching, kind: '503', times: 3 });
    const resumed = watcher.resume().catch((error: unknown) => error);
    await waitFor('the resume', () => requestsIn(rig, sandbox, switching).some((request) => request.fault));
    const { flowId: next } = await update;
    await resumed;
    expect(twos()).toBe(0);
    expect(flowsIn(sandbox)).toMatchObject([{ id: next, state: 'enabled' }]);
    await mustBeEmpty(rig, definition);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    const health = await rig.client.health({ sandbox, flowId: next });
    expect(health).toMatchObject({ dataflow: `${sandbox}/orders` });
  });
});
