import { describe, expect, it, vi } from 'vitest';
import { WorkflowNotFoundError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createCheckActivities } from '../../src/activities/dataflow/read-facts.ts';
import { glanceBack, lookBackOf, notesOf } from '../../src/activities/dataflow/look-back.ts';
import { bodyOf } from '../../src/activities/dataflow/send.ts';
import type { FlowSettings } from '../../src/resources/flow.ts';
import type { Dependencies } from '../../src/activities/dependencies.ts';

const serverNow = Date.UTC(2031, 0, 1);
const workflowId = 'dataflow:prod:orders';
const dependencies = { httpTimeoutMs: 8_000, lateCommitMs: 10_000, listLagMs: 10_000 } as Dependencies;

it("a flow starts soon by AEP's clock, however far ahead ours is", () => {
  const now = Date.now() - 5 * 3_600_000;
  const mark = { dataflow: 'prod/orders', nonce: 'aaaaaaaa' };
  const body = bodyOf('flow', { body: {}, mark }, now);
  expect(body['scheduleParams']).toEqual({ startTime: Math.ceil(now / 1000) + 60 });
});

type Look = ReturnType<typeof lookBackOf>;

const { recall } = createCheckActivities({ ...dependencies, aep: { flowService: {} } } as Dependencies);
const flowSpec = { sandbox: 'prod', name: 'CRMToAEP', settings: {} as FlowSettings };

/** As an activity of its own, and at once. */
const looks: [string, Look][] = [
  ['looks', lookBackOf(dependencies)],
  ['glances', async () => (await recall({ flowSpec, lookBackAt: serverNow })).lookBack!],
];

const nothing = () => ({
  describe: () => Promise.reject(new WorkflowNotFoundError('Not found', 'unlisted:prod:orders', undefined)),
});

/** Looks back with a worker whose clock is off, at a run that the server says was terminated a while ago. */
async function lookBack(look: Look, workerAheadMs: number, endedAgoMs: number) {
  const executions = [
    { workflowId, runId: 'this', startTime: new Date(serverNow), status: { name: 'RUNNING' } },
    {
      workflowId,
      runId: 'earlier',
      startTime: new Date(serverNow - 60_000),
      closeTime: new Date(serverNow - endedAgoMs),
      status: { name: 'TERMINATED' },
    },
  ];
  const client = {
    withAbortSignal: (_signal: unknown, work: () => unknown) => work(),
    workflow: {
      async *list() {
        yield* executions;
      },
      getHandle: nothing,
    },
  };
  const environment = new MockActivityEnvironment(
    {
      workflowExecution: { workflowId, runId: 'this' },
      currentAttemptScheduledTimestampMs: serverNow,
    },
    { client: client as never },
  );
  vi.useFakeTimers({ now: serverNow + workerAheadMs, toFake: ['Date'] });
  try {
    return await environment.run(look);
  } finally {
    vi.useRealTimers();
  }
}

const clocks: [string, number][] = [
  ['right', 0],
  ['an hour fast', 3_600_000],
  ['an hour slow', -3_600_000],
];

describe.each(looks)('a worker that %s back', (_, look) => {
  describe.each(clocks)('and whose clock is %s', (_, aheadMs) => {
    it('expects late requests of a run that ended within the settle time', async () => {
      expect(await lookBack(look, aheadMs, 20_000)).toMatchObject({ ranBefore: true, mayStillArrive: true });
    });

    it('expects those of a living worker, which begin a moment after the run ended', async () => {
      const looked = await lookBack(look, aheadMs, 28_500);
      expect(looked).toMatchObject({ mayStillArrive: true, bounds: { settleMs: 29_000, lateMs: 20_000 } });
    });

    it('expects none of a run that ended before', async () => {
      expect(await lookBack(look, aheadMs, 40_000)).toMatchObject({ ranBefore: true, mayStillArrive: false });
    });
  });
});

