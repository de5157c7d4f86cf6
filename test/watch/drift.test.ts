import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, Operation } from '../../src/resources/resource.ts';
import type { FlowMessage } from '../../src/runs/notification.ts';
import type { Health } from '../../src/client.ts';
import { administratorOf, orders, places, requestsIn } from '../support/dataflows.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { changedByOthers, justEnded, makeFlow } from './make-flow.ts';
import { startReceiver } from './receiver.ts';
import { replay } from './replay.ts';
import { key } from './rig-with-receiver.ts';

const { sandboxes, next } = places(30);
let rig: Rig;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  receiver = await startReceiver(key);
  const env = { ...quickToFollow, AEP_WEBHOOK_ON_CALL_URL: receiver.url, AEP_WEBHOOK_ON_CALL_KEY: key };
  rig = await startRig({ emulator: { sandboxes }, env });
  await rig.startWorker();
});
afterAll(async () => {
  await rig.close();
  await receiver.close();
});

const watch = { notify: { webhook: 'on-call' } };
const set = (path: string, value: unknown): Operation => ({ op: 'replace', path, value });

/** A dataflow in a sandbox of its own, whose watcher has made its first look. */
async function make(changes: JsonObject = {}) {
  const sandbox = next();
  const { flowId, resources } = await (
    await rig.client.start(orders(sandbox, { watch, ...changes }))
  ).result();
  return { sandbox, flowId, resources, ...(await watched(sandbox, flowId)) };
}

async function watched(sandbox: string, flowId: string) {
  const health = () => rig.client.health({ sandbox, flowId }) as Promise<Health>;
  const until = (what: string, holds: (health: Health) => boolean) =>
    waitFor(what, async () => {
      const now = await health();
      return holds(now) && now;
    });
  await until('the first look', ({ flowName }) => flowName !== undefined);
  const attribute = async () => {
    const handle = rig.temporal.client.workflow.getHandle(`flow:${sandbox}:${flowId}`);
    const { typedSearchAttributes } = await handle.describe();
    return typedSearchAttributes.getAll().find((one) => one.key.name === 'AepDrift')?.value;
  };
  const told = () => receiver.about(flowId).filter(({ event }) => event === 'drift');
  const change = (...operations: Operation[]) =>
    changedByOthers(
      administratorOf(rig),
      { sandbox, flowId },
      operations.length > 0 ? operations : undefined,
    );
  return { health, until, attribute, told, change, drifted: () => until('the drift', isDrifted) };
}

/** Who follows a sandbox asks AEP five times a second: each ends with the test that has made a dataflow in it. */
const it = test.extend<{ made: typeof make }>({
  // oxlint-disable-next-line no-empty-pattern -- Vitest asks for a pattern.
  made: async ({}, use) => {
    const started: string[] = [];
    await use(async (changes) => {
      const one = await make(changes);
      started.push(`flow:${one.sandbox}:${one.flowId}`, `runs:${one.sandbox}`);
      return one;
    });
    const { workflow } = rig.temporal.client;
    // A watcher may have ended by itself.
    await Promise.allSettled(started.map((id) => workflow.getHandle(id).terminate()));
  },
});

const isDrifted = ({ drift }: Health) => drift !== undefined;

/** Waits until the follower has listed the flows of a sandbox so many times more, and all who were woken have looked. */
async function listed(sandbox: string, more: number): Promise<void> {
  const lists = () => requestsIn(rig, sandbox, { method: 'GET', path: '/flowservice/flows' }).filter(isList);
  const isList = ({ query }: { query: unknown }) => !JSON.stringify(query).includes('property');
  const before = lists().length;
  await waitFor(`${more} lists of flows`, () => lists().length >= before + more);
}

