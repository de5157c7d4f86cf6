import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntry } from '@temporalio/worker';
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { beating } from '../../src/activities/attempt.ts';

/** A second attempt whose first left no word, at a server that takes a while to answer that request for more time, if it does. */
function secondAttempt(updateActivityOptions: () => Promise<unknown>) {
  const logged: LogEntry[] = [];
  const environment = new MockActivityEnvironment(
    {
      attempt: 2,
      heartbeatTimeoutMs: 1_800,
      workflowExecution: { workflowId: 'dataflow:prod:orders', runId: 'this' },
      currentAttemptScheduledTimestampMs: Date.now(),
    },
    {
      client: {
        withAbortSignal: (_signal: unknown, work: () => unknown) => work(),
        workflowService: { updateActivityOptions },
      } as never,
      // The SDK logs that an attempt has failed.
      logger: new DefaultLogger('WARN', (entry) => entry.message !== 'Activity failed' && logged.push(entry)),
    },
  );
  const fails = () =>
    environment.run(() => beating(() => Promise.reject(new Error('429')))).catch((error: unknown) => error);
  return { fails, logged };
}

it('an attempt that follows one without a word ends when the server has taken its request for more time: the other way round, the pause that it asks for would be lost', async () => {
  let isTaken = false;
  const { fails } = secondAttempt(() => sleep(200).then(() => (isTaken = true)));
  expect(await fails()).toMatchObject({ message: '429' });
  expect(isTaken).toBe(true);
});

it('a server that does not answer that holds no attempt back for longer than a second', async () => {
  const began = Date.now();
  const { fails } = secondAttempt(() => new Promise(() => undefined));
  expect(await fails()).toMatchObject({ message: '429' });
  expect(Date.now() - began).toBeLessThan(1_700);
});

it('a request for more time that the server refuses is logged once; one for an attempt that has ended is not', async () => {
  const refused = (code: number) => () => Promise.reject(Object.assign(new Error('no'), { code }));
  const ended = secondAttempt(refused(5));
  await ended.fails();
  expect(ended.logged).toEqual([]);
  const denied = secondAttempt(refused(7));
  await denied.fails();
  await denied.fails();
  expect(denied.logged.map(({ message }) => message)).toEqual([
    expect.stringContaining('UpdateActivityOptions (no)'),
  ]);
});
