import { afterAll, beforeAll, expect, it } from 'vitest';
import { DataflowError, type HistoryEntry } from '../../src/client.ts';
import { searchAttributes } from '../../src/search-attribute-keys.ts';
import { canary } from '../support/canary.ts';
import { administratorOf, orders, refusedMapping } from '../support/dataflows.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { changedByOthers } from '../watch/make-flow.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ env: quickToFollow });
  await rig.startWorker();
});
afterAll(() => rig.close());

const sandbox = 'prod';
const ann = { by: 'Ann', why: 'As agreed' };

const historyOf = (name: string) => rig.client.history({ sandbox, name });

/** Waits until lists show as many executions as ended, with what they noted at the end. */
const shown = (name: string, count: number) =>
  waitFor(`${count} entries`, async () => {
    const entries = await historyOf(name);
    return entries.length >= count && entries.every(({ status }) => status !== 'running') && entries;
  });

it('tells what was done to a dataflow, by whom, and what others have changed, oldest first', async () => {
  const named = { sandbox, name: 'told' };
  const of = (changes: object = {}) => orders(sandbox, { name: 'told', ...changes });
  const { flowId } = await (await rig.client.start(of())).result();
  const handle = rig.client.dataflow(named);
  const asked = async (definition: Record<string, unknown>) => {
    const updating = rig.client.update({ definition, requireApproval: true });
    updating.catch(() => undefined);
    const approval = await waitFor('the plan to wait', async () => (await handle.progress()).approval);
    return { updating, digest: approval.digest };
  };

  const health = () => rig.client.health({ sandbox, flowId });
  await waitFor('the first look', async () => (await health())?.flowName);
  await changedByOthers(administratorOf(rig), { sandbox, flowId });
  await waitFor('the drift', async () => (await health())?.drift);
  const watcher = rig.client.watcher({ sandbox, flowId });
  await watcher.pause();
  await watcher.resume();
  await watcher.acceptDrift();
  await expect(watcher.resume()).rejects.toThrow('nothing to resume');

  const rejected = await asked(of({ description: 'Never' }));
  await handle.reject({ by: 'Bob', why: 'No' });
  await expect(rejected.updating).rejects.toThrow('No');

  const approved = await asked(of({ description: 'New' }));
  await handle.approve({ digest: approved.digest, ...ann });
  await approved.updating;

  const source = { ...(of()['source'] as object), tableName: 'acmeSpringCampaign' };
  const definition = of({ description: 'New', source });
  const replaced = await rig.client.update({ definition, replaceFlow: 'from-now' });
  await rig.client.delete(named);

  const entries = await shown('told', 9);
  expect(entries.map(({ what, status }) => [what, status])).toEqual([
    ['create', 'completed'],
    ['drift', undefined],
    ['pause', 'completed'],
    ['resume', 'completed'],
    ['accept-drift', 'completed'],
    ['update', 'failed'],
    ['update', 'completed'],
    ['update', 'completed'],
    ['delete', 'completed'],
  ]);
  const [create, drift, ...later] = entries as [HistoryEntry, HistoryEntry, ...HistoryEntry[]];
  const asks = later.slice(0, 3);
  const [no, yes, replacement, removal] = later.slice(3) as [
    HistoryEntry,
    HistoryEntry,
    HistoryEntry,
    HistoryEntry,
  ];
  expect(create).toMatchObject({ made: { flow: flowId }, startedBy: expect.stringContaining('@') as string });
  expect(create.plan?.summary).toBe('6 to create');
  expect(drift).toMatchObject({
    flowId,
    workflowId: `flow:prod:${flowId}`,
    drift: { changes: [{ field: 'schedule.interval', from: '15', to: '45' }] },
  });
  for (const ask of asks)
    expect(ask).toMatchObject({ flowId, workflowId: `flow:prod:${flowId}`, startedBy: create.startedBy });
  expect(no).toMatchObject({
    plan: { digest: rejected.digest },
    decisions: [{ decision: 'rejected', digest: rejected.digest, saidToBeBy: 'Bob', why: 'No' }],
    failure: { type: 'RejectedByPerson' },
  });
  expect(no).not.toHaveProperty('made');
  expect(yes).toMatchObject({
    plan: { digest: approved.digest },
    decisions: [{ decision: 'approved', saidToBeBy: 'Ann', why: 'As agreed' }],
  });
  const flowStep = yes.plan!.steps.find(({ kind }) => kind === 'flow');
  expect(flowStep?.changes).toContain('schedule.interval: 45 → 15');
  expect(replacement).toMatchObject({ made: { flow: replaced.flowId }, deletedFlows: [flowId] });
  expect(removal).toMatchObject({ deletedFlows: [replaced.flowId] });
  for (const { at, endedAt = at } of entries) expect(new Date(endedAt).toISOString()).toBe(endedAt);
  expect(JSON.stringify(entries)).not.toContain(canary);
});

