import { describe, expect } from 'vitest';
import type { ResourceKind } from '../../emulator/emulator.ts';
import type { Plan } from '../../src/client.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { stageFor } from '../simulation/stage.ts';
import {
  administratorOf,
  oneOfSix,
  orders,
  refusalOf,
  requestsIn,
  wrongExpression,
} from '../support/dataflows.ts';
import { example } from '../support/example.ts';
import { marked } from '../support/marked.ts';
import { lastName, mustBeEmpty, ordersFromTable } from './helpers.ts';

// AEP takes a moment over patches and actions.
const { stage, it } = stageFor({ emulator: { operationLastsMs: [50, 200] } });
const sandbox = 'prod';

const stored = (kind: ResourceKind) => stage.emulator.control.resources(kind, sandbox);
const states = () => stored('flows').map(({ state }) => state);
const busySteps = ({ steps }: Plan) => steps.filter(({ action }) => !['keep', 'given'].includes(action));

async function made(changes: JsonObject = {}) {
  return (await stage.client.start(orders(sandbox, changes))).result();
}

/** Patches as AEP's UI does. */
async function edit(kind: Kind, id: string, operations: JsonObject[]): Promise<void> {
  const { flowService, catalog, schemaRegistry } = administratorOf(stage);
  const of = {
    flow: flowService.flows,
    sourceConnection: flowService.sourceConnections,
    targetConnection: flowService.targetConnections,
    dataset: catalog.datasets,
    schema: schemaRegistry.schemas,
  }[kind as 'flow'];
  const answer = await of.get({ sandbox }, id);
  await of.patch({ sandbox }, id, operations as never, answer!['etag'] as string | undefined);
  await settled(id);
}

const faultMet = () => stage.until('the fault', () => requestsIn(stage, sandbox).some(({ fault }) => fault));

/** Waits until AEP has done what it was asked for. */
async function settled(id: string): Promise<void> {
  const isSettled = () => !String(stored('flows').find((one) => one['id'] === id)?.['state']).endsWith('ing');
  await stage.until('AEP to be done', isSettled);
}

async function act(flowId: string, action: 'enable' | 'disable'): Promise<void> {
  await administratorOf(stage).flowService.setFlowState({ sandbox }, flowId, action);
  await settled(flowId);
}

describe('what others have edited', () => {
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
      const { resources } = await made();
      await edit(kind, resources[kind]!, operations);
      const definition = orders(sandbox);
      const plan = await stage.client.plan(definition);
      expect(busySteps(plan)).toMatchObject([{ kind, action: 'update', changes: [{ field }] }]);
      const updated = await stage.client.update({ definition });
      expect(updated.resources).toEqual(resources);
      await mustBeEmpty(stage, definition);
      expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
      expect(states()).toEqual(['enabled']);
    },
  );

  it('of the mapping, by a set of their own: another set of ours is made, and theirs stays as it is', async () => {
    const { flowId, resources } = await made();
    const { dataPrep } = administratorOf(stage);
    const [ours] = stored('mappingSets');
    const { id } = await dataPrep.mappingSets.create(
      { sandbox },
      {
        name: 'Made in the UI',
        outputSchema: ours!['outputSchema'],
        mappings: [{ sourceType: 'ATTRIBUTE', source: 'Name', destination: 'person.name.lastName' }],
      },
    );
    const flow = stored('flows')[0]!;
    const at = (flow['transformations'] as JsonObject[]).findIndex(({ name }) => name === 'Mapping');
    const value = { name: 'Mapping', params: { mappingId: id, mappingVersion: '0' } };
    await edit('flow', flowId, [{ op: 'replace', path: `/transformations/${at}`, value }]);
    const theirs = () => stored('mappingSets').find((one) => one['id'] === id);
    const before = JSON.stringify(theirs());

    const definition = orders(sandbox);
    const plan = await stage.client.plan(definition);
    expect(busySteps(plan).map(({ kind, action }) => [kind, action])).toEqual([
      ['mappingSet', 'replace'],
      ['flow', 'update'],
    ]);
    const updated = await stage.client.update({ definition });
    expect(updated.resources.mappingSet).toBe(resources.mappingSet);
    expect(JSON.stringify(theirs())).toBe(before);
    await mustBeEmpty(stage, definition);
  });
});

