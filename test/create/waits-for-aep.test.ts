import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/client.ts';
import { searchAttributes } from '../../src/workflows/messages.ts';
import { orders, places, requestsIn } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { replayHistory } from '../support/replay.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(4);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const look = { method: 'GET', path: '/flowservice/targetConnections' };
const workflowOf = (sandbox: string) => rig.temporal.client.workflow.getHandle(`dataflow:${sandbox}:orders`);
/** As any Temporal client is answered. */
const progressOf = (sandbox: string) => workflowOf(sandbox).query<Progress>('progress');
const stateOf = async (sandbox: string) =>
  (await workflowOf(sandbox).describe()).typedSearchAttributes.get(searchAttributes.state);
const eventsOf = async (sandbox: string) => (await workflowOf(sandbox).fetchHistory()).events!;
const signalled = 26;
const signalsIn = async (sandbox: string) =>
  (await eventsOf(sandbox)).filter(({ eventType }) => Number(eventType) === signalled).length;

describe('a create that waits for AEP', () => {
  it.concurrent('says what for and why to every client, and lists find it; it is told once, however many attempts fail', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({ ...look, kind: '503', sandbox, times: 1_000 });
    const began = Date.now();
    await rig.client.start(orders(sandbox));
    const { waiting, state } = await waitFor('the reason', async () => {
      const progress = await progressOf(sandbox);
      return progress.waiting.length > 0 && progress;
    });
    expect(state).toBe('running');
    expect(waiting).toEqual([
      {
        activity: 'lookForTargetConnection',
        about: 'target connection',
        why: 'Unavailable',
        message: expect.stringContaining('GET /flowservice/targetConnections failed: 503') as string,
        since: expect.any(Number) as number,
      },
    ]);
    expect(waiting[0]!.since).toBeGreaterThanOrEqual(began);
    expect(await stateOf(sandbox)).toBe('waiting-for-aep');
    const attempts = () => requestsIn(rig, sandbox, look).length;
    const before = attempts();
    await waitFor('two attempts more', () => attempts() >= before + 2, 60_000);
    expect(await signalsIn(sandbox)).toBe(1);

    rig.emulator.control.clearFaults();
    await workflowOf(sandbox).result();
    expect((await progressOf(sandbox)).waiting).toEqual([]);
    expect(await stateOf(sandbox)).toBe('running');

    // From the signal to the answer that ended the wait: a workflow task of three events, and the note for lists.
    const types = (await eventsOf(sandbox)).map(({ eventType }) => Number(eventType));
    const from = types.indexOf(signalled);
    const [taskStarted, taskScheduled] = [11, 10];
    const to = types.findIndex((type, index) => index > from && [taskStarted, taskScheduled].includes(type));
    expect(to - from).toBeLessThanOrEqual(5);
    const { workflowId } = workflowOf(sandbox);
    await replayHistory({ workflowId, history: await workflowOf(sandbox).fetchHistory() });
  });

  it.concurrent('for no longer than a moment writes no event about it', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({ ...look, kind: '503', sandbox });
    await (await rig.client.start(orders(sandbox))).result();
    expect(requestsIn(rig, sandbox, look)[0]?.status).toBe(503);
    expect(await signalsIn(sandbox)).toBe(0);
  });

  it.concurrent('after a doubt says that nobody knows what became of a request', async () => {
    const sandbox = next();
    const post = { method: 'POST', path: '/flowservice/sourceConnections' };
    rig.emulator.control.addFault({ ...post, kind: '503', sandbox, times: 1_000 });
    await rig.client.start(orders(sandbox));
    const { waiting } = await waitFor(
      'the reason',
      async () => {
        const progress = await progressOf(sandbox);
        return progress.waiting.length > 0 && progress;
      },
      60_000,
    );
    expect(waiting).toMatchObject([
      { activity: 'createSourceConnection', about: 'source connection', why: 'NothingYet' },
    ]);
    rig.emulator.control.clearFaults();
    await workflowOf(sandbox).result();
    expect((await progressOf(sandbox)).waiting).toEqual([]);
  });

  it.concurrent('believes nobody else: what others send under that name is ignored', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({ ...look, kind: '503', sandbox, times: 3 });
    await rig.client.start(orders(sandbox));
    const told = { activity: 'createFlow', why: 'Unavailable', message: 'x' };
    const texts = { activity: 'lookForTargetConnection', why: 7, message: { x: 1 } };
    for (const args of [[], [null], ['x'], [[]], [{}], [told], [texts], [told, told]])
      await workflowOf(sandbox).signal('waits', ...args);
    expect((await progressOf(sandbox)).waiting).toEqual([]);
    await workflowOf(sandbox).result();
  });
});