describe.concurrent('a watcher', () => {
  it('notices what others have changed, tells it once, and when and by whom, and knows when it is set back', async ({
    made,
  }) => {
    const { sandbox, flowId, until, attribute, told, change, drifted } = await made();
    expect(await attribute()).toBe('no');
    await change(set('/scheduleParams/interval', 45));
    const { drift } = await drifted();
    expect(drift).toMatchObject({
      by: 'test-admin@techacct.adobe.com',
      changes: [{ field: 'schedule.interval', from: '15', to: '45' }],
    });
    const changed = rig.emulator.control.resources('flows', sandbox)[0]!['updatedAt'];
    expect(drift!.at).toBe(new Date(Number(changed)).toISOString());
    const [message] = await waitFor('the message', () => told().length > 0 && told());
    expect(message).toMatchObject({ event: 'drift', dataflow: `${sandbox}/orders`, drift });
    expect(message!.next).toContain('update the dataflow');
    await waitFor('the lists', async () => (await attribute()) === 'yes');

    await rig.client.watcher({ sandbox, flowId }).checkNow();
    await listed(sandbox, 2);
    expect(told()).toHaveLength(1);

    await change(set('/scheduleParams/interval', 15));
    await until('the end of the drift', ({ drift }) => drift === undefined);
    await waitFor('the lists', async () => (await attribute()) === 'no');
    expect(told()).toHaveLength(1);
    await replay(rig.temporal.client.workflow.getHandle(`flow:${sandbox}:${flowId}`));
  });

  it('tells another version of the mapping', async ({ made }) => {
    const { sandbox, flowId, resources, change, drifted } = await made();
    const { mappingSets } = administratorOf(rig).dataPrep;
    const { flows } = administratorOf(rig).flowService;
    const flow = await flows.get({ sandbox }, flowId);
    const transformations = flow!['transformations'] as JsonObject[];
    const at = transformations.findIndex(({ name }) => name === 'Mapping');
    const set0 = await mappingSets.get({ sandbox }, resources.mappingSet!, 0);
    await mappingSets.put({ sandbox }, resources.mappingSet!, set0!);
    const params = { mappingId: resources.mappingSet, mappingVersion: 1 };
    await change(set(`/transformations/${at}`, { name: 'Mapping', params }));
    const { drift } = await drifted();
    expect(drift!.changes).toEqual([
      {
        field: 'mapping',
        from: `${resources.mappingSet}, version 0`,
        to: `${resources.mappingSet}, version 1`,
      },
    ]);
  });

  it('tells with the verdict that others have disabled the flow', async ({ made }) => {
    const { sandbox, flowId, until, told } = await made();
    rig.emulator.control.makeRun(flowId, justEnded(rig.emulator.control.clock().now));
    await until('the run', ({ lastRuns }) => lastRuns.length === 1);
    await administratorOf(rig).flowService.setFlowState({ sandbox }, flowId, 'disable');
    const { drift } = await until('the verdict', ({ verdict }) => verdict === 'paused');
    expect(drift).toMatchObject({ changes: [{ field: 'state', from: 'enabled', to: 'disabled' }] });
    const paused = (message: FlowMessage) => message.verdict === 'paused';
    const message = await waitFor('the message', () => receiver.about(flowId).find(paused));
    expect(message).toMatchObject({ event: 'changed', drift: { changes: [{ field: 'state' }] } });
    expect(told()).toEqual([]);

    // It is ours to enable it.
    await rig.client.watcher({ sandbox, flowId }).resume();
    await until('the end of the drift', (health) => health.verdict === 'ok' && !isDrifted(health));
  });

  it('notices that the dataset is gone', async ({ made }) => {
    const { sandbox, resources, drifted, told } = await made();
    await administratorOf(rig).catalog.datasets.remove({ sandbox }, resources.dataset!);
    const { drift } = await drifted();
    expect(drift).toMatchObject({ changes: [{ field: 'dataset', from: null }] });
    expect(drift!.changes[0]!.to).toContain(resources.dataset);
    await waitFor('the message', () => told().length === 1);
    await listed(sandbox, 2);
    expect(told()).toHaveLength(1);
  });

  it('notices what it can see where its credentials may not list datasets', async ({ made }) => {
    const { sandbox, change, drifted } = await made();
    const path = '/catalog/dataSets';
    rig.emulator.control.addFault({ method: 'GET', path, kind: '404', times: 1_000, sandbox });
    await change(set('/scheduleParams/interval', 45));
    await drifted();
  });

  it('takes no run, and nothing that AEP moves by itself, for a change', async ({ made }) => {
    const { sandbox, flowId, until, told, health } = await made();
    rig.emulator.control.makeRun(flowId, justEnded(rig.emulator.control.clock().now));
    await until('the run', ({ lastRuns }) => lastRuns.length === 1);
    await rig.client.watcher({ sandbox, flowId }).checkNow();
    await listed(sandbox, 2);
    expect(isDrifted(await health())).toBe(false);
    expect(told()).toEqual([]);
  });

  it('of a flow that is not ours compares with its first look, and can be told to take it as it is', async () => {
    const sandbox = next();
    const flowId = await makeFlow(administratorOf(rig), { sandbox });
    const watcher = await rig.client.watch({ sandbox, flowId, watch });
    const { change, drifted, health, attribute } = await watched(sandbox, flowId);
    await expect(watcher.acceptDrift()).rejects.toMatchObject({ type: 'Conflict' });
    await change(set('/scheduleParams/interval', 2));
    await drifted();
    expect((await watcher.acceptDrift()).drift).toBeUndefined();
    expect(await attribute()).toBe('no');
    await watcher.checkNow();
    expect(isDrifted(await health())).toBe(false);
    await change(set('/scheduleParams/interval', 1));
    await drifted();
  });

  it('costs no request while nothing is changed, and the follower a list of flows and one of datasets', async ({
    made,
  }) => {
    const { sandbox } = await made();
    await listed(sandbox, 1);
    const before = requestsIn(rig, sandbox).length;
    await listed(sandbox, 3);
    const requests = requestsIn(rig, sandbox).slice(before);
    const paths = new Set(requests.map(({ path }) => path));
    expect([...paths].sort()).toEqual(['/catalog/dataSets', '/flowservice/flows', '/flowservice/runs']);
    expect(requests.filter(({ path }) => path === '/flowservice/flows').length).toBeLessThanOrEqual(4);
    expect(requests.filter(({ path }) => path === '/catalog/dataSets').length).toBeLessThanOrEqual(4);
  });
});

