import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataflowError } from '../../src/client.ts';
import { example, examples } from '../support/example.ts';
import { startRig, type Rig } from '../support/rig.ts';
import type { Health } from '../../src/runs/health.ts';
import { searchAttributes } from '../../src/workflows/messages.ts';
import { waitFor } from '../support/wait-for.ts';

let rig: Rig;

beforeAll(async () => {
  // The webhook that one of the examples names. It gets nothing: no run comes.
  const url = 'http://127.0.0.1:9/';
  rig = await startRig({
    env: { AEP_WEBHOOK_ON_CALL_URL: url, AEP_WEBHOOK_ON_CALL_KEY: crypto.randomUUID() },
  });
  await rig.startWorker();
});
afterAll(() => rig.close());

const schema = {
  class: 'https://ns.adobe.com/xdm/context/profile',
  fieldGroups: ['https://ns.adobe.com/xdm/context/profile-person-details'],
};

describe('every example', () => {
  it.each(examples)(
    '%s becomes a flow, with one of each resource it asks for, which its watcher knows as AEP shows it',
    async (file) => {
      const definition = example(file, { name: `example ${file}`, schedule: undefined });
      const original = example(file, { name: `example ${file}` });
      const { sandbox } = original as { sandbox: string };
      const handle = await rig.client.start({ ...definition, schedule: original['schedule'] });
      const result = await handle.result();
      const flows = rig.emulator.control
        .resources('flows', sandbox)
        .filter(({ name }) => name === original['name']);
      expect(flows.map(({ id }) => id)).toEqual([result.flowId]);
      expect(result.watcherWorkflowId).toBe(`flow:${sandbox}:${result.flowId}`);
      expect((await handle.progress()).state).toBe('done');
      const { drift, verdict } = await rig.client.watcher({ sandbox, flowId: result.flowId }).checkNow();
      expect({ drift, verdict }).toEqual({ drift: undefined, verdict: 'pending' });
    },
  );
});

describe('a dataflow that is started again', () => {
  it('finds everything in place and answers with the same ids', async () => {
    const definition = example('orders-from-bigquery', {
      name: 'again',
      schema: { ...schema, title: 'Again' },
    });
    const first = await (await rig.client.start(definition)).result();
    const before = posts().length;
    const second = await (await rig.client.start(definition)).result();
    expect(second.resources).toEqual(first.resources);
    expect(second.made).toEqual([]);
    expect(posts().slice(before)).toEqual([]);
  });

  it('with another definition is a Conflict that names every difference, and changes nothing', async () => {
    const definition = example('orders-from-bigquery', {
      name: 'changed',
      schema: { ...schema, title: 'Changed' },
    });
    await (await rig.client.start(definition)).result();
    const before = posts().length;
    const changed = {
      ...definition,
      schedule: { frequency: 'hour', interval: 2, backfill: true },
      deltaColumn: { name: 'Name' },
    };
    const failure = await (await rig.client.start(changed)).result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DataflowError);
    const { type, details } = failure as DataflowError;
    expect(type).toBe('Conflict');
    expect(details['plan']).toMatchObject({ version: 1, choices: [{ name: 'replaceFlow' }] });
    expect((failure as DataflowError).message).toContain('updateDataflow');
    expect((details['differences'] as { field: string }[]).map(({ field }) => field)).toEqual([
      'deltaColumn.name',
      'schedule.frequency',
      'schedule.interval',
    ]);
    expect(posts().slice(before)).toEqual([]);
  });
});

it('a create whose checks fail shows which step that was', async () => {
  const definition = example('orders-from-bigquery', { name: 'failed check', onFailure: 'wait' });
  const source = { ...(definition['source'] as object), baseConnectionId: crypto.randomUUID() };
  const handle = await rig.client.start({ ...definition, source });
  const waiting = await waitFor('the checks to fail', async () => {
    const progress = await handle.progress();
    return progress.state === 'waiting' ? progress : undefined;
  });
  expect(waiting.steps[0]).toMatchObject({ step: 'check', state: 'failed' });
  await handle.giveUp();
});

