/** Flows switched against the emulator, and what is read of how far one has loaded. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/emulator.ts';
import { createActivities } from '../../src/activities/index.ts';
import { createAep, type Aep } from '../../src/aep/aep.ts';
import { call, configFor } from '../aep/fake-aep.ts';
import { isRefusal } from '../../src/workflows/failures.ts';
import { flow, makeParts } from '../emulator/bodies.ts';
import { Client, token } from '../emulator/client.ts';
import { attempts } from './attempts.ts';

const bounds = { httpTimeoutMs: 5_000, lateCommitMs: 250, listLagMs: 1, watchIntervalMs: 1, webhooks: {} };
const minuteMs = 60_000;

let emulator: Emulator;
let client: Client;
let aep: Aep;
let activities: ReturnType<typeof createActivities>;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(async () => {
  emulator.control.reset();
  emulator.control.clearFaults();
  emulator.control.configure({ operationLastsMs: [0, 0] });
  client = new Client(emulator.url, await token(emulator.url));
  aep = createAep({ ...configFor(emulator.url), httpTimeoutMs: bounds.httpTimeoutMs });
  activities = createActivities({ aep, ...bounds });
});

const now = () => emulator.control.clock().now;
const startAt = (ms: number) => Math.floor(ms / 1000);
async function makeFlow({ draft = false, start = startAt(now() + 10 * minuteMs) } = {}): Promise<string> {
  const body = flow(await makeParts(client), start);
  return (await (draft ? aep.flowService.createDraft(call, body) : aep.flowService.flows.create(call, body)))
    .id;
}
const stateOf = async (id: string) => (await aep.flowService.flows.get(call, id))?.['state'];
const actionsOn = (id: string) => emulator.control.requests({ path: `/flowservice/flows/${id}/action` });
const act = (name: 'enableFlow' | 'disableFlow' | 'publishFlow', flowId: string, giveUpAfterMs?: number) =>
  attempts(activities[name], [{ sandbox: 'prod', flowId, giveUpAfterMs }], 10);

describe('switching a flow', () => {
  it('is one action, and none where the flow is so already', async () => {
    const id = await makeFlow();
    expect((await act('enableFlow', id)).failures).toEqual([]);
    expect(actionsOn(id)).toEqual([]);
    for (const name of ['disableFlow', 'disableFlow', 'enableFlow', 'enableFlow'] as const)
      expect((await act(name, id)).failures).toEqual([]);
    expect(actionsOn(id).map(({ query }) => query)).toMatchObject([{ op: 'disable' }, { op: 'enable' }]);
    expect(await stateOf(id)).toBe('enabled');
  });

  it('ends when AEP has completed it, however the reply was lost, and asks once', async () => {
    const id = await makeFlow();
    emulator.control.configure({ operationLastsMs: [300, 300] });
    emulator.control.addFault({ kind: 'reset-after', path: '/flowservice/flows/*/action' });
    const { failures } = await act('disableFlow', id);
    expect(failures.map(({ type }) => type)).toContain('Unavailable');
    expect(await stateOf(id)).toBe('disabled');
    expect(actionsOn(id)).toHaveLength(1);
  });

  it('that comes late does not undo what was asked for after it', async () => {
    const id = await makeFlow();
    emulator.control.addFault({ kind: 'late-commit', path: '/flowservice/flows/*/action', delayMs: 500 });
    expect((await act('disableFlow', id)).failures).toMatchObject([{ type: 'Unavailable' }]);
    expect((await act('enableFlow', id)).failures).toEqual([]);
    await expect.poll(() => actionsOn(id).map(({ status }) => status), { timeout: 5_000 }).toHaveLength(3);
    await new Promise((done) => setTimeout(done, 600));
    expect(await stateOf(id)).toBe('enabled');
  });

  it('that is refused has surely done nothing, but where a request before may have taken effect, or still may', async () => {
    const id = await makeFlow();
    const actions = { path: '/flowservice/flows/*/action' };
    emulator.control.addFault({ ...actions, kind: '404' });
    const first = await act('disableFlow', id);
    expect(first.failures.map(({ type }) => type)).toEqual(['Rejected']);
    expect(isRefusal(first.failures[0])).toBe(true);
    for (const kind of ['late-commit', '503'] as const) {
      emulator.control.addFault({ ...actions, kind, delayMs: 500 });
      emulator.control.addFault({ ...actions, kind: '404' });
      const { failures } = await act('disableFlow', id);
      expect(failures.map(({ type }) => type)).toEqual(['Unavailable', 'Rejected']);
      expect(failures[1]).toMatchObject({ details: [{ status: 404 }, { isInDoubt: true }] });
      expect(isRefusal(failures[1])).toBe(false);
      await expect.poll(() => stateOf(id)).toBe(kind === '503' ? 'enabled' : 'disabled');
      await act('enableFlow', id);
    }
  });

  it('gives up when it was told to, and is Rejected for a flow that is not there', async () => {
    const id = await makeFlow();
    emulator.control.configure({ operationLastsMs: [600_000, 600_000] });
    await aep.flowService.setFlowState(call, id, 'disable');
    expect((await act('disableFlow', id, 100)).failures).toMatchObject([
      { type: 'Unavailable', nonRetryable: true },
    ]);
    const gone = await act('enableFlow', '00000000-0000-4000-8000-000000000000');
    expect(gone.failures).toMatchObject([{ type: 'Rejected', details: [{ status: 404 }] }]);
  });
});

