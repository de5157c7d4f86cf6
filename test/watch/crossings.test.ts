import { readFileSync } from 'node:fs';
import { defaultPayloadConverter } from '@temporalio/common';
import Long from 'long';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { noReactions } from '../../src/runs/reactions.ts';
import { beginMade, type Inherited, type WatchState } from '../../src/runs/watch-state.ts';
import type { Watch } from '../../src/definition/watch.ts';
import type { Flow } from '../../src/runs/flow.ts';
import type { Run } from '../../src/runs/run.ts';
import { disabled, failed, hour, hourly, minute, t0 } from '../runs/sample-runs.ts';
import { loadOne, loadWorkflowCode, type WorkflowCode } from '../simulation/simulated-worker.ts';
import type { Job } from '../simulation/workflow-run.ts';

let code: WorkflowCode;
beforeAll(async () => {
  code = await loadWorkflowCode(readFileSync(inject('workflowBundle'), 'utf8'));
});

const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);
const signal = (signalName: string, value: unknown): Job => ({
  signalWorkflow: { signalName, input: [payload(value)], headers: {}, identity: 'test' },
});
const update = (name: string): Job => ({
  doUpdate: {
    id: name,
    protocolInstanceId: name,
    name,
    input: [],
    headers: {},
    meta: { updateId: name, identity: 'a person' },
    runValidator: true,
  },
});
const answer = (seq: number): Job => ({
  resolveActivity: { seq, result: { completed: { result: payload(true) } } },
});
/** What AEP shows at the moment. */
const looked = (seq: number, flow: Flow, readAt: number, runs: Run[] = []): Job => {
  const news = { readAt, full: false, cutShort: false, runs, vanished: [], flow, since: t0 - hour };
  return { resolveActivity: { seq, result: { completed: { result: payload(news) } } } };
};
const nobodyThere = (seq: number): Job => {
  const applicationFailureInfo = { type: 'ExternalWorkflowExecutionNotFound' };
  return { resolveSignalExternalWorkflow: { seq, failure: { message: 'gone', applicationFailureInfo } } };
};
const refusal = (seq: number): Job => {
  const applicationFailureInfo = { type: 'Unavailable', nonRetryable: true };
  return {
    resolveActivity: { seq, result: { failed: { failure: { message: '503', applicationFailureInfo } } } },
  };
};
const ended = (...runs: Run[]) => signal('runsEnded', { readAt: runs.at(-1)!.end! + minute, runs });

const isReplaced = signal('makeWay', { workflowId: 'dataflow:prod:orders', question: 'q' });
const isDisabledByUpdate = signal('expect', { pending: { state: 'disabled' }, replacing: true });
const isTakenBack = signal('expect', { replacing: false });