it('what our client says of a create at its start is not noted again, and lists find it by that', async () => {
  const definition = example('orders-from-bigquery', {
    name: 'announced',
    schema: { ...schema, title: 'Announced' },
  });
  const handle = await rig.client.start(definition);
  await handle.result();
  const { workflow } = rig.temporal.client;
  const { events } = await workflow.getHandle(handle.workflowId).fetchHistory();
  const noted = events!.filter(
    (one) =>
      one.workflowPropertiesModifiedEventAttributes ?? one.upsertWorkflowSearchAttributesEventAttributes,
  );
  // The flow's id, and what became of it all.
  expect(noted).toHaveLength(2);
  const { typedSearchAttributes, memo } = await workflow.getHandle(handle.workflowId).describe();
  expect(typedSearchAttributes.get(searchAttributes.dataflow)).toBe('prod/announced');
  expect(typedSearchAttributes.get(searchAttributes.connector)).toBe('google-bigquery');
  expect(memo).toMatchObject({ definition: expect.any(String) as string, outcome: { failed: [] } });
});

it('a watcher is found by what its create says of it at the start, notes none of it again, and looks at nothing', async () => {
  const definition = example('orders-from-bigquery', {
    name: 'watched',
    schema: { ...schema, title: 'Watched' },
  });
  const { flowId, watcherWorkflowId } = await (await rig.client.start(definition)).result();
  const watcher = rig.temporal.client.workflow.getHandle(watcherWorkflowId);
  const health = await waitFor('its health', async () => {
    const now = await watcher.query<Health>('health');
    return now.watch.began !== undefined && now;
  });
  expect(health).toMatchObject({
    verdict: 'pending',
    flowName: 'watched',
    nextRunDue: expect.any(String) as string,
  });
  const { events } = await watcher.fetchHistory();
  const said = (one: NonNullable<typeof events>[number]) =>
    one.upsertWorkflowSearchAttributesEventAttributes ?? one.workflowPropertiesModifiedEventAttributes;
  expect(events!.filter((one) => said(one) ?? one.activityTaskScheduledEventAttributes)).toEqual([]);
  await waitFor('the follower', () =>
    rig.temporal.client.workflow
      .getHandle('runs:prod')
      .describe()
      .catch(() => undefined),
  );
  const { typedSearchAttributes } = await watcher.describe();
  expect(typedSearchAttributes.get(searchAttributes.flowId)).toBe(flowId);
  expect(typedSearchAttributes.get(searchAttributes.dataflow)).toBe('prod/watched');
  expect(typedSearchAttributes.get(searchAttributes.connector)).toBe('google-bigquery');
  expect(typedSearchAttributes.get(searchAttributes.sandbox)).toBe('prod');
  expect(typedSearchAttributes.get(searchAttributes.verdict)).toBe('pending');
});

describe('a second dataflow on the same worker', () => {
  it('is made without a read of what the first has read, and without a step for it', async () => {
    const definition = (name: string) =>
      example('orders-from-bigquery', { name, schema: { ...schema, title: name } });
    await (await rig.client.start(definition('first to read'))).result();
    const reads = () =>
      rig.emulator.control
        .requests({ method: 'GET' })
        .filter(({ path }) => path.includes('/flowSpecs') || path.includes('/connections/'));
    const before = reads().length;
    const handle = await rig.client.start(definition('second to read'));
    await handle.result();
    expect(reads().length).toBe(before);
    const { events } = await rig.temporal.client.workflow.getHandle(handle.workflowId).fetchHistory();
    const steps = events!.flatMap(
      (one) => one.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
    );
    expect(steps).toContain('createSchema');
    expect(steps.filter((step) => step.startsWith('read'))).toEqual([]);
  });
});

/** What was created, asked for in whatever way. */
const posts = () =>
  rig.emulator.control.requests({ method: 'POST' }).filter(({ path }) => !path.includes('/ims/'));

describe('an AEP whose clock is ahead of ours', () => {
  it('gets a start that lies ahead by its own clock', async () => {
    const now = Date.now() + 60 * 60_000;
    const ahead = await startRig({ emulator: { now } });
    try {
      await ahead.startWorker();
      await (await ahead.client.start(example('orders-from-bigquery', { name: 'ahead' }))).result();
      const [flow] = ahead.emulator.control.resources('flows', 'prod');
      expect((flow!['scheduleParams'] as { startTime: number }).startTime).toBeGreaterThan(now / 1000);
    } finally {
      await ahead.close();
    }
  });
});
