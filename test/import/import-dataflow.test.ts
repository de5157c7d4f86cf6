import { describe, expect } from 'vitest';
import { isEmpty, type Definition } from '../../src/client.ts';
import { byAepp, byUi, tutorial, tutorials, type Bodies } from '../plan/foreign-flows.ts';
import { ids as sampleIds } from '../resources/sample-ids.ts';
import { stageFor } from '../simulation/stage.ts';
import { administratorOf, failureOf, orders, outcomeOf, requestsIn } from '../support/dataflows.ts';
import { example, examples } from '../support/example.ts';
import { marked } from '../support/marked.ts';
import { makeForeign } from './foreign-flow.ts';

const webhooks = { 'on-call': { url: 'https://hooks.example/on-call', key: 'a key that is long enough' } };
const { stage, it } = stageFor({ worker: { webhooks } });
const sandbox = 'prod';

/** What changed something in AEP: of all POSTs only the validation of a mapping cannot. */
const changes = () =>
  requestsIn(stage, sandbox)
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))
    .map(({ method, path }) => `${method} ${path}`);

/** Runs an import as any Temporal client can. */
function started(input: object, workflowId: string) {
  return stage.temporal.workflow.start('importDataflow', {
    workflowId,
    taskQueue: 'aep-dataflows',
    args: [input],
  });
}

const refusal = async (input: object, workflowId = `import:${crypto.randomUUID()}`) =>
  failureOf(await started(input, workflowId));

/** What AEP shows of everything in a sandbox, without what time alone changes. */
function everything() {
  const kinds = [
    'sourceConnections',
    'targetConnections',
    'flows',
    'schemas',
    'dataSets',
    'mappingSets',
  ] as const;
  return kinds.flatMap((kind) => stage.emulator.control.resources(kind, sandbox));
}

/** Nothing would be done by a create, nor by an update. */
async function mustBeInPlace(definition: Definition): Promise<void> {
  const before = changes();
  expect(isEmpty(await stage.client.plan(definition))).toBe(true);
  const { made } = await (await stage.client.start(definition)).result();
  expect(made).toEqual([]);
  expect(isEmpty((await stage.client.update({ definition })).plan)).toBe(true);
  expect(changes()).toEqual(before);
}

describe.each(examples)('the flow of %s', (name) => {
  it('is read back into a definition that has nothing to change', async () => {
    const given = example(name, { name: 'imported', sandbox });
    const { flowId } = await (await stage.client.start(given)).result();
    const before = changes();
    const { definition, plan, notExpressible } = await stage.client.importDataflow({ sandbox, flowId });
    expect(notExpressible).toEqual([]);
    expect(plan.problems).toEqual([]);
    expect(isEmpty(plan)).toBe(true);
    expect(definition).toMatchObject({ name: 'imported', sandbox, mapping: given['mapping'] });
    expect(changes()).toEqual(before);
    const planned = await stage.client.plan(definition);
    expect(isEmpty(planned)).toBe(true);
    expect(planned.digest).toBe(plan.digest);
  });
});

const foreign: [string, Bodies, Parameters<typeof makeForeign>[3]][] = [
  ...tutorials.map((page): [string, Bodies, Parameters<typeof makeForeign>[3]] => {
    const { bodies, ids } = tutorial(page);
    return [page, bodies, ids];
  }),
  ['the client aepp', byAepp, sampleIds],
  // The emulator takes no empty list of columns.
  [
    "AEP's UI",
    { ...byUi, sourceConnection: { ...byUi.sourceConnection, params: { tableName: 'test1.Mytable' } } },
    sampleIds,
  ],
];

