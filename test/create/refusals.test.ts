import { describe, expect } from 'vitest';
import type { ResourceKind } from '../../emulator/emulator.ts';
import { stageFor } from '../simulation/stage.ts';
import {
  failureOf,
  oneOfSix,
  orders as ordersIn,
  refusedMapping,
  wrongExpression,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';

const wrong = [{ source: 'TestID', destination: '_id' }, ...refusedMapping];
const right = [
  { source: 'TestID', destination: '_id' },
  { source: 'Name', destination: 'person.name.fullName' },
];

const { stage, it } = stageFor();
const sandbox = 'prod';

const orders = (changes: Record<string, unknown> = {}) => ordersIn(sandbox, changes);
const ours = () => marked(stage.emulator, `${sandbox}/orders`);
const stored = (kind: ResourceKind) => stage.emulator.control.resources(kind, sandbox);
const failedStart = async (definition: unknown) => failureOf(await stage.client.start(definition));
const untilWaiting = () =>
  stage.until('the create to wait', async () => {
    const progress = await stage.client.dataflow({ sandbox, name: 'orders' }).progress();
    return progress.state === 'waiting' && progress;
  });

describe('a refusal, kept', () => {
  it('fails with what was made, adopted, not tried and unknown, and the corrected definition goes on from there', async () => {
    const failure = await failedStart(orders({ mapping: wrong }));
    expect(failure.type).toBe('Rejected');
    const { made, notTried, unknown } = failure.details as {
      made: Record<string, string>;
      notTried: string[];
      unknown: string[];
    };
    expect(Object.keys(made)).toContain('schema');
    expect(notTried).toContain('flow');
    expect(unknown).toEqual([]);
    const result = await (await stage.client.start(orders({ mapping: right }))).result();
    expect(result.resources).toMatchObject(made);
    expect(ours()).toEqual(oneOfSix);
  });

  it('replaces connections that no longer fit, while there is no flow', async () => {
    const failure = await failedStart(orders({ mapping: wrong }));
    const { made } = failure.details as { made: Record<string, string> };
    const source = orders()['source'] as Record<string, unknown>;
    const corrected = orders({
      mapping: right,
      source: { ...source, tableName: 'acmeSpringCampaign' },
    });
    const result = await (await stage.client.start(corrected)).result();
    if (made['sourceConnection'])
      expect(result.resources.sourceConnection).not.toBe(made['sourceConnection']);
    expect(ours()).toEqual(oneOfSix);
    const [connection] = stored('sourceConnections');
    expect(connection).toMatchObject({ params: { tableName: 'acmeSpringCampaign' } });
  });

  it('lets a schema grow by a field group, in place', async () => {
    const failure = await failedStart(orders({ mapping: wrong }));
    const before = orders()['schema'] as { fieldGroups: string[] };
    const more = 'https://ns.adobe.com/xdm/context/profile-work-details';
    const schema = { ...before, fieldGroups: [...before.fieldGroups, more] };
    const handle = await stage.client.start(orders({ mapping: right, schema }));
    const { resources } = await handle.result();
    expect(resources.schema).toBe((failure.details['made'] as { schema: string }).schema);
    const grown = stored('schemas').find((one) => one['$id'] === resources.schema);
    expect(JSON.stringify(grown)).toContain(more);
  });

  it('does not replace a schema of another class: that is a Conflict which says how to use it', async () => {
    await failedStart(orders({ mapping: wrong }));
    const before = orders()['schema'] as object;
    const schema = { ...before, class: 'https://ns.adobe.com/xdm/context/experienceevent' };
    const failure = await failedStart(orders({ mapping: right, schema }));
    expect(failure.type).toBe('Conflict');
    expect(failure.details['differences']).toMatchObject([{ field: 'schema.class' }]);
  });
});

describe('a refusal, rolled back', () => {
  it('leaves nothing of this execution but the mapping set, which AEP cannot delete', async () => {
    const failure = await failedStart(orders({ onFailure: 'rollback', mapping: wrong }));
    expect(failure.type).toBe('Rejected');
    expect(ours()).toEqual({});
    expect(Object.keys(failure.details['deleted'] as object)).toContain('schema');
  });

  it('deletes what a request of unknown outcome made after all', async () => {
    const path = '/flowservice/sourceConnections';
    stage.emulator.control.addFault({
      method: 'POST',
      path,
      kind: 'late-commit',
      delayMs: 600,
    });
    const failure = await failedStart(orders({ onFailure: 'rollback', mapping: wrong }));
    expect(failure.type).toBe('Rejected');
    const [sent] = stage.emulator.control.requests({ method: 'POST', path });
    await stage.until('the late commit', () => Date.now() > sent!.at + 700);
    expect(ours()).toEqual({});
    expect(failure.details['unknown']).toEqual([]);
  });

  it('deletes a schema that a doubtful request made before another one was refused', async () => {
    const fault = { method: 'POST', path: '/schemaregistry/tenant/schemas' };
    stage.emulator.control.addFault({ ...fault, kind: '500-committed' });
    stage.emulator.control.addFault({ ...fault, kind: '401', times: 2 });
    const failure = await failedStart(orders({ onFailure: 'rollback', giveUpAfter: '2s' }));
    expect(failure.type).toBe('Unauthorized');
    expect(ours()).toEqual({});
    expect(failure.details['unknown']).toEqual([]);
  });

  it('ends where AEP takes no delete for longer than it may, and lists what stays', async () => {
    stage.emulator.control.addFault({ method: 'DELETE', kind: '503', times: 1_000 });
    const changes = { onFailure: 'rollback', giveUpAfter: '1s', mapping: wrong };
    const failure = await failedStart(orders(changes));
    expect(failure.type).toBe('Rejected');
    expect(Object.keys(failure.details['made'] as object)).toContain('schema');
    expect(failure.details['deleted']).toBeUndefined();
  });
});

describe('a refusal, waited about', () => {
  it('says in progress what was refused, and resume with a corrected definition makes the flow', async () => {
    const handle = await stage.client.start(orders({ onFailure: 'wait', mapping: wrong }));
    const progress = await untilWaiting();
    expect(progress.error?.type).toBe('Rejected');
    expect(progress.error?.message).toContain(wrongExpression);
    // The worker remembers it, but somebody may have mended it.
    const reads = () =>
      stage.emulator.control.requests({ method: 'GET', path: '/flowservice/connections/*' });
    const before = reads().length;
    await handle.resume(orders({ mapping: right }));
    const result = await handle.result();
    expect(ours()).toEqual(oneOfSix);
    expect(result.made).toContain('schema');
    expect(reads().length).toBe(before + 1);
  });

  it('what a request of unknown outcome made under a name that resume changes is swept', async () => {
    const path = '/catalog/dataSets';
    const fault = { method: 'POST', path, kind: 'late-commit', delayMs: 600 } as const;
    stage.emulator.control.addFault(fault);
    const handle = await stage.client.start(orders({ onFailure: 'wait', mapping: wrong }));
    await untilWaiting();
    await handle.resume(orders({ mapping: right, dataset: { name: 'Renamed' } }));
    const { surplus } = await handle.result();
    expect(surplus).toEqual([]);
    expect(ours()).toEqual(oneOfSix);
    const names = stored('dataSets').map(({ name }) => name);
    expect(names).toContain('Renamed');
    expect(names).not.toContain('Orders');
  });

  it('resume without a definition tries again with the same one', async () => {
    stage.emulator.control.addFault({
      method: 'POST',
      path: '/catalog/dataSets',
      kind: '401',
      times: 12,
    });
    const handle = await stage.client.start(orders({ onFailure: 'wait', giveUpAfter: '1s' }));
    const progress = await untilWaiting();
    expect(['Unauthorized', 'RateLimited', 'Unavailable']).toContain(progress.error?.type);
    stage.emulator.control.clearFaults();
    await handle.resume();
    await handle.result();
    expect(ours()).toEqual(oneOfSix);
  });

  /** A create that was refused, and that a person gives up. */
  async function givenUp(how?: 'keep' | 'rollback'): Promise<void> {
    const handle = await stage.client.start(orders({ onFailure: 'wait', mapping: wrong }));
    await untilWaiting();
    await handle.giveUp(how);
    await expect(handle.result()).rejects.toMatchObject({ type: 'Rejected' });
  }

  it('giveUp keeps what was made', async () => {
    await givenUp();
    expect(ours()).toMatchObject({ schemas: 1 });
  });

  it('giveUp with "rollback" leaves nothing of it', async () => {
    await givenUp('rollback');
    expect(ours()).toEqual({});
  });
});
