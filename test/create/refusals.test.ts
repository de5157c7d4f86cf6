import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataflowError } from '../../src/client.ts';
import { refusedMapping, wrongExpression } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { example, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const wrong = [{ source: 'TestID', destination: '_id' }, ...refusedMapping];
const right = [
  { source: 'TestID', destination: '_id' },
  { source: 'Name', destination: 'person.name.fullName' },
];

const sandboxes = [
  'keep',
  'replace',
  'dataset',
  'class',
  'rollback',
  'late',
  'in-doubt',
  'away',
  'renamed',
  'wait',
  'corrected',
  'give-up',
  'give-up-back',
  'nonsense',
  'seen',
];

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const one = { schemas: 1, sourceConnections: 1, dataSets: 1, targetConnections: 1, mappingSets: 1, flows: 1 };
const orders = (sandbox: string, changes: Record<string, unknown> = {}) =>
  example('orders-from-bigquery', { name: 'orders', sandbox, ...changes });
const failureOf = async (definition: unknown) =>
  (await (await rig.client.start(definition)).result().catch((error: unknown) => error)) as DataflowError;
const untilWaiting = (sandbox: string) =>
  waitFor(`orders in ${sandbox} to wait`, async () => {
    const progress = await rig.client.dataflow({ sandbox, name: 'orders' }).progress();
    return progress.state === 'waiting' && progress;
  });
const workflow = (sandbox: string) => rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`);

describe('a refusal, kept', () => {
  it('fails with what was made, adopted, not tried and unknown, and the corrected definition goes on from there', async () => {
    const failure = await failureOf(orders('keep', { mapping: wrong }));
    expect(failure.type).toBe('Rejected');
    const { made, notTried, unknown } = failure.details as {
      made: Record<string, string>;
      notTried: string[];
      unknown: string[];
    };
    expect(Object.keys(made)).toContain('schema');
    expect(notTried).toContain('flow');
    expect(unknown).toEqual([]);
    const result = await (await rig.client.start(orders('keep', { mapping: right }))).result();
    expect(result.resources).toMatchObject(made);
    expect(marked(rig.emulator, 'keep/orders')).toEqual(one);
  });

  it('replaces connections that no longer fit, while there is no flow', async () => {
    const failure = await failureOf(orders('replace', { mapping: wrong }));
    const { made } = failure.details as { made: Record<string, string> };
    const source = orders('replace')['source'] as Record<string, unknown>;
    const corrected = orders('replace', {
      mapping: right,
      source: { ...source, tableName: 'acmeSpringCampaign' },
    });
    const result = await (await rig.client.start(corrected)).result();
    if (made['sourceConnection'])
      expect(result.resources.sourceConnection).not.toBe(made['sourceConnection']);
    expect(marked(rig.emulator, 'replace/orders')).toEqual(one);
    const [connection] = rig.emulator.control.resources('sourceConnections', 'replace');
    expect(connection).toMatchObject({ params: { tableName: 'acmeSpringCampaign' } });
  });

  it('lets a schema grow by a field group, in place', async () => {
    const failure = await failureOf(orders('dataset', { mapping: wrong }));
    const before = orders('dataset')['schema'] as { fieldGroups: string[] };
    const more = 'https://ns.adobe.com/xdm/context/profile-work-details';
    const schema = { ...before, fieldGroups: [...before.fieldGroups, more] };
    const handle = await rig.client.start(orders('dataset', { mapping: right, schema }));
    const { resources } = await handle.result();
    expect(resources.schema).toBe((failure.details['made'] as { schema: string }).schema);
    const stored = rig.emulator.control.resources('schemas', 'dataset');
    const grown = stored.find((one) => one['$id'] === resources.schema);
    expect(JSON.stringify(grown)).toContain(more);
  });

  it('does not replace a schema of another class: that is a Conflict which says how to use it', async () => {
    await failureOf(orders('class', { mapping: wrong }));
    const before = orders('class')['schema'] as object;
    const schema = { ...before, class: 'https://ns.adobe.com/xdm/context/experienceevent' };
    const failure = await failureOf(orders('class', { mapping: right, schema }));
    expect(failure.type).toBe('Conflict');
    expect(failure.details['differences']).toMatchObject([{ field: 'schema.class' }]);
  });
});

describe('a refusal, rolled back', () => {
  it('leaves nothing of this execution but the mapping set, which AEP cannot delete', async () => {
    const failure = await failureOf(orders('rollback', { onFailure: 'rollback', mapping: wrong }));
    expect(failure.type).toBe('Rejected');
    expect(marked(rig.emulator, 'rollback/orders')).toEqual({});
    expect(Object.keys(failure.details['deleted'] as object)).toContain('schema');
  });

  it('deletes what a request of unknown outcome made after all', async () => {
    const path = '/flowservice/sourceConnections';
    rig.emulator.control.addFault({
      method: 'POST',
      path,
      sandbox: 'late',
      kind: 'late-commit',
      delayMs: 600,
    });
    const failure = await failureOf(orders('late', { onFailure: 'rollback', mapping: wrong }));
    expect(failure.type).toBe('Rejected');
    const [sent] = rig.emulator.control
      .requests({ method: 'POST', path })
      .filter(({ sandbox }) => sandbox === 'late');
    await waitFor('the late commit', () => Date.now() > sent!.at + 700);
    expect(marked(rig.emulator, 'late/orders')).toEqual({});
    expect(failure.details['unknown']).toEqual([]);
  });

  it('deletes a schema that a doubtful request made before another one was refused', async () => {
    const fault = { method: 'POST', path: '/schemaregistry/tenant/schemas', sandbox: 'in-doubt' };
    rig.emulator.control.addFault({ ...fault, kind: '500-committed' });
    rig.emulator.control.addFault({ ...fault, kind: '401', times: 2 });
    const failure = await failureOf(orders('in-doubt', { onFailure: 'rollback', giveUpAfter: '2s' }));
    expect(failure.type).toBe('Unauthorized');
    expect(marked(rig.emulator, 'in-doubt/orders')).toEqual({});
    expect(failure.details['unknown']).toEqual([]);
  });

  it('ends where AEP takes no delete for longer than it may, and lists what stays', async () => {
    rig.emulator.control.addFault({ method: 'DELETE', sandbox: 'away', kind: '503', times: 1_000 });
    const changes = { onFailure: 'rollback', giveUpAfter: '1s', mapping: wrong };
    const failure = await failureOf(orders('away', changes));
    expect(failure.type).toBe('Rejected');
    expect(Object.keys(failure.details['made'] as object)).toContain('schema');
    expect(failure.details['deleted']).toBeUndefined();
  });
});

describe('a refusal, waited about', () => {
  it('says in progress what was refused, and resume with a corrected definition makes the flow', async () => {
    const handle = await rig.client.start(orders('corrected', { onFailure: 'wait', mapping: wrong }));
    const progress = await untilWaiting('corrected');
    expect(progress.error?.type).toBe('Rejected');
    expect(progress.error?.message).toContain(wrongExpression);
    // The worker remembers it, but somebody may have mended it.
    const reads = () => rig.emulator.control.requests({ method: 'GET', path: '/flowservice/connections/*' });
    const before = reads().length;
    await handle.resume(orders('corrected', { mapping: right }));
    const result = await handle.result();
    expect(marked(rig.emulator, 'corrected/orders')).toEqual(one);
    expect(result.made).toContain('schema');
    expect(reads().length).toBe(before + 1);
  });

  it('what a request of unknown outcome made under a name that resume changes is swept', async () => {
    const path = '/catalog/dataSets';
    const fault = { method: 'POST', path, sandbox: 'renamed', kind: 'late-commit', delayMs: 600 } as const;
    rig.emulator.control.addFault(fault);
    const handle = await rig.client.start(orders('renamed', { onFailure: 'wait', mapping: wrong }));
    await untilWaiting('renamed');
    await handle.resume(orders('renamed', { mapping: right, dataset: { name: 'Renamed' } }));
    const { surplus } = await handle.result();
    expect(surplus).toEqual([]);
    expect(marked(rig.emulator, 'renamed/orders')).toEqual(one);
    const names = rig.emulator.control.resources('dataSets', 'renamed').map(({ name }) => name);
    expect(names).toContain('Renamed');
    expect(names).not.toContain('Orders');
  });

  it('resume without a definition tries again with the same one', async () => {
    rig.emulator.control.addFault({
      method: 'POST',
      path: '/catalog/dataSets',
      sandbox: 'wait',
      kind: '401',
      times: 12,
    });
    const handle = await rig.client.start(orders('wait', { onFailure: 'wait', giveUpAfter: '1s' }));
    const progress = await untilWaiting('wait');
    expect(['Unauthorized', 'RateLimited', 'Unavailable']).toContain(progress.error?.type);
    rig.emulator.control.clearFaults();
    await handle.resume();
    await handle.result();
    expect(marked(rig.emulator, 'wait/orders')).toEqual(one);
  });

  it('giveUp keeps what was made, or rolls it back', async () => {
    const kept = await rig.client.start(orders('give-up', { onFailure: 'wait', mapping: wrong }));
    const rolledBack = await rig.client.start(orders('give-up-back', { onFailure: 'wait', mapping: wrong }));
    await untilWaiting('give-up');
    await untilWaiting('give-up-back');
    await kept.giveUp();
    await rolledBack.giveUp('rollback');
    await expect(kept.result()).rejects.toMatchObject({ type: 'Rejected' });
    await expect(rolledBack.result()).rejects.toMatchObject({ type: 'Rejected' });
    expect(marked(rig.emulator, 'give-up/orders')).toMatchObject({ schemas: 1 });
    expect(marked(rig.emulator, 'give-up-back/orders')).toEqual({});
  });

  it('refuses nonsense before it enters the history', async () => {
    const handle = await rig.client.start(orders('nonsense', { onFailure: 'wait', mapping: wrong }));
    await untilWaiting('nonsense');
    await expect(handle.resume({ name: 'orders' })).rejects.toMatchObject({ type: 'InvalidDefinition' });
    await expect(handle.resume(orders('keep'))).rejects.toMatchObject({ type: 'InvalidDefinition' });
    await expect(handle.giveUp('maybe' as 'keep')).rejects.toMatchObject({ type: 'InvalidDefinition' });
    const { events } = await workflow('nonsense').fetchHistory();
    expect(events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toEqual([]);
    await handle.giveUp('keep');
    await expect(handle.result()).rejects.toBeInstanceOf(DataflowError);
  });
});