describe.each(foreign)('a flow as %s makes it', (_, bodies, told) => {
  it('is read without a change, and adopted by three', async () => {
    const made = await makeForeign(stage, sandbox, bodies, told);
    const { flow: flowId, sourceConnection, targetConnection } = made;
    const read = await stage.client.importDataflow({ sandbox, flowId });
    expect(changes()).toEqual([]);
    expect(read.plan).toMatchObject({ problems: [] });
    expect(isEmpty(read.plan)).toBe(true);
    expect(read.definition.name).toBe(bodies.flow!['name']);

    const adopted = await stage.client.importDataflow({ sandbox, flowId, adopt: true });
    expect(adopted).toMatchObject({ ...read, plan: { summary: read.plan.summary } });
    expect(changes()).toEqual([
      `PATCH /flowservice/sourceConnections/${sourceConnection}`,
      `PATCH /flowservice/targetConnections/${targetConnection}`,
      `PATCH /flowservice/flows/${flowId}`,
    ]);
    const planned = await stage.client.plan(adopted.definition);
    expect(isEmpty(planned)).toBe(true);
    expect(planned.digest).toBe(adopted.plan.digest);
  });
});

describe.each(foreign.filter(([by]) => by === 'tutorial-protocols' || by === "AEP's UI"))(
  'an adopted flow of %s',
  (_, bodies, told) => {
    it('is a dataflow like any other', async () => {
      const made = await makeForeign(stage, sandbox, bodies, told);
      const { flow: flowId, sourceConnection, targetConnection, ...others } = made;
      const kept = everything().filter(({ id, $id }) => Object.values(others).includes(String(id ?? $id)));
      const { definition: adopted } = await stage.client.importDataflow({ sandbox, flowId, adopt: true });
      expect(stage.isWatched({ sandbox, flowId })).toBe(true);
      await mustBeInPlace(adopted);

      const schedule = { ...adopted.schedule, frequency: 'day' as const, interval: 2 };
      const definition = { ...adopted, description: 'Ours now', schedule };
      expect((await stage.client.update({ definition })).flowId).toBe(flowId);
      expect(isEmpty(await stage.client.plan(definition))).toBe(true);

      const named = { sandbox, name: definition.name };
      const { deleted } = await stage.client.delete({ ...named, also: ['dataset', 'schema'] });
      expect(deleted).toEqual([{ flow: flowId }, { targetConnection }, { sourceConnection }]);
      expect(everything()).toEqual(expect.arrayContaining(kept));
    });
  },
);

