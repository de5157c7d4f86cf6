import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkNowUpdate, setWatchUpdate } from '../../src/workflows/watch-messages.ts';
import { waitFor } from '../support/wait-for.ts';
import { healthOf, onCall, startStage, until, untilQuiet, type Stage, type Watcher } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** Asks for looks until the next execution has taken over. */
async function untilNextExecution(watcher: Watcher): Promise<void> {
  const runId = async () => (await watcher.describe()).runId;
  const first = await runId();
  await waitFor(
    'the next execution',
    async () => {
      await watcher.executeUpdate(checkNowUpdate);
      return (await runId()) !== first;
    },
    90_000,
  );
}

test('what is left to do goes with the watch from execution to execution: messages, runs to run again, settings', async () => {
  const { flowId, watcher, told, judge } = await stage.watch({});
  const settings = { ...onCall, pauseAfter: 2, retry: { times: 1, pause: '1h' } };
  await watcher.executeUpdate(setWatchUpdate, { args: [settings] });
  stage.receiver.state.status = 503;
  await judge('failed');
  await waitFor('the message to be refused', () => stage.receiver.about(flowId).length === 1);
  const { retries } = await healthOf(watcher);
  expect(retries).toHaveLength(1);

  await untilNextExecution(watcher);
  expect((await healthOf(watcher)).retries).toEqual(retries);
  stage.receiver.state.status = 200;
  await untilQuiet(watcher);
  // However often it was sent, it is one message.
  const taken = stage.receiver.deliveries.filter(({ message }) => message.flowId === flowId);
  expect(taken.length).toBeGreaterThan(1);
  expect(new Set(taken.map(({ message }) => message.id)).size).toBe(1);
  expect((await healthOf(watcher)).untold).toBe(0);

  await judge('failed');
  await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
  expect((await told(2)).map(({ verdict }) => verdict)).toEqual(['failed', 'paused']);
  expect((await healthOf(watcher)).retries).toEqual([]);
  await watcher.terminate();
}, 180_000);