it('a draft is created once, though the reply is lost, and runs nothing', async () => {
  const { scheduleParams: _, ...body } = flow(await makeParts(client), 0);
  emulator.control.addFault({ kind: 'reset-after', method: 'POST', path: '/flowservice/flows' });
  const dataflow = 'prod/orders';
  const lookedIn = 'this run';
  const request = {
    sandbox: 'prod',
    dataflow,
    name: body.name,
    body,
    draft: true,
    nonce: 'aaaaaaaa',
    doubts: [],
    lookedIn,
    settleMs: 100,
  };
  const { result } = await attempts(activities.createFlow, [request], 5);
  const [made, ...more] = emulator.control.resources('flows');
  expect([made, more]).toMatchObject([{ state: 'draft' }, []]);
  expect(result).toMatchObject({ found: [{ id: made!['id'], fields: { state: 'draft' } }] });
});

describe('publishing a draft', () => {
  it('makes it run, once its start lies ahead', async () => {
    const first = startAt(now() + 10 * minuteMs);
    const id = await makeFlow({ draft: true, start: first });
    expect(await stateOf(id)).toBe('draft');
    emulator.control.advanceClock(11 * minuteMs);
    expect((await act('publishFlow', id)).failures).toMatchObject([
      { type: 'Rejected', details: [{ code: 'CONNECTOR-1360-400' }] },
    ]);
    const start = startAt(now() + minuteMs);
    const edits = [
      { field: 'scheduleParams.startTime', from: first, to: start },
      { field: 'scheduleParams.backfill', from: true, to: false },
    ];
    const request = { sandbox: 'prod', id, edits };
    expect((await attempts(activities.updateFlow, [request], 1)).result).toEqual({});
    emulator.control.addFault({ kind: 'reset-after', path: '/flowservice/flows/*/action' });
    expect((await act('publishFlow', id)).failures).toMatchObject([{ type: 'Unavailable' }]);
    expect((await act('publishFlow', id)).failures).toEqual([]);
    expect(await aep.flowService.flows.get(call, id)).toMatchObject({
      state: 'enabled',
      scheduleParams: { startTime: start, backfill: false },
    });
    emulator.control.advanceClock(5 * minuteMs);
    expect(emulator.control.resources('runs').filter(({ flowId }) => flowId === id)).toHaveLength(1);
  });
});

describe('the last window of a flow', () => {
  const read = async (flowId: string) =>
    (await attempts(activities.readLastWindow, [{ sandbox: 'prod', flowId }], 1)).result;

  it('is none before its first run, and not over while a run is in progress', async () => {
    const start = startAt(now() + minuteMs) * 1000;
    const id = await makeFlow({ start: startAt(start) });
    expect(await read(id)).toEqual({ ended: true });
    emulator.control.configure({ runAppearsMs: [0, 0], runLastsMs: [10 * minuteMs, 10 * minuteMs] });
    emulator.control.advanceClock(2 * minuteMs);
    expect(await read(id)).toMatchObject({ ended: false, windowEnd: start });
    emulator.control.advanceClock(10 * minuteMs);
    expect(await read(id)).toMatchObject({ ended: true, windowEnd: start, loadedUntil: start });
    emulator.control.configure({ runAppearsMs: [120_000, 180_000], runLastsMs: [30_000, 90_000] });
  });

  it('is not what is loaded where the run of it failed; runs off schedule are left aside', async () => {
    const start = startAt(now() + minuteMs) * 1000;
    const id = await makeFlow({ start: startAt(start) });
    emulator.control.planRuns({ flowId: id, outcomes: ['success', 'failed'] });
    emulator.control.advanceClock(22 * minuteMs);
    emulator.control.makeRun(id, { completedAt: now() - 1 });
    const failed = { ended: true, windowEnd: start + 15 * minuteMs, loadedUntil: start };
    expect(await read(id)).toMatchObject(failed);
  });

  it('says from when on nothing is loaded where every run failed', async () => {
    const start = startAt(now() + minuteMs) * 1000;
    const id = await makeFlow({ start: startAt(start) });
    emulator.control.planRuns({ flowId: id, outcomes: ['failed', 'failed'] });
    emulator.control.advanceClock(22 * minuteMs);
    const found = await read(id);
    expect(found).toMatchObject({ windowEnd: start + 15 * minuteMs, loadedUntil: start - 15 * minuteMs });
    expect(found?.failed).toHaveLength(2);
  });
});

it('a mapping set is read in the version that is asked for', async () => {
  const { mappingId: id } = await makeParts(client);
  const body = {
    outputSchema: {
      schemaRef: {
        id: 'https://ns.adobe.com/emulator/schemas/52b59140414aa6a370ef5e21155fd7a686744b8739ecc168',
      },
    },
    mappings: [],
  };
  await aep.dataPrep.mappingSets.put(call, id, body);
  const read = async (version?: number) =>
    (await attempts(activities.readMappingSet, [{ sandbox: 'prod', id, version }], 1)).result?.fields[
      'mappings'
    ];
  expect([await read(0), await read(1), await read()]).toMatchObject([{ length: 3 }, [], []]);
  expect(
    (await attempts(activities.readMappingSet, [{ sandbox: 'prod', id, version: 7 }], 1)).result,
  ).toBeNull();
});