describe('an import', () => {
  it('names what no definition can say, and never changes it', async () => {
    const bodies = {
      ...byUi,
      flow: { ...byUi.flow, labels: ['core/C12'], invented: { by: ['somebody'] } },
      sourceConnection: { ...byUi.sourceConnection, params: { tableName: 'T', password: 'hunter2' } },
    };
    const { flow: flowId } = await makeForeign(stage, sandbox, bodies, sampleIds);
    const { definition, plan, notExpressible } = await stage.client.importDataflow({ sandbox, flowId });
    expect(isEmpty(plan)).toBe(true);
    expect(notExpressible).toEqual([
      { path: 'sourceConnection.params.password', value: '(not shown: it looks like a secret)' },
      { path: 'mappingSet.name', value: 'New Mapping Set - 2026-03-01' },
      { path: 'flow.options.isSampleDataflow', value: false },
      { path: 'flow.labels', value: ['core/C12'] },
      { path: 'flow.invented', value: { by: ['somebody'] } },
    ]);
    await stage.client.importDataflow({ sandbox, flowId, adopt: true });
    await stage.client.update({
      definition: { ...definition, schedule: { ...definition.schedule, interval: 3 } },
    });
    const [flow] = stage.emulator.control.resources('flows', sandbox);
    expect(flow).toMatchObject({ labels: ['core/C12'], invented: { by: ['somebody'] } });
  });

  it('reads the version of the mapping that the flow applies, not the newest', async () => {
    const { flow: flowId, mappingSet } = await makeForeign(stage, sandbox, byAepp, sampleIds);
    await administratorOf(stage).dataPrep.mappingSets.put({ sandbox }, mappingSet, {
      outputSchema: { schemaRef: stage.emulator.control.resources('mappingSets', sandbox)[0]!['schemaRef'] },
      mappings: [{ sourceType: 'ATTRIBUTE', source: 'Name', destination: 'person.name.fullName' }],
    });
    const { definition, plan } = await stage.client.importDataflow({ sandbox, flowId, adopt: true });
    expect(definition.mapping).toEqual([
      { source: 'TestID', destination: '_id' },
      { expression: 'upper(Name)', destination: 'person.name.lastName' },
    ]);
    expect(isEmpty(plan)).toBe(true);
    await mustBeInPlace(definition);
  });

  it('under another name renames the flow as it adopts it', async () => {
    const bodies = { ...byAepp, flow: { ...byAepp.flow, name: 'sales/orders, daily ' } };
    const { flow: flowId } = await makeForeign(stage, sandbox, bodies, sampleIds);
    const told = await refusal({ sandbox, flowId });
    expect(told).toMatchObject({ type: 'InvalidDefinition', details: { problems: [{ field: 'name' }] } });
    expect(told.message).toContain('such as "sales-orders- daily"');

    const { plan, notExpressible } = await stage.client.importDataflow({ sandbox, flowId, name: 'orders' });
    expect(plan.steps.flatMap(({ changes }) => changes)).toEqual([
      { field: 'name', from: 'sales/orders, daily ', to: 'orders' },
    ]);
    expect(notExpressible).toEqual([{ path: 'flow.name', value: 'sales/orders, daily ' }]);
    const adopted = await stage.client.importDataflow({ sandbox, flowId, name: 'orders', adopt: true });
    expect(isEmpty(adopted.plan)).toBe(true);
    expect(stage.emulator.control.resources('flows', sandbox)[0]).toMatchObject({ name: 'orders' });
    await mustBeInPlace(adopted.definition);
  });

  it('with adopt is done once, however often it is asked for', async () => {
    const { flow: flowId } = await makeForeign(stage, sandbox, byAepp, sampleIds);
    const first = await stage.client.importDataflow({ sandbox, flowId, adopt: true });
    const made = changes();
    expect(await stage.client.importDataflow({ sandbox, flowId, adopt: true })).toEqual(first);
    expect(changes()).toEqual(made);
    expect(await outcomeOf(stage.temporal, `dataflow:${sandbox}:Flow 0`)).toMatchObject({
      adopted: { flow: flowId },
    });
  });

  it('with adopt under two names at once is done under one of them, and the other changes nothing', async () => {
    const { flow: flowId } = await makeForeign(stage, sandbox, byAepp, sampleIds);
    const names = ['first', 'second'];
    const ended = await Promise.allSettled(
      names.map((name) => stage.client.importDataflow({ sandbox, flowId, name, adopt: true })),
    );
    const won = ended.findIndex(({ status }) => status === 'fulfilled');
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(ended[1 - won]).toMatchObject({ reason: { type: 'Conflict' } });
    const three = { sourceConnections: 1, targetConnections: 1, flows: 1 };
    expect(marked(stage.emulator, `${sandbox}/${names[won]!}`)).toEqual(three);
    expect(marked(stage.emulator, `${sandbox}/${names[1 - won]!}`)).toEqual({});
  });
});

