import { expect, inject, it } from 'vitest';
import { createPaths } from '../support/create-paths.ts';
import { oneOfSix, orders, places, requestsIn } from '../support/dataflows.ts';
import { doubtsOf } from '../support/doubts.ts';
import { marked } from '../support/marked.ts';
import { alive, startProgram } from '../support/program.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(20);
const creates = 8;
/** Longer than many an answer takes, so that most calls are begun before a stand-still and end after it. */
const latencyMs = 400;
const limit = 150_000;

async function place() {
  const rig = await startRig({ emulator: { sandboxes, latencyMs }, env: { AEP_HTTP_TIMEOUT: '8000' } });
  return { rig, [Symbol.asyncDispose]: () => rig.close() };
}

/** A worker whose thread stands still for `blockedMs` again and again, with `freeMs` in between. */
function startBlockedWorker(rig: Rig, blockedMs: number, freeMs: number) {
  return startProgram(
    'test/create/fixtures/blocked-worker.ts',
    [inject('workflowBundle'), String(blockedMs), String(freeMs)],
    { ...rig.env, TEMPORAL_CONFIG_FILE: 'dev/temporal.toml' },
  );
}

async function start(rig: Rig, sandbox = next()) {
  return { sandbox, handle: await rig.client.start(orders(sandbox)) };
}

it.concurrent(
  'no create of a worker whose thread stands still for 1.2 s again and again falls into doubt, and one that was in doubt forgets no word of it',
  async () => {
    await using own = await place();
    const { rig } = own;
    startBlockedWorker(rig, 1_200, 500);
    const inDoubt = next();
    // It is looked for four times: each attempt goes by what the one before has left in its heartbeat.
    rig.emulator.control.addFault({
      method: 'POST',
      path: createPaths.dataset,
      kind: 'reset-before',
      sandbox: inDoubt,
    });
    const [doubtful, ...calm] = await Promise.all([
      start(rig, inDoubt),
      ...Array.from({ length: creates - 1 }, () => start(rig)),
    ]);
    for (const { sandbox, handle } of [doubtful, ...calm]) {
      await handle.result();
      expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    }
    const doubts = await Promise.all(calm.map(({ handle }) => doubtsOf(rig.temporal.client, handle)));
    expect(doubts.flat()).toEqual([]);
    expect(await doubtsOf(rig.temporal.client, doubtful.handle)).toEqual([
      { type: 'createDataset', doubts: [expect.stringMatching(/^[0-9a-f]{8}$/)] },
    ]);
  },
  limit,
);

it.concurrent(
  'a worker whose thread stands still for ever is missed, though its process lives: what it had sent is in doubt',
  async () => {
    await using own = await place();
    const { rig } = own;
    const blocked = startBlockedWorker(rig, 0, 60_000);
    const sandbox = next();
    rig.emulator.control.addFault({ method: 'POST', path: createPaths.dataset, kind: 'hang', sandbox });
    const { handle } = await start(rig, sandbox);
    const post = { method: 'POST', path: createPaths.dataset };
    await waitFor('the POST', () => requestsIn(rig, sandbox, post).length > 0, 45_000);
    blocked.kill('SIGUSR2');
    const workflow = rig.temporal.client.workflow.getHandle(handle.workflowId);
    const missed = await waitFor(
      'it to be missed',
      async () => {
        const { events } = await workflow.fetchHistory();
        const failures = events!.map((event) => event.activityTaskTimedOutEventAttributes?.failure);
        return failures.find((one) => one)?.timeoutFailureInfo;
      },
      45_000,
    );
    // TIMEOUT_TYPE_HEARTBEAT
    expect(missed!.timeoutType).toBe(4);
    expect(alive([blocked.pid])).toEqual([blocked.pid]);
    blocked.kill('SIGKILL');
    await blocked.ended;
  },
  limit,
);
