import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isEmpty, planAsMermaid, planAsText, type Plan, type Progress } from '../../src/client.ts';
import { administratorOf, legacyOrders, orders, places, requestsIn } from '../support/dataflows.ts';
import { example, examples } from '../support/example.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(20);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({
    emulator: { sandboxes },
    env: {
      AEP_WEBHOOK_ON_CALL_URL: 'https://hooks.example/on-call',
      AEP_WEBHOOK_ON_CALL_KEY: 'a key that is long enough to sign with',
    },
  });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** What could change something: of all POSTs only the validation and the preview of a mapping cannot. */
const changes = (sandbox: string) =>
  requestsIn(rig, sandbox)
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`)
    .filter((one) => !/^POST \/conversion\/mappingSets\/(validate|preview)$/.test(one));

/** What Temporal's web pages show of a workflow. */
async function details(workflowId: string): Promise<string> {
  const handle = rig.temporal.client.workflow.getHandle(workflowId);
  return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
}

describe.concurrent.each(examples)('%s', (name) => {
  it('is planned without a change, is made, and then its plan is empty', async () => {
    const sandbox = next();
    const definition = example(name, { name: 'planned', sandbox });
    const before = await rig.client.plan(definition);
    expect(before.problems).toEqual([]);
    expect(before.steps.some(({ action }) => action === 'create')).toBe(true);
    expect(changes(sandbox)).toEqual([]);

    await (await rig.client.start(definition)).result();
    const made = changes(sandbox).length;
    const after = await rig.client.plan(definition);
    expect(after.steps.filter(({ action }) => !['keep', 'given'].includes(action))).toEqual([]);
    expect(isEmpty(after)).toBe(true);
    expect(changes(sandbox)).toHaveLength(made);
  });
});

describe.concurrent('a plan', () => {
  it('tells at once everything that a create would meet', async () => {
    const sandbox = next();
    const definition = orders(sandbox);
    const source = { ...(definition['source'] as object), baseConnectionId: crypto.randomUUID() };
    const mapping = [
      { source: 'TestID', destination: '_id' },
      { source: 'Name', destination: 'person.name.fullNam' },
    ];
    const schedule = { frequency: 'hour', interval: 1, startTime: 1_600_000_000 };
    const plan = await rig.client.plan({ ...definition, source, mapping, schedule });
    expect(plan.problems.map(({ field }) => field).sort()).toEqual([
      'mapping[1].destination',
      'schedule.startTime',
      'source.baseConnectionId',
    ]);
    expect(JSON.stringify(plan.problems)).toContain('person.name.fullName');
    expect(plan.summary).toMatch(/3 problems$/);
  });

  it('of a definition that has changed says how in text, and as a picture', async () => {
    const sandbox = next();
    await (await rig.client.start(orders(sandbox))).result();
    const schedule = { frequency: 'hour', interval: 2, backfill: true };
    const mapping = [
      { source: 'TestID', destination: '_id' },
      { source: 'Name', destination: 'person.name.lastName' },
    ];
    const plan = await rig.client.plan(orders(sandbox, { schedule, mapping }));
    const text = planAsText(plan);
    expect(text).toMatch(/~ flow \S+ is changed/);
    expect(text).toContain('schedule.interval: 15 → 2');
    expect(text).toContain('+ {"source":"Name","destination":"person.name.lastName"}');
    expect(text).toContain(plan.summary);
    expect(planAsMermaid(plan)).toMatch(/^flowchart LR\n[^]*mappingSet\d --> flow\d/);
  });

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

  it('of a change that AEP cannot make in place names the choice and its consequences', async () => {
    const sandbox = next();
    await (await rig.client.start(legacyOrders(sandbox))).result();
    const source = { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' };
    const plan = await rig.client.plan(orders(sandbox, { source }));
    expect(plan.choices).toMatchObject([
      { name: 'replaceFlow', options: [{ value: 'from-now' }, { value: 'backfill' }] },
    ]);
  });

  it('reads what several runs noted once, as an update does: otherwise their digests would differ', async () => {
    const sandbox = next();
    const { flowId } = await (await rig.client.start(orders(sandbox))).result();
    await rig.client.update({ definition: orders(sandbox) });
    const reads = () =>
      requestsIn(rig, sandbox).filter(
        ({ method, path }) => method === 'GET' && path.endsWith(`/flows/${flowId}`),
      );
    const before = reads().length;
    await rig.client.plan(orders(sandbox));
    expect(reads()).toHaveLength(before + 1);
  });

  it('of a flow that somebody deleted is a conflict, and no create', async () => {
    const sandbox = next();
    const { flowId } = await (await rig.client.start(orders(sandbox))).result();
    await administratorOf(rig).flowService.flows.remove({ sandbox }, flowId);
    const plan = await rig.client.plan(orders(sandbox));
    expect(plan.steps.at(-1)).toMatchObject({ kind: 'flow', action: 'conflict', id: flowId });
    expect(plan.choices).toMatchObject([{ name: 'missingFlow' }]);
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