describe('a flow is refused', () => {
  it('that AEP does not show', async () => {
    const told = await refusal({ sandbox, flowId: crypto.randomUUID() });
    expect(told).toMatchObject({ type: 'InvalidDefinition', details: { problems: [{ field: 'flowId' }] } });
  });

  it('of which a part is gone', async () => {
    const { flow: flowId, sourceConnection } = await makeForeign(stage, sandbox, byAepp, sampleIds);
    const path = `/flowservice/sourceConnections/${sourceConnection}`;
    stage.emulator.control.addFault({ method: 'GET', path, kind: '404', sandbox });
    const told = await refusal({ sandbox, flowId });
    expect(told.type).toBe('InvalidDefinition');
    expect(told.message).toContain(`AEP does not show its source connection ${sourceConnection}`);
  });

  it('where the input makes no sense, with all that is wrong', async () => {
    const told = await refusal({ sandbox: 'Prod', flowId: 'a/b', name: 'x/y', adopt: 'yes', more: 1 });
    expect(told.type).toBe('InvalidDefinition');
    const problems = told.details['problems'] as { field: string }[];
    expect(problems.map(({ field }) => field).sort()).toEqual(['adopt', 'flowId', 'more', 'name', 'sandbox']);
  });

  it('under an id that is not its lock, before and after its name is known', async () => {
    const { flow: flowId } = await makeForeign(stage, sandbox, byAepp, sampleIds);
    for (const input of [{ name: 'Flow 0' }, {}]) {
      const told = await refusal({ sandbox, flowId, adopt: true, ...input });
      expect(told.type).toBe('InvalidDefinition');
      expect(told.message).toContain(`--workflow-id 'dataflow:${sandbox}:Flow 0'`);
    }
    expect(changes()).toEqual([]);
  });

  it('that is another dataflow, or whose connection is one’s', async () => {
    const { flowId } = await (await stage.client.start(orders(sandbox))).result();
    const told = await refusal({ sandbox, flowId, name: 'mine' });
    expect(told).toMatchObject({ type: 'Conflict', details: { reason: 'foreign', ids: [flowId] } });
    expect(told.message).toContain(`${sandbox}/orders`);

    const marked = 'dev';
    const description = `theirs\nManaged by aep-dataflows: ${marked}/theirs #abcdefgh`;
    const bodies = { ...byAepp, sourceConnection: { ...byAepp.sourceConnection, description } };
    const made = await makeForeign(stage, marked, bodies, sampleIds);
    const other = await refusal({ sandbox: marked, flowId: made.flow });
    expect(other).toMatchObject({ type: 'Conflict', details: { ids: [made.sourceConnection] } });
  });

  it('whose mark is of another sandbox, as a copy of a package has it', async () => {
    const description = 'Managed by aep-dataflows: dev/orders #abcdefgh';
    const bodies = { ...byAepp, flow: { ...byAepp.flow, description } };
    const { flow: flowId } = await makeForeign(stage, sandbox, bodies, sampleIds);
    const told = await refusal({ sandbox, flowId });
    expect(told).toMatchObject({ type: 'Conflict', details: { ids: [flowId] } });
    expect(told.message).toContain('dev/orders');
  });

  it('under the name of a dataflow that has a flow', async () => {
    const mine = await (await stage.client.start(orders(sandbox))).result();
    const { flow: flowId } = await makeForeign(stage, sandbox, byAepp, sampleIds);
    const told = await refusal(
      { sandbox, flowId, name: 'orders', adopt: true },
      `dataflow:${sandbox}:orders`,
    );
    expect(told).toMatchObject({ type: 'Conflict', details: { ids: [mine.flowId] } });
  });

  it('that shares its source connection, and nothing is marked', async () => {
    const { flow: flowId, sourceConnection } = await makeForeign(stage, sandbox, byAepp, sampleIds);
    const second = { ...byAepp, flow: { ...byAepp.flow, name: 'Flow 1' } };
    const { flow: other } = await makeForeign(stage, sandbox, second, sampleIds);
    await administratorOf(stage).flowService.flows.create(
      { sandbox },
      {
        ...(await administratorOf(stage).flowService.flows.get({ sandbox }, other)),
        name: 'Flow 2',
        id: undefined,
        state: undefined,
        sourceConnectionIds: [sourceConnection],
      },
    );
    const told = await refusal({ sandbox, flowId, adopt: true }, `dataflow:${sandbox}:Flow 0`);
    expect(told).toMatchObject({ type: 'Conflict' });
    expect(told.message).toContain('shares its source or target connection');
    expect(changes()).toEqual([]);
  });

  it('that is a draft, and its plan says what is to be done', async () => {
    const { flow: flowId } = await makeForeign(stage, sandbox, byAepp, sampleIds);
    const { flowService } = administratorOf(stage);
    const stored = await flowService.flows.get({ sandbox }, flowId);
    await flowService.flows.remove({ sandbox }, flowId);
    const { id } = await flowService.createDraft({ sandbox }, { ...stored, id: undefined, state: undefined });
    expect(isEmpty((await stage.client.importDataflow({ sandbox, flowId: id })).plan)).toBe(false);
    const told = await refusal({ sandbox, flowId: id, adopt: true }, `dataflow:${sandbox}:Flow 0`);
    expect(told).toMatchObject({ type: 'Conflict', details: { plan: { version: 1 } } });
    expect(told.message).toContain('draft');
  });
});