/** A watcher's workflow code, woken by hand: what comes in one workflow task is in no doubt then. */
async function watcher(flow: Flow, watch: Watch = {}, known?: { inherited: Inherited }) {
  const startedAt = t0 + minute;
  const first = crypto.randomUUID();
  const parent = { workflowId: 'dataflow:prod:orders' };
  const execution = { workflowId: 'flow:prod:f', runId: first, type: 'watchFlowRuns', first, startedAt };
  const broken: unknown[] = [];
  const woken = await loadOne(code, { ...execution, parent }, (why) => broken.push(why));
  const state: WatchState = beginMade(flow, startedAt, 24 * hour);
  let at = startedAt;
  const wake = async (...jobs: Job[]) => {
    const commands = await woken.activate(jobs, (at += 1_000), false);
    expect(broken).toEqual([]);
    return {
      /** What AEP is asked, but for reads of its runs, which go on beside all of it. */
      asked: commands.flatMap(({ scheduleActivity: one }) =>
        one && one.activityType !== 'readRuns'
          ? [
              {
                seq: one.seq!,
                what: one.activityType,
                endsAfter: Number(one.scheduleToCloseTimeout?.seconds),
              },
            ]
          : [],
      ),
      looks: commands.flatMap(({ scheduleActivity: one }) =>
        one?.activityType === 'readRuns' ? [one.seq!] : [],
      ),
      signals: commands.flatMap(({ signalExternalWorkflowExecution: one }) => one?.signalName ?? []),
      /** The same, with what is sent. */
      sent: commands.flatMap(({ signalExternalWorkflowExecution: one }) =>
        one ? [{ seq: one.seq!, what: defaultPayloadConverter.fromPayload(one.args![0]!) }] : [],
      ),
      answers: commands.flatMap(({ updateResponse: one }) =>
        one?.rejected || one?.completed ? [one.rejected?.message ?? 'done'] : [],
      ),
      timers: commands.flatMap(({ startTimer: one }) =>
        one ? [{ seq: one.seq!, ms: Number(one.startToFireTimeout?.seconds) * 1000 }] : [],
      ),
    };
  };
  const begun = await wake({
    initializeWorkflow: {
      workflowType: 'watchFlowRuns',
      workflowId: 'flow:prod:f',
      arguments: [payload({ sandbox: 'prod', flowId: 'f', watch }), payload(known ?? state)],
      randomnessSeed: Long.fromNumber(1),
      firstExecutionRunId: first,
      originalExecutionRunId: first,
      attempt: 1,
      headers: {},
    },
  });
  expect(begun.asked).toEqual([]);
  return { wake, begun, end: () => woken.evict() };
}

const refused = [expect.stringContaining('puts another flow in its place')];