it('a list of workflows that lags by a second is waited for, but not at a glance', async () => {
  const began = Date.now();
  const client = {
    withAbortSignal: (_signal: unknown, work: () => unknown) => work(),
    workflow: {
      async *list() {
        if (Date.now() > began + 1_000)
          yield { workflowId, runId: 'this', startTime: new Date(), status: { name: 'RUNNING' } };
      },
      getHandle: nothing,
    },
  };
  const workflowExecution = { workflowId, runId: 'this' };
  const environment = new MockActivityEnvironment({ workflowExecution }, { client: client as never });
  expect(await environment.run(() => glanceBack(dependencies, began))).toBeUndefined();
  expect(await environment.run(lookBackOf(dependencies))).toMatchObject({ ranBefore: false });
});

it('a list of workflows that does not answer is not waited for at a glance', async () => {
  const client = {
    withAbortSignal: (_signal: unknown, work: () => unknown) => work(),
    workflow: {
      list: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
      getHandle: nothing,
    },
  };
  const workflowExecution = { workflowId, runId: 'this' };
  const environment = new MockActivityEnvironment({ workflowExecution }, { client: client as never });
  expect(await environment.run(() => glanceBack(dependencies, Date.now()))).toBeUndefined();
});

it('an attempt that found all lists of a namespace taken leaves its word: it was no worker that died', async () => {
  const busy = Object.assign(new Error('Failed to list'), {
    cause: Object.assign(new Error('namespace rate limit exceeded'), { code: 8 }),
  });
  const client = {
    withAbortSignal: (_signal: unknown, work: () => unknown) => work(),
    workflow: {
      list: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(busy) }) }),
      getHandle: nothing,
    },
  };
  for (const ask of [lookBackOf(dependencies), () => notesOf()({ workflowId })]) {
    const workflowExecution = { workflowId, runId: 'this' };
    const environment = new MockActivityEnvironment({ workflowExecution }, { client: client as never });
    let said: unknown;
    environment.on('heartbeat', (details: unknown) => (said = details));
    // oxlint-disable-next-line no-await-in-loop
    await expect(environment.run(ask as () => Promise<unknown>)).rejects.toThrow(
      'Cannot read what ran before',
    );
    expect(said).toEqual({ runId: 'this', attempt: 1 });
  }
});

describe('a worker that looks back', () => {
  /** Lists that show what they are told to, and a stand-in that is there or not. */
  async function lookedBack(shown: string[], standIn?: { status: string; endedAgoMs?: number }) {
    const started: string[] = [];
    const startTime = new Date(serverNow - 120_000);
    const client = {
      withAbortSignal: (_signal: unknown, work: () => unknown) => work(),
      workflow: {
        async *list() {
          yield* shown.map((runId) => ({ workflowId, runId, startTime, status: { name: 'RUNNING' } }));
        },
        getHandle(id: string) {
          const { status, endedAgoMs } = standIn ?? {};
          const closeTime = endedAgoMs === undefined ? {} : { closeTime: new Date(serverNow - endedAgoMs) };
          const found = { runId: id, startTime, status: { name: status }, ...closeTime };
          return standIn ? { describe: async () => found } : nothing();
        },
        async start(type: string, { workflowId: id }: { workflowId: string }) {
          started.push(`${type} ${id}`);
        },
      },
    };
    const environment = new MockActivityEnvironment(
      {
        workflowExecution: { workflowId, runId: 'this' },
        currentAttemptScheduledTimestampMs: serverNow,
      },
      { client: client as never },
    );
    const looked: object = await environment.run(lookBackOf(dependencies));
    return { ...looked, started };
  }

  it('and is not shown its own run leaves a stand-in for it, and expects the worst', async () => {
    const { started, ...looked } = await lookedBack([]);
    expect(started).toEqual(['unlistedRun unlisted:prod:orders']);
    expect(looked).toMatchObject({ ranBefore: true, mayStillArrive: true });
  });

  it('expects late requests of a run that only a stand-in tells of', async () => {
    const { started, ...looked } = await lookedBack(['this'], { status: 'RUNNING' });
    expect(started).toEqual([]);
    expect(looked).toMatchObject({ ranBefore: true, mayStillArrive: true, since: serverNow - 120_000 });
  });

  it('expects none where the stand-in has ended long ago', async () => {
    const looked = await lookedBack(['this'], { status: 'COMPLETED', endedAgoMs: 60_000 });
    expect(looked).toMatchObject({ ranBefore: true, mayStillArrive: false });
  });
});
