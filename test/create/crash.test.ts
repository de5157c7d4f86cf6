import { expect, inject, it } from 'vitest';
import type { FaultKind } from '../../emulator/emulator.ts';
import type { DataflowHandle } from '../../src/client.ts';
import { createPaths } from '../support/create-paths.ts';
import { legacyOrders, oneOfNine, orders, oneOfSix, places, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startProgram } from '../support/program.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const creates: { kind: string; path: string; skip?: number }[] = [
  ...Object.entries(createPaths).map(([kind, path]) => ({ kind, path })),
  { kind: 'adHocSchema', path: createPaths.schema, skip: 1 },
];
const silences: FaultKind[] = ['hang-committed', 'late-commit'];

const { sandboxes, next } = places(60);

/** A process begins late and a worker's death is noticed late where the machine is busy. Milliseconds. */
const patience = 45_000;
const limit = 150_000;

/** A worker as users run it: a process of its own. */
function startWorkerProcess(rig: Rig) {
  const config = { TEMPORAL_CONFIG_FILE: 'dev/temporal.toml' };
  return startProgram('dev/built-worker.ts', [inject('workflowBundle')], { ...rig.env, ...config });
}

async function place(env: Record<string, string>, latencyMs: number) {
  const rig = await startRig({ emulator: { sandboxes, latencyMs }, env });
  return { rig, [Symbol.asyncDispose]: () => rig.close() };
}

/** Every dataflow comes to its end, and AEP holds what it should. */
async function allExact(rig: Rig, started: { sandbox: string; handle: DataflowHandle }[], one: object) {
  const results = await Promise.all(started.map(({ handle }) => handle.result()));
  for (const { sandbox } of started) expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(one);
  return results;
}

it.concurrent(
  'a worker is killed in the middle of each create, and another one finishes with exactly one of each',
  async () => {
    // Time for all of them to come to the create that is to be cut off.
    await using own = await place({ AEP_HTTP_TIMEOUT: '8000' }, 0);
    const { rig } = own;
    const cases = creates.flatMap((create) => silences.map((silence) => ({ ...create, silence })));
    const victim = startWorkerProcess(rig);
    const started = await Promise.all(
      cases.map(async ({ silence, path, skip = 0 }) => {
        const sandbox = next();
        rig.emulator.control.addFault({
          method: 'POST',
          path,
          skip,
          kind: silence,
          sandbox,
          meanwhile: 'hang',
          delayMs: 7_000,
        });
        const handle = await rig.client.start(legacyOrders(sandbox));
        return { sandbox, path, handle };
      }),
    );
    await waitFor(
      'every dataflow to be in the middle of its create',
      () =>
        started.every(({ sandbox, path }) => requestsIn(rig, sandbox, { path }).some(({ fault }) => fault)),
      patience,
    );
    victim.kill('SIGKILL');
    await victim.ended;
    await rig.startWorker();
    await allExact(rig, started, oneOfNine);
  },
  limit,
);

it.concurrent(
  'a worker that is told to end lets its POSTs finish, so that nothing is asked twice',
  async () => {
    await using own = await place({ AEP_HTTP_TIMEOUT: '8000' }, 600);
    const { rig } = own;
    const first = startWorkerProcess(rig);
    const started: { sandbox: string; handle: DataflowHandle }[] = [];
    const sent = (path: string) =>
      started.map(({ sandbox }) => requestsIn(rig, sandbox, { method: 'POST', path }));
    // One after the other, so that each is somewhere else.
    for (const { path } of creates.filter(({ kind }) => kind !== 'flow')) {
      const sandbox = next();
      started.push({ sandbox, handle: await rig.client.start(legacyOrders(sandbox)) });
      await waitFor(
        `a request to ${path}`,
        () => sent(path).some((requests) => requests.length > 0),
        patience,
      );
    }
    first.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const unanswered = started.flatMap(({ sandbox }) =>
      requestsIn(rig, sandbox, { method: 'POST' }).filter(({ status }) => status === undefined),
    );
    expect(unanswered).toEqual([]);

    await rig.startWorker();
    const results = await allExact(rig, started, oneOfNine);
    for (const { path } of creates) {
      const times = path.endsWith('/schemas') ? 2 : 1;
      expect(sent(path).map((requests) => requests.length)).toEqual(started.map(() => times));
    }
    expect(results.map(({ made }) => made.length)).toEqual(started.map(() => 9));
  },
  limit,
);

it(
  'a worker that dies with a workflow task is missed sooner than Temporal would by itself, and another one finishes',
  async () => {
    await using own = await place({}, 0);
    const { rig } = own;
    const victim = startWorkerProcess(rig);
    const [first, sandbox] = [next(), next()];
    await (await rig.client.start(orders(first))).result();
    // It takes the task, and does nothing with it.
    victim.kill('SIGSTOP');
    const handle = await rig.client.start(orders(sandbox));
    const workflow = rig.temporal.client.workflow.getHandle(handle.workflowId);
    await waitFor(
      'the worker to have the task',
      async () => (await workflow.describe()).raw.pendingWorkflowTask?.startedTime ?? undefined,
      patience,
    );
    victim.kill('SIGKILL');
    await victim.ended;
    await rig.startWorker();
    await allExact(rig, [{ sandbox, handle }], oneOfSix);

    const { events } = await workflow.fetchHistory();
    const missed = events!.map((one) => one.workflowTaskTimedOutEventAttributes?.timeoutType);
    // TIMEOUT_TYPE_START_TO_CLOSE
    expect(missed).toContain(1);
    const timeout = events![0]!.workflowExecutionStartedEventAttributes!.workflowTaskTimeout!;
    expect(Number(timeout.seconds)).toBeLessThan(10);
  },
  limit,
);

it.concurrent(
  'a worker that was stopped beyond every deadline and goes on later spoils nothing',
  async () => {
    // An emulator that shares a busy process can take a request late.
    await using own = await place({ AEP_LATE_COMMIT: '3000' }, 100);
    const { rig } = own;
    const sleeper = startWorkerProcess(rig);
    const started = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const sandbox = next();
        return { sandbox, handle: await rig.client.start(orders(sandbox)) };
      }),
    );
    const posts = () => started.flatMap(({ sandbox }) => requestsIn(rig, sandbox, { method: 'POST' }));
    await waitFor('a third of the requests', () => posts().length > (8 * 6) / 3, patience);
    sleeper.kill('SIGSTOP');
    const other = await rig.startWorker();
    await allExact(rig, started, oneOfSix);
    await other.stop();

    sleeper.kill('SIGCONT');
    const last = next();
    const proof = { sandbox: last, handle: await rig.client.start(orders(last)) };
    await allExact(rig, [...started, proof], oneOfSix);
    sleeper.kill('SIGTERM');
    expect(await sleeper.ended).toBe(0);
    await allExact(rig, started, oneOfSix);
  },
  limit,
);