it('tells what failed and why, also before there was a plan, and that of a large plan only what it is about', async () => {
  const name = 'failed';
  const schema = { ...(orders(sandbox)['schema'] as object), title: name };
  const definition = orders(sandbox, { name, schema });
  const { workflow } = rig.temporal.client;
  const workflowId = `dataflow:${sandbox}:${name}`;
  const options = { workflowId, taskQueue: 'aep-dataflows', args: [{ name, sandbox }] };
  await (await workflow.start('createDataflow', options)).result().catch(() => undefined);
  const refused = await rig.client.start({ ...definition, mapping: refusedMapping });
  await expect(refused.result()).rejects.toBeInstanceOf(DataflowError);
  const { columns, ...source } = definition['source'] as { columns: object[] };
  const more = Array.from({ length: 300 }, (_, index) => ({ name: `Column${index}`, type: 'string' }));
  await (await rig.client.start(definition)).result();
  // Its source, which has no such columns, is away.
  rig.emulator.control.addFault({ method: 'GET', path: '/flowservice/connections/*/explore', kind: '503' });
  const changed = { ...definition, source: { ...source, columns: [...columns, ...more] } };
  await expect(rig.client.update({ definition: changed })).rejects.toMatchObject({ type: 'ChoiceNeeded' });
  const entries = await shown(name, 4);
  expect(entries.map(({ failure }) => failure?.type)).toEqual([
    'InvalidDefinition',
    'Rejected',
    undefined,
    'ChoiceNeeded',
  ]);
  expect(entries[0]).not.toHaveProperty('plan');
  for (const { plan } of entries) expect(JSON.stringify(plan ?? {}).length).toBeLessThan(3_000);
});

it('tells once what a watcher has noted, also where the execution that noted it is there no more', async () => {
  const name = 'carried-on';
  const { workflow } = rig.temporal.client;
  const asked = { what: 'pause', at: '2026-01-02T00:00:00.000Z', updateId: 'u', runId: crypto.randomUUID() };
  const drift = { changes: [], noticed: '2026-01-01T00:00:00.000Z', by: 'unknown' };
  // An execution may begin with the memo of the one before.
  for (const _ of ['before', 'now']) {
    const watcher = await workflow.start('watchFlowRuns', {
      workflowId: `flow:prod:${name}`,
      taskQueue: 'nobodys',
      memo: { asked: [asked], drifts: [drift] },
      typedSearchAttributes: [{ key: searchAttributes.dataflow, value: `prod/${name}` }],
    });
    await watcher.terminate();
  }
  const entries = await waitFor('both to be listed', async () => {
    const found = await historyOf(name);
    const { count } = await workflow.count(`WorkflowId = "flow:prod:${name}"`);
    return count === 2 && found;
  });
  expect(entries.map(({ what, status }) => [what, status])).toEqual([
    ['drift', undefined],
    ['pause', 'completed'],
  ]);
  expect(entries[1]).not.toHaveProperty('startedBy');
});

it('of a dataflow that never was is empty, and of none that can be is InvalidDefinition', async () => {
  expect(await historyOf('never')).toEqual([]);
  await expect(historyOf('a/b')).rejects.toMatchObject({ type: 'InvalidDefinition' });
});

it('tells of what a folder began which workflow applied it', async () => {
  const name = 'in-a-folder';
  const schema = { ...(orders(sandbox)['schema'] as object), title: name };
  const definition = orders(sandbox, { name, schema, dataset: { name } });
  const apply = await rig.client.apply({ definitions: [definition] });
  await apply.result();
  expect(await shown(name, 1)).toMatchObject([{ what: 'create', startedBy: apply.workflowId }]);
});
