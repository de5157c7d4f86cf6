import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/resources/resource.ts';
import { isEmpty, DataflowError, type Plan, type Progress } from '../../src/client.ts';
import {
  administratorOf,
  failureOf,
  legacyOrders,
  oneOfNine,
  oneOfSix,
  orders,
  places,
  requestsIn,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(50);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const stored = (kind: 'flows' | 'mappingSets' | 'dataSets' | 'sourceConnections', sandbox: string) =>
  rig.emulator.control.resources(kind, sandbox);

async function made(changes: JsonObject = {}) {
  const sandbox = next();
  const result = await (await rig.client.start(orders(sandbox, changes))).result();
  return { sandbox, ...result };
}

async function refusalOf(update: Promise<unknown>): Promise<{ type: string; message: string; plan: Plan }> {
  const error = await update.then(
    () => new Error('It was not refused'),
    (error: unknown) => error,
  );
  if (!(error instanceof DataflowError)) throw error;
  return { type: error.type, message: error.message, plan: error.details['plan'] as Plan };
}

async function mustBeEmpty(definition: JsonObject): Promise<void> {
  const plan = await rig.client.plan(definition);
  expect(plan.steps.filter(({ action }) => !['keep', 'given'].includes(action))).toEqual([]);
  expect(isEmpty(plan)).toBe(true);
}

const lastName = [
  { source: 'TestID', destination: '_id' },
  { source: 'Name', destination: 'person.name.lastName' },
];

describe.concurrent('an update in place', () => {
  it.each([
    ['the schedule', { schedule: { frequency: 'hour', interval: 2, backfill: true } }],
    ['the description', { description: 'Orders of the shop' }],
    ['an option', { options: { errorDiagnosticsEnabled: true, partialIngestionPercent: 7 } }],
    ["the dataset's name and description", { dataset: { name: 'Others', description: 'Of others' } }],
    ['the mapping', { mapping: lastName }],
    ['all of it', { description: 'All', options: { partialIngestionPercent: 3 }, mapping: lastName }],
  ])('changes %s, keeps every id, and leaves nothing to do', async (_, changes) => {
    const { sandbox, resources } = await made();
    const definition = orders(sandbox, changes);
    const updated = await rig.client.update({ definition });
    expect(updated.resources).toEqual(resources);
    expect(updated.surplus).toEqual([]);
    expect(isEmpty(updated.plan)).toBe(false);
    await mustBeEmpty(definition);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('takes back options that are not asked for any more, and tells what stays', async () => {
    const options = { errorDiagnosticsEnabled: true, partialIngestionPercent: 7 };
    const { sandbox, flowId } = await made({ options, description: 'Of the shop' });
    const definition = orders(sandbox, { options: undefined, description: undefined });
    const updated = await rig.client.update({ definition });
    expect(updated.flowId).toBe(flowId);
    const [flow] = stored('flows', sandbox);
    expect(flow!['options']).toEqual({ errorDiagnosticsEnabled: false });
    expect(updated.warnings).toMatchObject([{ code: 'not-in-definition', field: 'description' }]);
    await mustBeEmpty(definition);
  });

  it('of the mapping puts the next version of the set, and the flow takes it', async () => {
    const { sandbox, resources } = await made();
    await rig.client.update({ definition: orders(sandbox, { mapping: lastName }) });
    const [flow] = stored('flows', sandbox);
    const transformations = flow!['transformations'] as { name: string; params: JsonObject }[];
    const mapping = transformations.find(({ name }) => name === 'Mapping');
    expect(mapping!.params).toMatchObject({ mappingId: resources.mappingSet, mappingVersion: '1' });
    expect(transformations.map(({ name }) => name)).toContain('Copy');
    expect(stored('mappingSets', sandbox)).toHaveLength(1);
  });

  it('renames and describes all nine parts of the older generation anew', async () => {
    const sandbox = next();
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
      schema: { ...(legacyOrders(sandbox)['schema'] as object), title: `Orders ${text}`, description: text },
      dataset: { name: `Orders ${text}`, description: text },
      target: {
        name: `Target ${text}`,
        description: text,
        datasetBaseConnection: { name: text, description: text },
      },
      description: text,
    });
    const before = await (await rig.client.start(legacyOrders(sandbox, named('before')))).result();
    const definition = legacyOrders(sandbox, named('after'));
    const { resources, plan } = await rig.client.update({ definition });
    expect(resources).toEqual(before.resources);
    // A mapping set has neither.
    expect(plan.summary).toBe('8 to change, 1 as they are');
    await mustBeEmpty(definition);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfNine);
  });

  it('with nothing to change is a success without a request that changes anything', async () => {
    const { sandbox, resources } = await made();
    const updated = await rig.client.update({ definition: orders(sandbox) });
    expect(isEmpty(updated.plan)).toBe(true);
    expect(updated.resources).toEqual(resources);
  });

  it.each([
    ['the reply to the PATCH is lost', { method: 'PATCH', kind: 'reset-after' }],
    ['the reply to the PUT is lost', { method: 'PUT', kind: 'reset-after' }],
    ['AEP is away', { method: 'PATCH', kind: '503', times: 2 }],
  ] as const)('where %s is settled by reading', async (_, fault) => {
    const { sandbox } = await made();
    rig.emulator.control.addFault({ ...fault, sandbox });
    const definition = orders(sandbox, { mapping: lastName, description: 'New' });
    await rig.client.update({ definition });
    await mustBeEmpty(definition);
    const [set] = stored('mappingSets', sandbox);
    expect(set!['version']).toBe(1);
  });
});