describe('what others have deleted', () => {
  // AEP deletes no connection that a flow refers to.
  it('the dataset: an update makes it again, with another flow, at a choice', async () => {
    const { resources } = await made();
    await administratorOf(stage).catalog.datasets.remove({ sandbox }, resources.dataset!);
    const definition = orders(sandbox);
    expect(await refusalOf(stage.client.update({ definition }))).toMatchObject({
      type: 'Conflict',
      details: { reason: 'missing', ids: [resources.dataset] },
    });
    const missingFlow = 'recreate';
    expect((await refusalOf(stage.client.update({ definition, missingFlow }))).type).toBe('ChoiceNeeded');
    await stage.client.update({ definition, missingFlow, replaceFlow: 'from-now' });
    await mustBeEmpty(stage, definition);
    expect(states()).toEqual(['enabled']);
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('the old flow, while the new one is a draft: nothing is published until that is said', async () => {
    const { flowId } = await made();
    const definition = ordersFromTable(sandbox);
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    stage.emulator.control.addFault({ ...actions, kind: 'hang' });
    const update = stage.client.update({ definition, replaceFlow: 'from-now' }).catch(() => undefined);
    await faultMet();
    await administratorOf(stage).flowService.flows.remove({ sandbox }, flowId);
    await update;
    expect(states().filter((state) => state !== 'draft')).toEqual([]);
    expect(await refusalOf(stage.client.update({ definition, replaceFlow: 'from-now' }))).toMatchObject({
      type: 'Conflict',
      details: { reason: 'missing', ids: [flowId] },
    });
    await stage.client.update({ definition, replaceFlow: 'from-now', missingFlow: 'recreate' });
    expect(states()).toEqual(['enabled']);
    await mustBeEmpty(stage, definition);
  });
});

describe('a flow that somebody has paused', () => {
  it('stays so when it is changed in place, and the plan says it', async () => {
    const { flowId } = await made();
    await act(flowId, 'disable');
    const definition = orders(sandbox, { description: 'New', mapping: lastName });
    const { plan } = await stage.client.update({ definition });
    expect(plan.warnings).toMatchObject([{ code: 'flow-disabled' }]);
    expect(states()).toEqual(['disabled']);
    await mustBeEmpty(stage, definition);
  });

  it('is replaced by one that is paused, too, and the plan says it', async () => {
    const { flowId } = await made();
    await act(flowId, 'disable');
    const definition = ordersFromTable(sandbox);
    const plan = await stage.client.plan(definition);
    expect(plan.warnings).toMatchObject([
      { code: 'flow-disabled', message: expect.stringContaining('takes its place') as string },
    ]);
    const updated = await stage.client.update({ definition, replaceFlow: 'backfill' });
    expect(updated.flowId).not.toBe(flowId);
    expect(states()).toEqual(['disabled']);
    await mustBeEmpty(stage, definition);
    expect(stage.isWatched({ sandbox, flowId: updated.flowId })).toBe(true);
  });
});

describe('a flow that somebody has paused, whose replacement is terminated', () => {
  it.each([
    ['when it is about to publish the new one', 0, ['disabled', 'draft']],
    ['when the new one has just been published', 1, ['disabled', 'enabled']],
  ])('%s, is replaced by one that is paused, too', async (_, skip, halfway) => {
    const { flowId } = await made();
    await act(flowId, 'disable');
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    stage.emulator.control.addFault({ ...actions, kind: 'hang', skip });
    const definition = ordersFromTable(sandbox);
    const update = stage.client.update({ definition, replaceFlow: 'from-now' }).catch(() => undefined);
    await faultMet();
    await stage.temporal.workflow.getHandle(`dataflow:${sandbox}:orders`).terminate();
    await update;
    expect(states()).toEqual(halfway);
    await stage.client.update({ definition, replaceFlow: 'from-now' });
    expect(states()).toEqual(['disabled']);
    await mustBeEmpty(stage, definition);
  });
});

describe('a flow that an access label hides, and that another was made for,', () => {
  it('is not deleted when it shows again: which of the two stays is a person’s to say', async () => {
    const { flowId } = await made();
    const label = 'core/C12';
    await edit('flow', flowId, [{ op: 'add', path: '/labels', value: [label] }]);
    const definition = orders(sandbox);
    stage.emulator.control.configure({ hiddenLabels: [label] });
    const updated = await stage.client.update({ definition, missingFlow: 'recreate' });
    stage.emulator.control.configure({ hiddenLabels: [] });

    const both = { type: 'Conflict', details: { reason: 'several-flows', ids: [flowId, updated.flowId] } };
    expect(await refusalOf((await stage.client.start(definition)).result())).toMatchObject(both);
    expect(await refusalOf(stage.client.update({ definition }))).toMatchObject(both);
    expect(states()).toEqual(['enabled', 'enabled']);

    await act(flowId, 'disable');
    expect((await stage.client.update({ definition })).flowId).toBe(updated.flowId);
    expect(states()).toEqual(['enabled']);
    await mustBeEmpty(stage, definition);
  });
});

describe('a flow that has lost its mark', () => {
  it('and its name is not made again: the conflict says which line puts the mark back', async () => {
    const { flowId } = await made();
    await edit('flow', flowId, [
      { op: 'replace', path: '/description', value: 'Edited' },
      { op: 'replace', path: '/name', value: 'Renamed' },
    ]);
    const definition = orders(sandbox);
    const refusal = await refusalOf((await stage.client.start(definition)).result());
    expect(refusal).toMatchObject({ type: 'Conflict', details: { reason: 'mark-lost', ids: [flowId] } });
    const [line] = /Managed by aep-dataflows: [^"]+/.exec(refusal.message)!;
    const value = `Edited\n${line}`;
    await edit('flow', flowId, [{ op: 'replace', path: '/description', value }]);
    expect((await stage.client.update({ definition })).flowId).toBe(flowId);
    await mustBeEmpty(stage, definition);
    expect(states()).toEqual(['enabled']);
  });
});

describe('a flow that loads once', () => {
  const once = (changes: JsonObject = {}) => ({
    ...example('accounts-once', { name: 'orders', sandbox }),
    ...changes,
  });

  it('is replaced, also for another mapping, by one that loads all rows, and by no other', async () => {
    await (await stage.client.start(once())).result();
    const mapping = [{ source: 'Id', destination: '_id' }];
    const definition = once({ mapping });
    const refusal = await refusalOf(stage.client.update({ definition, replaceFlow: 'from-now' }));
    expect(refusal.type).toBe('ChoiceNeeded');
    const { options } = (refusal.details['plan'] as Plan).choices[0]!;
    expect(options.map(({ value }) => value)).toEqual(['backfill']);
    await stage.client.update({ definition, replaceFlow: 'backfill' });
    expect(states()).toEqual(['enabled']);
    await mustBeEmpty(stage, definition);
  });
});

describe('a change of the dataset', () => {
  it('to one that is given leaves the old one, with its schema, and says so; the way back leads to that one', async () => {
    const { resources } = await made();
    const other = await stage.client.start({
      ...orders(sandbox),
      name: 'other',
      schema: { ...(orders(sandbox)['schema'] as object), title: 'Other' },
    });
    const { dataset } = (await other.result()).resources;
    const { schema: _, ...rest } = orders(sandbox);
    const definition = { ...rest, dataset: { id: dataset! } };
    const updated = await stage.client.update({ definition, replaceFlow: 'from-now' });
    expect(updated.resources.dataset).toBe(dataset);
    const told = updated.warnings.filter(({ code }) => code === 'left-of-replaced-flow');
    expect(told).toHaveLength(1);
    for (const id of [resources.dataset!, resources.schema!]) expect(told[0]!.message).toContain(id);
    expect(stored('dataSets').map(({ id }) => id)).toContain(resources.dataset);
    await mustBeEmpty(stage, definition);

    const again = orders(sandbox);
    expect((await refusalOf(stage.client.update({ definition: again }))).type).toBe('ChoiceNeeded');
    const back = await stage.client.update({ definition: again, replaceFlow: 'from-now' });
    expect(back.resources).toMatchObject({ dataset: resources.dataset, schema: resources.schema });
    await mustBeEmpty(stage, again);
  });
});

describe('a change of the schema', () => {
  const events = { title: 'Events', class: 'https://ns.adobe.com/xdm/context/experienceevent' };
  const mapping = [{ source: 'TestID', destination: '_id' }];
  const replaceFlow = 'from-now';

  it('to another class makes another one, and its dataset; the way back leads to those that were left', async () => {
    const { resources } = await made();
    const definition = orders(sandbox, { schema: events, mapping });
    await stage.client.update({ definition, replaceFlow });
    await mustBeEmpty(stage, definition);
    const all = { ...oneOfSix, schemas: 2, dataSets: 2, mappingSets: 2 };
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(all);
    const back = await stage.client.update({ definition: orders(sandbox), replaceFlow });
    await mustBeEmpty(stage, orders(sandbox));
    expect(back.resources).toMatchObject({ schema: resources.schema, dataset: resources.dataset });
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(all);
    expect(states()).toEqual(['enabled']);
  });

  it('to another class, refused halfway, leaves one that the next update grows as it asks for', async () => {
    await made();
    const refused = [{ expression: wrongExpression, destination: '_id' }];
    const first = orders(sandbox, { schema: events, mapping: refused });
    expect((await refusalOf(stage.client.update({ definition: first, replaceFlow }))).type).toBe('Rejected');
    const fieldGroups = ['https://ns.adobe.com/xdm/context/identitymap'];
    const definition = orders(sandbox, { schema: { ...events, fieldGroups }, mapping });
    await stage.client.update({ definition, replaceFlow });
    await mustBeEmpty(stage, definition);
    const all = { ...oneOfSix, schemas: 2, dataSets: 2, mappingSets: 2 };
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(all);
    expect(states()).toEqual(['enabled']);
  });
});

describe('a mapping', () => {
  it('whose flow AEP does not let change stays as it was, and so does the plan for the one from before', async () => {
    await made();
    const definition = orders(sandbox, { mapping: lastName });
    stage.emulator.control.addFault({
      method: 'PATCH',
      path: '/flowservice/flows/*',
      kind: '404',
      sandbox,
    });
    expect((await refusalOf(stage.client.update({ definition }))).type).toBe('Rejected');
    await mustBeEmpty(stage, orders(sandbox));
    expect(busySteps(await stage.client.plan(definition)).map(({ kind }) => kind)).toEqual([
      'mappingSet',
      'flow',
    ]);
    await stage.client.update({ definition });
    await mustBeEmpty(stage, definition);
    // The version was there already.
    expect(stored('mappingSets').map(({ version }) => version)).toEqual([1]);
  });

  it('that was changed once is applied in its newest version by a dataflow that is deleted and created again', async () => {
    await made();
    const definition = orders(sandbox, { mapping: lastName });
    await stage.client.update({ definition });
    await stage.client.delete({ sandbox, name: 'orders' });
    const { made: again } = await (await stage.client.start(definition)).result();
    expect(again).toContain('flow');
    await mustBeEmpty(stage, definition);
  });
});

describe('after an update that was terminated in the middle of a replacement,', () => {
  /** The old flow is disabled, the new one is a draft. */
  async function halfway() {
    const { flowId } = await made();
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    stage.emulator.control.addFault({ ...actions, kind: 'hang', skip: 1 });
    const definition = ordersFromTable(sandbox);
    const update = stage.client.update({ definition, replaceFlow: 'from-now' }).catch(() => undefined);
    await faultMet();
    await stage.temporal.workflow.getHandle(`dataflow:${sandbox}:orders`).terminate();
    await update;
    expect(new Set(states())).toEqual(new Set(['disabled', 'draft']));
    return { flowId, definition };
  }

  it('create refuses and names the update, plan tells, delete leaves nothing, create makes it again', async () => {
    const { definition } = await halfway();
    const refusal = await refusalOf((await stage.client.start(definition)).result());
    expect(refusal.type).toBe('Conflict');
    expect(refusal.message).toContain('updateDataflow');
    expect(busySteps(await stage.client.plan(definition)).map(({ kind, action }) => [kind, action])).toEqual([
      ['flow', 'update'],
      ['flow', 'remove'],
      ['targetConnection', 'remove'],
      ['sourceConnection', 'remove'],
    ]);
    const before = (await stage.client.plan(orders(sandbox))).steps.find(({ kind }) => kind === 'flow');
    expect(before).toMatchObject({
      action: 'update',
      reason: expect.stringContaining('enabled again') as string,
    });

    const { left } = await stage.client.delete({ sandbox, name: 'orders', also: ['dataset', 'schema'] });
    expect(new Set(left.map(({ kind }) => kind))).toEqual(new Set(['mappingSet']));
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual({ mappingSets: 1 });
    await (await stage.client.start(definition)).result();
    await mustBeEmpty(stage, definition);
  });

  it.each([0, 0.3, 0.6, 0.9])(
    'reset to %d of its way an hour later it begins at a slot to come',
    async (part) => {
      const { definition } = await halfway();
      await stage.wait(60 * 60_000);
      const workflowId = `dataflow:${sandbox}:orders`;
      stage.reset(stage.run(workflowId), part);
      const before = Date.now() / 1_000;
      await stage.temporal.workflow.getHandle(workflowId).result();
      expect(states()).toEqual(['enabled']);
      const [{ scheduleParams }] = stored('flows') as [{ scheduleParams: { startTime: number } }];
      expect(scheduleParams.startTime).toBeGreaterThan(before);
      await mustBeEmpty(stage, definition);
    },
  );
});

describe('a replacement that is finished', () => {
  // The flow's next slot is another one an hour later.
  const resets = [0, 0.3, 0.6, 0.9].flatMap((part) => [0, 60].map((minutes) => [part, minutes] as const));
  it.each(resets)('and reset to %d of its way, %d minutes later, is whole', async (part, minutes) => {
    await made();
    const definition = ordersFromTable(sandbox);
    const updated = await stage.client.update({ definition, replaceFlow: 'from-now' });
    const [flow] = stored('flows');
    await stage.wait(minutes * 60_000);
    const workflowId = `dataflow:${sandbox}:orders`;
    stage.reset(stage.run(workflowId), part);
    const again = (await stage.temporal.workflow.getHandle(workflowId).result()) as { flowId: string };
    expect(again.flowId).toBe(updated.flowId);
    expect(stored('flows')).toMatchObject([{ state: 'enabled', scheduleParams: flow!['scheduleParams'] }]);
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    await mustBeEmpty(stage, definition);
  });

  it('and is deleted, with all that may hold data, leaves only what it says, and can be created again', async () => {
    await made();
    const definition = ordersFromTable(sandbox);
    await stage.client.update({ definition, replaceFlow: 'from-now' });
    const { left } = await stage.client.delete({ sandbox, name: 'orders', also: ['dataset', 'schema'] });
    expect(left.map(({ kind }) => kind)).toEqual(['mappingSet']);
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual({ mappingSets: 1 });
    await (await stage.client.start(definition)).result();
    await mustBeEmpty(stage, definition);
  });
});