describe.concurrent('our own', () => {
  it('updates are no drift, however often the flow is looked at meanwhile', async ({ made }) => {
    const { sandbox, flowId, told, health } = await made();
    const looking = new AbortController();
    const looks = (async () => {
      while (!looking.signal.aborted) {
        await rig.client.watcher({ sandbox, flowId }).checkNow();
        // The other tests are to have their turn.
        await sleep(100);
      }
    })();
    const lastName = [
      { source: 'TestID', destination: '_id' },
      { source: 'Name', destination: 'person.name.lastName' },
    ];
    const schedules = [30, 45, 60, 30].map((interval) => ({ frequency: 'minute', interval, backfill: true }));
    for (const [index, schedule] of schedules.entries()) {
      const mapping = index % 2 === 0 ? { mapping: lastName } : {};
      const definition = orders(sandbox, { watch, schedule, ...mapping });
      await rig.client.update({ definition });
      expect(isDrifted(await health())).toBe(false);
    }
    looking.abort();
    await looks;
    await listed(sandbox, 2);
    expect(isDrifted(await rig.client.watcher({ sandbox, flowId }).checkNow())).toBe(false);
    expect(told()).toEqual([]);
  });

  it('updates set back what others have changed, and end the drift', async ({ made }) => {
    const { sandbox, change, drifted, until } = await made();
    await change(set('/scheduleParams/interval', 45));
    await drifted();
    await rig.client.update({ definition: orders(sandbox, { watch }) });
    await until('the end of the drift', (health) => !isDrifted(health));
  });

  it('updates whose definition says what others have changed take it, also where nothing is left to do', async ({
    made,
  }) => {
    const { sandbox, flowId, change, drifted, until } = await made();
    await change(set('/scheduleParams/interval', 45));
    await drifted();
    const schedule = { frequency: 'minute', interval: 45, backfill: true };
    const { plan } = await rig.client.update({ definition: orders(sandbox, { watch, schedule }) });
    expect(plan.summary).toContain('Nothing to change');
    await until('the end of the drift', (health) => !isDrifted(health));
    expect(isDrifted(await rig.client.watcher({ sandbox, flowId }).checkNow())).toBe(false);
  });

  it('updates that AEP has refused leave nothing to be taken for ours: the same by others is drift', async ({
    made,
  }) => {
    const { sandbox, change, drifted } = await made();
    const schedule = { frequency: 'minute', interval: 45, backfill: true };
    rig.emulator.control.addFault({ method: 'PATCH', path: '/flowservice/flows/*', kind: '404', sandbox });
    await expect(
      rig.client.update({ definition: orders(sandbox, { watch, schedule }) }),
    ).rejects.toMatchObject({ type: 'Rejected' });
    await change(set('/scheduleParams/interval', 45));
    expect((await drifted()).drift).toMatchObject({ changes: [{ field: 'schedule.interval', to: '45' }] });
  });

  it('replacements are no drift, of the old flow and of the new one', async ({ made }) => {
    const { sandbox, flowId, told } = await made();
    const source = { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' };
    const definition = orders(sandbox, { watch, source });
    const updated = await rig.client.update({ definition, replaceFlow: 'from-now' });
    const { health } = await watched(sandbox, updated.flowId);
    await listed(sandbox, 2);
    expect(isDrifted(await health())).toBe(false);
    const old = rig.temporal.client.workflow.getHandle(`flow:${sandbox}:${flowId}`);
    expect(((await old.result()) as { health: Health }).health.drift).toBeUndefined();
    expect(told()).toEqual([]);
  });

  it('pauses are no drift', async ({ made }) => {
    const { sandbox, flowId, until, told } = await made({ watch: { ...watch, pauseAfter: 1 } });
    const { now } = rig.emulator.control.clock();
    rig.emulator.control.makeRun(flowId, { ...justEnded(now), outcome: 'failed' });
    const { drift } = await until('the pause', ({ verdict }) => verdict === 'paused');
    expect(drift).toBeUndefined();
    await listed(sandbox, 2);
    expect(isDrifted(await rig.client.watcher({ sandbox, flowId }).checkNow())).toBe(false);
    expect(told()).toEqual([]);
  });
});