describe.concurrent('an update', () => {
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

  it('with the digest of its plan carries out exactly that', async () => {
    const { sandbox } = await made();
    const definition = orders(sandbox, { description: 'New' });
    const { digest } = await rig.client.plan(definition);
    const { plan } = await rig.client.update({ definition, digest });
    expect(plan.digest).toBe(digest);
  });

  it('with a digest of what has changed since is StalePlan, with the plan that counts now', async () => {
    const { sandbox, flowId } = await made();
    const definition = orders(sandbox, { description: 'New' });
    const { digest } = await rig.client.plan(definition);
    const { flows } = administratorOf(rig).flowService;
    const flow = await flows.get({ sandbox }, flowId);
    const operations = [{ op: 'replace' as const, path: '/scheduleParams/interval', value: 45 }];
    await flows.patch!({ sandbox }, flowId, operations, String(flow!['etag']));
    const { type, plan } = await refusalOf(rig.client.update({ definition, digest }));
    expect(type).toBe('StalePlan');
    expect(JSON.stringify(plan.steps)).toContain('schedule.interval');
    expect(stored('flows', sandbox)[0]!['description']).not.toContain('New');
  });

  it('that was given the definition itself is told where to put it, by the client and by the workflow', async () => {
    const definition = orders(next());
    const what = 'what was given is the definition itself. Give {"definition": …} with it inside';
    await expect(rig.client.update(definition as never)).rejects.toThrow(what);
    const workflowId = `dataflow:${String(definition['sandbox'])}:orders`;
    const options = { workflowId, taskQueue: 'aep-dataflows', args: [definition] };
    const started = await rig.temporal.client.workflow.start('updateDataflow', options);
    expect((await failureOf(started)).message).toContain(what);
  });

  it('of a dataflow that has no flow is a Conflict that names createDataflow', async () => {
    const { type, message } = await refusalOf(rig.client.update({ definition: orders(next()) }));
    expect(type).toBe('Conflict');
    expect(message).toContain('createDataflow');
  });

  it('that takes a choice which was not made is ChoiceNeeded, and nothing is changed', async () => {
    const { sandbox } = await made();
    const source = { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' };
    const refusal = await refusalOf(rig.client.update({ definition: orders(sandbox, { source }) }));
    expect(refusal.type).toBe('ChoiceNeeded');
    expect(refusal.plan.choices[0]!.name).toBe('replaceFlow');
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
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
    await mustBeEmpty(definition);
    // Nobody watches for the other any more, nor takes it for missing where this one is gone, too.
    await expect(rig.client.watcher({ sandbox, flowId }).checkNow()).rejects.toMatchObject({
      details: { replacedBy: updated.flowId },
    });
  });
});

describe.concurrent('an update that is refused', () => {
  it('has made nothing, though Temporal knows of no run that made the dataflow', async () => {
    const sandbox = next();
    const refusal = await refusalOf(rig.client.update({ definition: orders(sandbox) }));
    expect(refusal.type).toBe('Conflict');
    expect(requestsIn(rig, sandbox, { method: 'POST', path: '/schemaregistry/**' })).toEqual([]);
  });
});

describe.concurrent('a replacement', () => {
  const another = (sandbox: string) =>
    orders(sandbox, {
      source: { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' },
    });

  it.each(['from-now', 'backfill'] as const)(
    'puts another flow with another pair in the place of the old one (%s)',
    async (replaceFlow) => {
      const { sandbox, flowId, resources } = await made();
      const definition = another(sandbox);
      const updated = await rig.client.update({ definition, replaceFlow });
      expect(updated.flowId).not.toBe(flowId);
      expect(updated.resources).toMatchObject({ dataset: resources.dataset, schema: resources.schema });
      const flows = stored('flows', sandbox);
      expect(flows.map(({ id }) => id)).toEqual([updated.flowId]);
      expect(flows[0]).toMatchObject({
        state: 'enabled',
        scheduleParams: { backfill: replaceFlow === 'backfill' },
      });
      expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
      await mustBeEmpty(definition);
      expect(await rig.client.health({ sandbox, flowId: updated.flowId })).toBeDefined();
    },
  );

  it('takes a row filter away that is not asked for any more', async () => {
    const sandbox = next();
    const filters = { type: 'PQL', format: 'pql/json', value: { nodeType: 'literal', value: true } };
    const source = { ...(orders(sandbox)['source'] as object), filters };
    const before = await (await rig.client.start(orders(sandbox, { source }))).result();
    const definition = orders(sandbox);
    const updated = await rig.client.update({ definition, replaceFlow: 'from-now' });
    expect(updated.flowId).not.toBe(before.flowId);
    const [connection] = stored('sourceConnections', sandbox);
    expect(connection!['params']).not.toHaveProperty('filters');
    await mustBeEmpty(definition);
  });

  it('that AEP refuses to publish is taken back, and goes on when it is started again', async () => {
    const { sandbox, flowId } = await made();
    const definition = another(sandbox);
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    // The first action disables the old flow.
    rig.emulator.control.addFault({ ...actions, kind: '404', skip: 1 });
    const refusal = await refusalOf(rig.client.update({ definition, replaceFlow: 'from-now' }));
    expect(refusal).toMatchObject({ type: 'Rejected' });
    const states = () => stored('flows', sandbox).map(({ id, state }) => [id, state]);
    expect(states()).toEqual([[flowId, 'enabled']]);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    const updated = await rig.client.update({ definition, replaceFlow: 'from-now' });
    expect(states()).toEqual([[updated.flowId, 'enabled']]);
    await mustBeEmpty(definition);
  });

  it('is told to whoever would pause or resume the flow meanwhile; when it was taken back, both are possible again', async () => {
    const { sandbox, flowId } = await made();
    const watcher = rig.client.watcher({ sandbox, flowId });
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    // The first action disables the old flow; the second would publish the new one.
    rig.emulator.control.addFault({ ...actions, kind: '503', skip: 1, times: 3 });
    rig.emulator.control.addFault({ ...actions, kind: '404', skip: 1 });
    const refused = refusalOf(rig.client.update({ definition: another(sandbox), replaceFlow: 'from-now' }));
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

  it('tells of a last run that failed, which goes with the old flow', async () => {
    const { sandbox, flowId } = await made();
    const completedAt = rig.emulator.control.clock().now;
    const run = rig.emulator.control.makeRun(flowId, { outcome: 'failed', completedAt });
    const { warnings } = await rig.client.update({ definition: another(sandbox), replaceFlow: 'from-now' });
    const told = warnings.find(({ code }) => code === 'window-to-compare');
    expect(told?.message).toContain(`is lost with it: ${String(run['id'])}`);
  });

  describe('from now on', () => {
    /** Gives the flow a last window that ended a minute ago, and replaces it. */
    async function replaced(outcome: 'success' | 'failed') {
      const { sandbox, flowId } = await made();
      const { now } = rig.emulator.control.clock();
      const end = now - 60_000;
      const window = { start: end - 900_000, end };
      rig.emulator.control.makeRun(flowId, { outcome, completedAt: now, window });
      const updated = await rig.client.update({ definition: another(sandbox), replaceFlow: 'from-now' });
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

  it('that stopped halfway is planned with each part that is left once, and goes on by the digest of that plan', async () => {
    const { sandbox } = await made();
    // Each execution notes the flow that it found.
    await rig.client.update({ definition: orders(sandbox) });
    const definition = another(sandbox);
    // The first action disables the old flow; the second would publish the new one.
    const actions = { method: 'POST', path: '/flowservice/flows/*/action', sandbox };
    rig.emulator.control.addFault({ ...actions, kind: '503', skip: 1, times: 3 });
    const update = rig.client
      .update({ definition, replaceFlow: 'from-now' })
      .catch((error: unknown) => error);
    await waitFor('the second action', () => requestsIn(rig, sandbox, actions).length >= 2);
    await rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`).terminate();
    await update;
    const plan = await rig.client.plan(definition);
    expect(plan.steps.filter(({ action }) => action === 'remove').map(({ kind }) => kind)).toEqual([
      'flow',
      'targetConnection',
      'sourceConnection',
    ]);
    await rig.client.update({ definition, digest: plan.digest });
    await mustBeEmpty(definition);
  });
});
