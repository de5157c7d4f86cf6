import { describe, expect } from 'vitest';
import type { ResourceKind } from '../../emulator/emulator.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { isEmpty } from '../../src/client.ts';
import { stageFor } from '../simulation/stage.ts';
import {
  administratorOf,
  failureOf,
  legacyOrders,
  oneOfNine,
  oneOfSix,
  orders,
  refusalOf,
  requestsIn,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { lastName, mustBeEmpty, ordersFromTable } from './helpers.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

const stored = (kind: ResourceKind) => stage.emulator.control.resources(kind, sandbox);

/** What could change something: of all POSTs only the validation and the preview of a mapping cannot. */
const changes = () =>
  requestsIn(stage, sandbox)
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`)
    .filter((one) => !/^POST \/conversion\/mappingSets\/(validate|preview)$/.test(one));

async function made(changes: JsonObject = {}) {
  return (await stage.client.start(orders(sandbox, changes))).result();
}

describe('an update in place', () => {
  it.each([
    ['the schedule', { schedule: { frequency: 'hour', interval: 2, backfill: true } }],
    ['the description', { description: 'Orders of the shop' }],
    ['an option', { options: { errorDiagnosticsEnabled: true, partialIngestionPercent: 7 } }],
    ["the dataset's name and description", { dataset: { name: 'Others', description: 'Of others' } }],
    ['the mapping', { mapping: lastName }],
    ['all of it', { description: 'All', options: { partialIngestionPercent: 3 }, mapping: lastName }],
  ])('changes %s, keeps every id, and leaves nothing to do', async (_, changes) => {
    const { resources } = await made();
    const definition = orders(sandbox, changes);
    const updated = await stage.client.update({ definition });
    expect(updated.resources).toEqual(resources);
    expect(updated.surplus).toEqual([]);
    expect(isEmpty(updated.plan)).toBe(false);
    await mustBeEmpty(stage, definition);
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('takes back options that are not asked for any more, and tells what stays', async () => {
    const options = { errorDiagnosticsEnabled: true, partialIngestionPercent: 7 };
    const { flowId } = await made({ options, description: 'Of the shop' });
    const definition = orders(sandbox, { options: undefined, description: undefined });
    const updated = await stage.client.update({ definition });
    expect(updated.flowId).toBe(flowId);
    const [flow] = stored('flows');
    expect(flow!['options']).toEqual({ errorDiagnosticsEnabled: false });
    expect(updated.warnings).toMatchObject([{ code: 'not-in-definition', field: 'description' }]);
    await mustBeEmpty(stage, definition);
  });

  it('of the mapping puts the next version of the set, and the flow takes it', async () => {
    const { resources } = await made();
    await stage.client.update({ definition: orders(sandbox, { mapping: lastName }) });
    const [flow] = stored('flows');
    const transformations = flow!['transformations'] as { name: string; params: JsonObject }[];
    const mapping = transformations.find(({ name }) => name === 'Mapping');
    expect(mapping!.params).toMatchObject({ mappingId: resources.mappingSet, mappingVersion: '1' });
    expect(transformations.map(({ name }) => name)).toContain('Copy');
    expect(stored('mappingSets')).toHaveLength(1);
  });

  it('renames and describes all nine parts of the older generation anew', async () => {
    const named = (text: string) => ({
      source: {
        ...(legacyOrders(sandbox)['source'] as object),
        name: `Source ${text}`,
        description: text,
        adHocSchema: {
          title: `Raw ${text}`,
          description: text,
          class: { title: `Row ${text}`, description: text },
        },
      },
      schema: {
        ...(legacyOrders(sandbox)['schema'] as object),
        title: `Orders ${text}`,
        description: text,
      },
      dataset: { name: `Orders ${text}`, description: text },
      target: {
        name: `Target ${text}`,
        description: text,
        datasetBaseConnection: { name: text, description: text },
      },
      description: text,
    });
    const before = await (await stage.client.start(legacyOrders(sandbox, named('before')))).result();
    const definition = legacyOrders(sandbox, named('after'));
    const { resources, plan } = await stage.client.update({ definition });
    expect(resources).toEqual(before.resources);
    // A mapping set has neither.
    expect(plan.summary).toBe('8 to change, 1 as they are');
    await mustBeEmpty(stage, definition);
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfNine);
  });

  it('with nothing to change is a success without a request that changes anything', async () => {
    const { resources } = await made();
    const before = changes();
    const updated = await stage.client.update({ definition: orders(sandbox) });
    expect(changes()).toEqual(before);
    expect(isEmpty(updated.plan)).toBe(true);
    expect(updated.resources).toEqual(resources);
  });

  it.each([
    ['the reply to the PATCH is lost', { method: 'PATCH', kind: 'reset-after' }],
    ['the reply to the PUT is lost', { method: 'PUT', kind: 'reset-after' }],
    ['AEP is away', { method: 'PATCH', kind: '503', times: 2 }],
  ] as const)('where %s is settled by reading', async (_, fault) => {
    await made();
    stage.emulator.control.addFault({ ...fault, sandbox });
    const definition = orders(sandbox, { mapping: lastName, description: 'New' });
    await stage.client.update({ definition });
    await mustBeEmpty(stage, definition);
    const [set] = stored('mappingSets');
    expect(set!['version']).toBe(1);
  });
});

describe('an update', () => {
  it('with the digest of its plan carries out exactly that', async () => {
    await made();
    const definition = orders(sandbox, { description: 'New' });
    const { digest } = await stage.client.plan(definition);
    const { plan } = await stage.client.update({ definition, digest });
    expect(plan.digest).toBe(digest);
  });

  it('with a digest of what has changed since is StalePlan, with the plan that counts now', async () => {
    const { flowId } = await made();
    const definition = orders(sandbox, { description: 'New' });
    const { digest } = await stage.client.plan(definition);
    const { flows } = administratorOf(stage).flowService;
    const flow = await flows.get({ sandbox }, flowId);
    const operations = [{ op: 'replace' as const, path: '/scheduleParams/interval', value: 45 }];
    await flows.patch!({ sandbox }, flowId, operations, String(flow!['etag']));
    const { type, plan } = await refusalOf(stage.client.update({ definition, digest }));
    expect(type).toBe('StalePlan');
    expect(JSON.stringify(plan.steps)).toContain('schedule.interval');
    expect(stored('flows')[0]!['description']).not.toContain('New');
  });

  it('that was given the definition itself is told where to put it, by the client and by the workflow', async () => {
    const definition = orders(sandbox);
    const what = 'what was given is the definition itself. Give {"definition": …} with it inside';
    await expect(stage.client.update(definition as never)).rejects.toThrow(what);
    const workflowId = `dataflow:${String(definition['sandbox'])}:orders`;
    const options = { workflowId, taskQueue: 'aep-dataflows', args: [definition] };
    const started = await stage.temporal.workflow.start('updateDataflow', options);
    expect((await failureOf(started)).message).toContain(what);
  });

  it('of a dataflow that has no flow is a Conflict that names createDataflow', async () => {
    const { type, message } = await refusalOf(stage.client.update({ definition: orders(sandbox) }));
    expect(type).toBe('Conflict');
    expect(message).toContain('createDataflow');
  });

  it('that takes a choice which was not made is ChoiceNeeded, and nothing is changed', async () => {
    await made();
    const refusal = await refusalOf(stage.client.update({ definition: ordersFromTable(sandbox) }));
    expect(refusal.type).toBe('ChoiceNeeded');
    expect(refusal.plan.choices[0]!.name).toBe('replaceFlow');
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });
});

describe('an update that is refused', () => {
  it('has made nothing, though Temporal knows of no run that made the dataflow', async () => {
    const refusal = await refusalOf(stage.client.update({ definition: orders(sandbox) }));
    expect(refusal.type).toBe('Conflict');
    expect(requestsIn(stage, sandbox, { method: 'POST', path: '/schemaregistry/**' })).toEqual([]);
  });
});

describe('a replacement', () => {
  const definition = ordersFromTable(sandbox);

  it.each(['from-now', 'backfill'] as const)(
    'puts another flow with another pair in the place of the old one (%s)',
    async (replaceFlow) => {
      const { flowId, resources } = await made();
      const updated = await stage.client.update({ definition, replaceFlow });
      expect(updated.flowId).not.toBe(flowId);
      expect(updated.resources).toMatchObject({ dataset: resources.dataset, schema: resources.schema });
      const flows = stored('flows');
      expect(flows.map(({ id }) => id)).toEqual([updated.flowId]);
      expect(flows[0]).toMatchObject({
        state: 'enabled',
        scheduleParams: { backfill: replaceFlow === 'backfill' },
      });
      expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
      await mustBeEmpty(stage, definition);
      expect(stage.isWatched({ sandbox, flowId: updated.flowId })).toBe(true);
    },
  );

  it('takes a row filter away that is not asked for any more', async () => {
    const filters = { type: 'PQL', format: 'pql/json', value: { nodeType: 'literal', value: true } };
    const source = { ...(orders(sandbox)['source'] as object), filters };
    const before = await (await stage.client.start(orders(sandbox, { source }))).result();
    const definition = orders(sandbox);
    const updated = await stage.client.update({ definition, replaceFlow: 'from-now' });
    expect(updated.flowId).not.toBe(before.flowId);
    const [connection] = stored('sourceConnections');
    expect(connection!['params']).not.toHaveProperty('filters');
    await mustBeEmpty(stage, definition);
  });

  it('that AEP refuses to publish is taken back, and goes on when it is started again', async () => {
    const { flowId } = await made();
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    // The first action disables the old flow.
    stage.emulator.control.addFault({ ...actions, kind: '404', skip: 1 });
    const refusal = await refusalOf(stage.client.update({ definition, replaceFlow: 'from-now' }));
    expect(refusal).toMatchObject({ type: 'Rejected' });
    const states = () => stored('flows').map(({ id, state }) => [id, state]);
    expect(states()).toEqual([[flowId, 'enabled']]);
    expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    const updated = await stage.client.update({ definition, replaceFlow: 'from-now' });
    expect(states()).toEqual([[updated.flowId, 'enabled']]);
    await mustBeEmpty(stage, definition);
  });

  const oldFlow = (id: string) => stored('flows').find((one) => one['id'] === id)?.['state'];
  const update = `dataflow:${sandbox}:orders`;

  it('that was taken back, and is reset to before it asked the watcher to make way, waits for it anew', async () => {
    const { flowId } = await made();
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    stage.emulator.control.addFault({ ...actions, kind: '404', skip: 1 });
    await refusalOf(stage.client.update({ definition, replaceFlow: 'from-now' }));
    let answer: (() => void) | undefined;
    stage.askedToMakeWay((does) => (answer = does));
    stage.reset(stage.run(update), 0);
    const isMadeWay = await stage.until('the watcher to be asked', () => answer);
    await stage.wait(30_000);
    expect(oldFlow(flowId)).toBe('enabled');
    isMadeWay();
    await stage.temporal.workflow.getHandle(update).result();
    expect(oldFlow(flowId)).toBeUndefined();
    await mustBeEmpty(stage, definition);
  });

  it('asks the watcher once more where no answer has come for a minute', async () => {
    const { flowId } = await made();
    const asked: number[] = [];
    stage.askedToMakeWay((answer) => {
      asked.push(Date.now());
      if (asked.length === 3) answer();
    });
    const began = Date.now();
    await stage.client.update({ definition, replaceFlow: 'from-now' });
    expect(asked).toHaveLength(3);
    expect(Date.now() - began).toBeLessThan(10 * 60_000);
    expect(oldFlow(flowId)).toBeUndefined();
  });

  it('tells of a last run that failed, which goes with the old flow', async () => {
    const { flowId } = await made();
    const completedAt = stage.emulator.control.clock().now;
    const run = stage.emulator.control.makeRun(flowId, { outcome: 'failed', completedAt });
    const { warnings } = await stage.client.update({ definition, replaceFlow: 'from-now' });
    const told = warnings.find(({ code }) => code === 'window-to-compare');
    expect(told?.message).toContain(`is lost with it: ${String(run['id'])}`);
  });

  it('that stopped halfway is planned with each part that is left once, and goes on by the digest of that plan', async () => {
    await made();
    // Each execution notes the flow that it found.
    await stage.client.update({ definition: orders(sandbox) });
    // The first action disables the old flow; the second would publish the new one.
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    stage.emulator.control.addFault({ ...actions, kind: '503', skip: 1, times: 3 });
    const update = stage.client
      .update({ definition, replaceFlow: 'from-now' })
      .catch((error: unknown) => error);
    await stage.until('the second action', () => requestsIn(stage, sandbox, actions).length >= 2);
    await stage.temporal.workflow.getHandle(`dataflow:${sandbox}:orders`).terminate();
    await update;
    const plan = await stage.client.plan(definition);
    expect(plan.steps.filter(({ action }) => action === 'remove').map(({ kind }) => kind)).toEqual([
      'flow',
      'targetConnection',
      'sourceConnection',
    ]);
    await stage.client.update({ definition, digest: plan.digest });
    await mustBeEmpty(stage, definition);
  });
});