describe('a watcher that is told that another flow takes the place of its own', () => {
  const asks: [what: string, flow: Flow][] = [
    ['pause', hourly],
    ['resume', disabled],
  ];

  test.each(asks)('asks AEP for nothing where a %s comes in the same moment', async (what, flow) => {
    const one = await watcher(flow);
    const { asked, answers, signals } = await one.wake(isReplaced, update(what));
    expect({ asked, answers, signals }).toEqual({ asked: [], answers: refused, signals: ['wayMade'] });
    one.end();
  });

  test('runs no run again where that is asked for in the same moment', async () => {
    const one = await watcher(hourly);
    await one.wake(ended(failed(t0)));
    expect(await one.wake(isReplaced, update('retryRun'))).toMatchObject({ asked: [], answers: refused });
    one.end();
  });

  test.each(asks)(
    'tells that it asks AEP for nothing only when a %s that was under way has ended',
    async (what, flow) => {
      for (const end of [answer, refusal]) {
        const one = await watcher(flow);
        const { asked } = await one.wake(update(what));
        expect(asked).toHaveLength(1);
        expect((await one.wake(isReplaced)).signals).toEqual([]);
        expect((await one.wake(end(asked[0]!.seq))).signals).toEqual(['wayMade']);
        one.end();
      }
    },
  );

  test('does not disable it after failures, which the one before it would', async () => {
    const runs = [failed(t0), failed(t0 + 10 * minute), failed(t0 + 20 * minute)];
    const [first, ...more] = runs;
    for (const [jobs, asked] of [
      [[ended(...more)], ['disableFlow']],
      [[isReplaced, ended(...more)], []],
    ] as const) {
      const one = await watcher(hourly, { pauseAfter: 3 });
      await one.wake(ended(first!));
      expect((await one.wake(...jobs)).asked.map(({ what }) => what)).toEqual(asked);
      one.end();
    }
  });

  test('has AEP run no failed run again when its time has come, and does so where the flow was not replaced after all', async () => {
    const one = await watcher(hourly, { retry: { times: 2, pause: '5m' } });
    const { timers } = await one.wake(ended(failed(t0)));
    const due = (all: typeof timers): Job => ({
      fireTimer: { seq: all.find(({ ms }) => ms < 10 * minute)!.seq },
    });
    await one.wake(isReplaced);
    expect((await one.wake(due(timers))).asked).toEqual([]);
    const later = (await one.wake(isTakenBack)).timers;
    expect((await one.wake(due(later))).asked.map(({ what }) => what)).toEqual(['retriggerRun']);
    one.end();
  });

  test('runs a failed run again, too, where it has seen the flow disabled meanwhile, and sees it enabled', async () => {
    const one = await watcher(hourly, { retry: { times: 2, pause: '5m' } });
    const due = (all: { seq: number; ms: number }[]): Job => ({
      fireTimer: { seq: all.find(({ ms }) => ms < 10 * minute)!.seq },
    });
    const { timers } = await one.wake(ended(failed(t0)));
    await one.wake(isReplaced);
    const { looks } = await one.wake(isDisabledByUpdate, signal('wake', { flow: true }));
    await one.wake(looked(looks[0]!, disabled, t0 + 2 * minute));
    await one.wake(signal('expect', { pending: { state: 'enabled' } }));
    const back = await one.wake(isTakenBack);
    expect((await one.wake(due(timers))).asked).toEqual([]);
    const later = (await one.wake(looked(back.looks[0]!, hourly, t0 + 3 * minute))).timers;
    expect((await one.wake(due(later))).asked.map(({ what }) => what)).toEqual(['retriggerRun']);
    one.end();
  });

  test.each([
    ['pause', hourly],
    ['resume', disabled],
    ['retryRun', hourly],
  ])(
    'has nothing of a %s sent any more when the update stops waiting for it, however long no worker takes it',
    async (what, flow) => {
      const one = await watcher(flow);
      if (what === 'retryRun') await one.wake(ended(failed(t0)));
      const [asked] = (await one.wake(update(what))).asked;
      expect(asked!.endsAfter).toBeLessThan(35 * 60);
      one.end();
    },
  );

  test('gives the question back with its answer', async () => {
    const one = await watcher(hourly);
    expect((await one.wake(isReplaced)).sent).toMatchObject([{ what: { question: 'q' } }]);
    one.end();
  });

  test('goes on as before where nobody waits for its answer any more, unless the flow was disabled since', async () => {
    for (const [since, { asked, answers }] of [
      [[], { asked: ['disableFlow'], answers: [] }],
      [[isDisabledByUpdate], { asked: [], answers: refused }],
    ] as const) {
      const one = await watcher(hourly);
      const [answer] = (await one.wake(isReplaced)).sent;
      await one.wake(...since, nobodyThere(answer!.seq));
      const then = await one.wake(update('pause'));
      expect({ asked: then.asked.map(({ what }) => what), answers: then.answers }).toEqual({
        asked,
        answers,
      });
      one.end();
    }
  });

  test.each([
    ['a watcher', 'flow:prod:g'],
    ['an id that Temporal does not take', `dataflow:prod:${'x'.repeat(1_000)}`],
    ['nobody', undefined],
  ])('goes on as before where that is said by what is no update: %s', async (_, workflowId) => {
    const one = await watcher(hourly);
    expect((await one.wake(signal('makeWay', { workflowId, question: 'q' }))).sent).toEqual([]);
    expect((await one.wake(update('pause'))).asked).toHaveLength(1);
    one.end();
  });

  test('answers only once it has looked, and by then does not disable the flow after failures', async () => {
    const inherited: Inherited = {
      began: t0 - hour,
      reactions: { ...noReactions, reported: { verdict: 'ok' } },
    };
    const runs = [failed(t0 - 3 * minute), failed(t0 - 2 * minute), failed(t0 - minute)];
    for (const [told, asked] of [
      [[], ['disableFlow']],
      [[isDisabledByUpdate], []],
    ] as const) {
      const one = await watcher(hourly, { pauseAfter: 3 }, { inherited });
      expect((await one.wake(isReplaced)).sent).toEqual([]);
      await one.wake(...told);
      const first = await one.wake(looked(one.begun.looks[0]!, hourly, t0 + minute, runs));
      expect(first.asked.map(({ what }) => what)).toEqual(asked);
      expect((await one.wake(isReplaced)).signals).toEqual(asked.length > 0 ? [] : ['wayMade']);
      one.end();
    }
  });
});
