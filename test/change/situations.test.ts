import proto from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataflowError, isEmpty, type Plan } from '../../src/client.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import {
  administratorOf,
  oneOfSix,
  orders,
  places,
  requestsIn,
  wrongExpression,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { example, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { EVENT_TYPE_WORKFLOW_TASK_COMPLETED: taskCompleted } = proto.temporal.api.enums.v1.EventType;
const { sandboxes, next } = places(80);
let rig: Rig;

beforeAll(async () => {
  // AEP takes a moment over patches and actions.
  rig = await startRig({ emulator: { sandboxes, operationLastsMs: [50, 200] } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const stored = (kind: Parameters<Rig['emulator']['control']['resources']>[0], sandbox: string) =>
  rig.emulator.control.resources(kind, sandbox);
const states = (sandbox: string) => stored('flows', sandbox).map(({ state }) => state);
const busySteps = ({ steps }: Plan) => steps.filter(({ action }) => !['keep', 'given'].includes(action));

const from = (sandbox: string, tableName: string, changes: JsonObject = {}) =>
  orders(sandbox, { source: { ...(orders(sandbox)['source'] as object), tableName }, ...changes });
const lastName = [
  { source: 'TestID', destination: '_id' },
  { source: 'Name', destination: 'person.name.lastName' },
];

async function made(changes: JsonObject = {}) {
  const sandbox = next();
  const result = await (await rig.client.start(orders(sandbox, changes))).result();
  return { sandbox, ...result };
}

async function mustBeEmpty(definition: JsonObject): Promise<void> {
  const plan = await rig.client.plan(definition);
  expect(busySteps(plan)).toEqual([]);
  expect(isEmpty(plan)).toBe(true);
}

async function refusalOf(update: Promise<unknown>): Promise<DataflowError> {
  const error = await update.then(
    () => new Error('It was not refused'),
    (error: unknown) => error,
  );
  if (!(error instanceof DataflowError)) throw error;
  return error;
}

/** Patches as AEP's UI does. */
async function edit(sandbox: string, kind: Kind, id: string, operations: JsonObject[]): Promise<void> {
  const { flowService, catalog, schemaRegistry } = administratorOf(rig);
  const of = {
    flow: flowService.flows,
    sourceConnection: flowService.sourceConnections,
    targetConnection: flowService.targetConnections,
    dataset: catalog.datasets,
    schema: schemaRegistry.schemas,
  }[kind as 'flow'];
  const answer = await of.get({ sandbox }, id);
  await of.patch({ sandbox }, id, operations as never, answer!['etag'] as string | undefined);
  await settled(sandbox, id);
}

const faultIn = (sandbox: string) =>
  waitFor('the fault', () => requestsIn(rig, sandbox).some(({ fault }) => fault));

/** Waits until AEP has done what it was asked for. */
async function settled(sandbox: string, id: string): Promise<void> {
  const isSettled = () =>
    !String(stored('flows', sandbox).find((one) => one['id'] === id)?.['state']).endsWith('ing');
  await waitFor('AEP to be done', isSettled);
}

async function act(sandbox: string, flowId: string, action: 'enable' | 'disable'): Promise<void> {
  await administratorOf(rig).flowService.setFlowState({ sandbox }, flowId, action);
  await settled(sandbox, flowId);
}

describe.concurrent('what others have edited', () => {
  const text = (value: string) => [{ op: 'replace', path: '/name', value }];
  it.each<[Kind, JsonObject[], string]>([
    ['flow', [{ op: 'replace', path: '/scheduleParams/interval', value: 45 }], 'schedule.interval'],
    [
      'flow',
      [{ op: 'replace', path: '/options/partialIngestionPercent', value: 9 }],
      'options.partialIngestionPercent',
    ],
    ['flow', text('Renamed'), 'name'],
    ['sourceConnection', text('Renamed'), 'name'],
    ['targetConnection', text('Renamed'), 'name'],
    ['dataset', text('Renamed'), 'dataset.name'],
    ['schema', [{ op: 'replace', path: '/title', value: 'Renamed' }], 'schema.title'],
  ])(
    'of the %s (%j) shows in the plan as %s, and an update puts it back',
    async (kind, operations, field) => {
      const { sandbox, resources } = await made();
      await edit(sandbox, kind, resources[kind]!, operations);
      const definition = orders(sandbox);
      const plan = await rig.client.plan(definition);
      expect(busySteps(plan)).toMatchObject([{ kind, action: 'update', changes: [{ field }] }]);
      const updated = await rig.client.update({ definition });
      expect(updated.resources).toEqual(resources);
      await mustBeEmpty(definition);
      expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
      expect(states(sandbox)).toEqual(['enabled']);
    },
  );

  it('of the mapping, by a set of their own: another set of ours is made, and theirs stays as it is', async () => {
    const { sandbox, flowId, resources } = await made();
    const { dataPrep } = administratorOf(rig);
    const [ours] = stored('mappingSets', sandbox);
    const { id } = await dataPrep.mappingSets.create(
      { sandbox },
      {
        name: 'Made in the UI',
        outputSchema: ours!['outputSchema'],
        mappings: [{ sourceType: 'ATTRIBUTE', source: 'Name', destination: 'person.name.lastName' }],
      },
    );
    const flow = stored('flows', sandbox)[0]!;
    const at = (flow['transformations'] as JsonObject[]).findIndex(({ name }) => name === 'Mapping');
    const value = { name: 'Mapping', params: { mappingId: id, mappingVersion: '0' } };
    await edit(sandbox, 'flow', flowId, [{ op: 'replace', path: `/transformations/${at}`, value }]);
    const theirs = () => stored('mappingSets', sandbox).find((one) => one['id'] === id);
    const before = JSON.stringify(theirs());

    const definition = orders(sandbox);
    const plan = await rig.client.plan(definition);
    expect(busySteps(plan).map(({ kind, action }) => [kind, action])).toEqual([
      ['mappingSet', 'replace'],
      ['flow', 'update'],
    ]);
    const updated = await rig.client.update({ definition });
    expect(updated.resources.mappingSet).toBe(resources.mappingSet);
    expect(JSON.stringify(theirs())).toBe(before);
    await mustBeEmpty(definition);
  });
});

describe.concurrent('what others have deleted', () => {
  // AEP deletes no connection that a flow refers to.
  it('the dataset: an update makes it again, with another flow, at a choice', async () => {
    const { sandbox, resources } = await made();
    await administratorOf(rig).catalog.datasets.remove({ sandbox }, resources.dataset!);
    const definition = orders(sandbox);
    expect(await refusalOf(rig.client.update({ definition }))).toMatchObject({
      type: 'Conflict',
      details: { reason: 'missing', ids: [resources.dataset] },
    });
    const missingFlow = 'recreate';
    expect((await refusalOf(rig.client.update({ definition, missingFlow }))).type).toBe('ChoiceNeeded');
    await rig.client.update({ definition, missingFlow, replaceFlow: 'from-now' });
    await mustBeEmpty(definition);
    expect(states(sandbox)).toEqual(['enabled']);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('the old flow, while the new one is a draft: nothing is published until that is said', async () => {
    const { sandbox, flowId } = await made();
    const definition = from(sandbox, 'acmeSpringCampaign');
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    rig.emulator.control.addFault({ ...actions, kind: 'hang' });
    const update = rig.client.update({ definition, replaceFlow: 'from-now' }).catch(() => undefined);
    await faultIn(sandbox);
    await administratorOf(rig).flowService.flows.remove({ sandbox }, flowId);
    await update;
    expect(states(sandbox).filter((state) => state !== 'draft')).toEqual([]);
    expect(await refusalOf(rig.client.update({ definition, replaceFlow: 'from-now' }))).toMatchObject({
      type: 'Conflict',
      details: { reason: 'missing', ids: [flowId] },
    });
    await rig.client.update({ definition, replaceFlow: 'from-now', missingFlow: 'recreate' });
    expect(states(sandbox)).toEqual(['enabled']);
    await mustBeEmpty(definition);
  });
});

describe.concurrent('a flow that somebody has paused', () => {
  it('stays so when it is changed in place, and the plan says it', async () => {
    const { sandbox, flowId } = await made();
    await act(sandbox, flowId, 'disable');
    const definition = orders(sandbox, { description: 'New', mapping: lastName });
    const { plan } = await rig.client.update({ definition });
    expect(plan.warnings).toMatchObject([{ code: 'flow-disabled' }]);
    expect(states(sandbox)).toEqual(['disabled']);
    await mustBeEmpty(definition);
  });

  it('is replaced by one that is paused, too, and the plan says it', async () => {
    const { sandbox, flowId } = await made();
    await act(sandbox, flowId, 'disable');
    const definition = from(sandbox, 'acmeSpringCampaign');
    const plan = await rig.client.plan(definition);
    expect(plan.warnings).toMatchObject([
      { code: 'flow-disabled', message: expect.stringContaining('takes its place') as string },
    ]);
    const updated = await rig.client.update({ definition, replaceFlow: 'backfill' });
    expect(updated.flowId).not.toBe(flowId);
    expect(states(sandbox)).toEqual(['disabled']);
    await mustBeEmpty(definition);
    expect(await rig.client.health({ sandbox, flowId: updated.flowId })).toBeDefined();
  });
});

describe.concurrent('a flow that somebody has paused, whose replacement is terminated', () => {
  it.each([
    ['when it is about to publish the new one', 0, ['disabled', 'draft']],
    ['when the new one has just been published', 1, ['disabled', 'enabled']],
  ])('%s, is replaced by one that is paused, too', async (_, skip, halfway) => {
    const { sandbox, flowId } = await made();
    await act(sandbox, flowId, 'disable');
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    rig.emulator.control.addFault({ ...actions, kind: 'hang', skip });
    const definition = from(sandbox, 'acmeSpringCampaign');
    const update = rig.client.update({ definition, replaceFlow: 'from-now' }).catch(() => undefined);
    await faultIn(sandbox);
    await rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`).terminate();
    await update;
    expect(states(sandbox)).toEqual(halfway);
    await rig.client.update({ definition, replaceFlow: 'from-now' });
    expect(states(sandbox)).toEqual(['disabled']);
    await mustBeEmpty(definition);
  });
});

describe.concurrent('a flow that an access label hides, and that another was made for,', () => {
  it('is not deleted when it shows again: which of the two stays is a person’s to say', async () => {
    const { sandbox, flowId } = await made();
    const label = 'core/C12';
    await edit(sandbox, 'flow', flowId, [{ op: 'add', path: '/labels', value: [label] }]);
    const definition = orders(sandbox);
    rig.emulator.control.configure({ hiddenLabels: [label] });
    const updated = await rig.client.update({ definition, missingFlow: 'recreate' });
    rig.emulator.control.configure({ hiddenLabels: [] });

    const both = { type: 'Conflict', details: { reason: 'several-flows', ids: [flowId, updated.flowId] } };
    expect(await refusalOf((await rig.client.start(definition)).result())).toMatchObject(both);
    expect(await refusalOf(rig.client.update({ definition }))).toMatchObject(both);
    expect(states(sandbox)).toEqual(['enabled', 'enabled']);

    await act(sandbox, flowId, 'disable');
    expect((await rig.client.update({ definition })).flowId).toBe(updated.flowId);
    expect(states(sandbox)).toEqual(['enabled']);
    await mustBeEmpty(definition);
  });
});

describe.concurrent('a flow that has lost its mark', () => {
  it('and its name is not made again: the conflict says which line puts the mark back', async () => {
    const { sandbox, flowId } = await made();
    await edit(sandbox, 'flow', flowId, [
      { op: 'replace', path: '/description', value: 'Edited' },
      { op: 'replace', path: '/name', value: 'Renamed' },
    ]);
    const definition = orders(sandbox);
    const refusal = await refusalOf((await rig.client.start(definition)).result());
    expect(refusal).toMatchObject({ type: 'Conflict', details: { reason: 'mark-lost', ids: [flowId] } });
    const [line] = /Managed by aep-dataflows: [^"]+/.exec(refusal.message)!;
    const value = `Edited\n${line}`;
    await edit(sandbox, 'flow', flowId, [{ op: 'replace', path: '/description', value }]);
    expect((await rig.client.update({ definition })).flowId).toBe(flowId);
    await mustBeEmpty(definition);
    expect(states(sandbox)).toEqual(['enabled']);
  });
});

describe.concurrent('a flow that loads once', () => {
  const once = (sandbox: string, changes: JsonObject = {}) => ({
    ...example('accounts-once', { name: 'orders', sandbox }),
    ...changes,
  });

  it('is replaced, also for another mapping, by one that loads all rows, and by no other', async () => {
    const sandbox = next();
    await (await rig.client.start(once(sandbox))).result();
    const mapping = [{ source: 'Id', destination: '_id' }];
    const definition = once(sandbox, { mapping });
    const refusal = await refusalOf(rig.client.update({ definition, replaceFlow: 'from-now' }));
    expect(refusal.type).toBe('ChoiceNeeded');
    const { options } = (refusal.details['plan'] as Plan).choices[0]!;
    expect(options.map(({ value }) => value)).toEqual(['backfill']);
    await rig.client.update({ definition, replaceFlow: 'backfill' });
    expect(states(sandbox)).toEqual(['enabled']);
    await mustBeEmpty(definition);
  });
});

describe.concurrent('a change of the dataset', () => {
  it('to one that is given leaves the old one, with its schema, and says so; the way back leads to that one', async () => {
    const { sandbox, resources } = await made();
    const other = await rig.client.start({
      ...orders(sandbox),
      name: 'other',
      schema: { ...(orders(sandbox)['schema'] as object), title: 'Other' },
    });
    const { dataset } = (await other.result()).resources;
    const { schema: _, ...rest } = orders(sandbox);
    const definition = { ...rest, dataset: { id: dataset! } };
    const updated = await rig.client.update({ definition, replaceFlow: 'from-now' });
    expect(updated.resources.dataset).toBe(dataset);
    const told = updated.warnings.filter(({ code }) => code === 'left-of-replaced-flow');
    expect(told).toHaveLength(1);
    for (const id of [resources.dataset!, resources.schema!]) expect(told[0]!.message).toContain(id);
    expect(stored('dataSets', sandbox).map(({ id }) => id)).toContain(resources.dataset);
    await mustBeEmpty(definition);

    const again = orders(sandbox);
    expect((await refusalOf(rig.client.update({ definition: again }))).type).toBe('ChoiceNeeded');
    const back = await rig.client.update({ definition: again, replaceFlow: 'from-now' });
    expect(back.resources).toMatchObject({ dataset: resources.dataset, schema: resources.schema });
    await mustBeEmpty(again);
  });
});

describe.concurrent('a change of the schema', () => {
  const events = { title: 'Events', class: 'https://ns.adobe.com/xdm/context/experienceevent' };
  const mapping = [{ source: 'TestID', destination: '_id' }];
  const replaceFlow = 'from-now';

  it('to another class makes another one, and its dataset; the way back leads to those that were left', async () => {
    const { sandbox, resources } = await made();
    const definition = orders(sandbox, { schema: events, mapping });
    await rig.client.update({ definition, replaceFlow });
    await mustBeEmpty(definition);
    const all = { ...oneOfSix, schemas: 2, dataSets: 2, mappingSets: 2 };
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(all);
    const back = await rig.client.update({ definition: orders(sandbox), replaceFlow });
    await mustBeEmpty(orders(sandbox));
    expect(back.resources).toMatchObject({ schema: resources.schema, dataset: resources.dataset });
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(all);
    expect(states(sandbox)).toEqual(['enabled']);
  });

  it('to another class, refused halfway, leaves one that the next update grows as it asks for', async () => {
    const { sandbox } = await made();
    const refused = [{ expression: wrongExpression, destination: '_id' }];
    const first = orders(sandbox, { schema: events, mapping: refused });
    expect((await refusalOf(rig.client.update({ definition: first, replaceFlow }))).type).toBe('Rejected');
    const fieldGroups = ['https://ns.adobe.com/xdm/context/identitymap'];
    const definition = orders(sandbox, { schema: { ...events, fieldGroups }, mapping });
    await rig.client.update({ definition, replaceFlow });
    await mustBeEmpty(definition);
    const all = { ...oneOfSix, schemas: 2, dataSets: 2, mappingSets: 2 };
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(all);
    expect(states(sandbox)).toEqual(['enabled']);
  });
});

describe.concurrent('a mapping', () => {
  it('whose flow AEP does not let change stays as it was, and so does the plan for the one from before', async () => {
    const { sandbox } = await made();
    const definition = orders(sandbox, { mapping: lastName });
    rig.emulator.control.addFault({ method: 'PATCH', path: '/flowservice/flows/*', kind: '404', sandbox });
    expect((await refusalOf(rig.client.update({ definition }))).type).toBe('Rejected');
    await mustBeEmpty(orders(sandbox));
    expect(busySteps(await rig.client.plan(definition)).map(({ kind }) => kind)).toEqual([
      'mappingSet',
      'flow',
    ]);
    await rig.client.update({ definition });
    await mustBeEmpty(definition);
    // The version was there already.
    expect(stored('mappingSets', sandbox).map(({ version }) => version)).toEqual([1]);
  });

  it('that was changed once is applied in its newest version by a dataflow that is deleted and created again', async () => {
    const { sandbox } = await made();
    const definition = orders(sandbox, { mapping: lastName });
    await rig.client.update({ definition });
    await rig.client.delete({ sandbox, name: 'orders' });
    const { made: again } = await (await rig.client.start(definition)).result();
    expect(again).toContain('flow');
    await mustBeEmpty(definition);
  });
});

describe.concurrent('after an update that was terminated in the middle of a replacement,', () => {
  /** The old flow is disabled, the new one is a draft. */
  async function halfway() {
    const { sandbox, flowId } = await made();
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    rig.emulator.control.addFault({ ...actions, kind: 'hang', skip: 1 });
    const definition = from(sandbox, 'acmeSpringCampaign');
    const update = rig.client.update({ definition, replaceFlow: 'from-now' }).catch(() => undefined);
    await faultIn(sandbox);
    await rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`).terminate();
    await update;
    expect(new Set(states(sandbox))).toEqual(new Set(['disabled', 'draft']));
    return { sandbox, flowId, definition };
  }

  it('create refuses and names the update, plan tells, delete leaves nothing, create makes it again', async () => {
    const { sandbox, definition } = await halfway();
    const refusal = await refusalOf((await rig.client.start(definition)).result());
    expect(refusal.type).toBe('Conflict');
    expect(refusal.message).toContain('updateDataflow');
    expect(busySteps(await rig.client.plan(definition)).map(({ kind, action }) => [kind, action])).toEqual([
      ['flow', 'update'],
      ['flow', 'remove'],
      ['targetConnection', 'remove'],
      ['sourceConnection', 'remove'],
    ]);
    const before = (await rig.client.plan(orders(sandbox))).steps.find(({ kind }) => kind === 'flow');
    expect(before).toMatchObject({
      action: 'update',
      reason: expect.stringContaining('enabled again') as string,
    });

    const { left } = await rig.client.delete({ sandbox, name: 'orders', also: ['dataset', 'schema'] });
    expect(new Set(left.map(({ kind }) => kind))).toEqual(new Set(['mappingSet']));
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual({ mappingSets: 1 });
    await (await rig.client.start(definition)).result();
    await mustBeEmpty(definition);
  });
});

describe.concurrent('a replacement that is finished', () => {
  it.each([0, 0.3, 0.6, 0.9])('and reset to %d of its way is whole', async (part) => {
    const { sandbox } = await made();
    const definition = from(sandbox, 'acmeSpringCampaign');
    const updated = await rig.client.update({ definition, replaceFlow: 'from-now' });
    const { client, namespace } = rig.temporal;
    const workflowId = `dataflow:${sandbox}:orders`;
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const tasks = (events ?? []).filter(({ eventType }) => eventType === taskCompleted);
    const { runId } = await client.workflowService.resetWorkflowExecution({
      namespace,
      workflowExecution: { workflowId },
      workflowTaskFinishEventId: tasks[Math.round(part * (tasks.length - 1))]!.eventId!,
      requestId: crypto.randomUUID(),
      reason: 'test',
    });
    const again = (await client.workflow.getHandle(workflowId, runId!).result()) as { flowId: string };
    expect(again.flowId).toBe(updated.flowId);
    expect(states(sandbox)).toEqual(['enabled']);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    await mustBeEmpty(definition);
  });

  it('and is deleted, with all that may hold data, leaves only what it says, and can be created again', async () => {
    const { sandbox } = await made();
    const definition = from(sandbox, 'acmeSpringCampaign');
    await rig.client.update({ definition, replaceFlow: 'from-now' });
    const { left } = await rig.client.delete({ sandbox, name: 'orders', also: ['dataset', 'schema'] });
    expect(left.map(({ kind }) => kind)).toEqual(['mappingSet']);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual({ mappingSets: 1 });
    await (await rig.client.start(definition)).result();
    await mustBeEmpty(definition);
  });
});
