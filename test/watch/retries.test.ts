import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setWatchUpdate } from '../../src/workflows/watch/watch-messages.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  healthOf,
  onCall,
  replay,
  startRigWithReceiver,
  until,
  type RigWithReceiver,
  type Watched,
} from './rig-with-receiver.ts';

let rig: RigWithReceiver;
beforeAll(async () => {
  rig = await startRigWithReceiver();
});
afterAll(() => rig.close());

const action = { method: 'POST', path: '/flowservice/runs/*/action' };

/** The requests to run a run again. */
function requests(runId: string) {
  return rig.emulator.control.requests(action).filter(({ path }) => path.includes(runId));
}

/** Has a run fail, and says how the runs will end that are made of it. */
async function failFirst(
  { flowId, watcher }: Watched,
  ...endings: ('success' | 'failed')[]
): Promise<string> {
  rig.makeRun(flowId, 'failed');
  rig.emulator.control.planRuns({ flowId, outcomes: endings });
  const { lastRuns } = await until(watcher, 'the failure', ({ totals }) => totals.failed === 1);
  return lastRuns[0]!.runId;
}

/** Waits until AEP has so many runs of a flow, and lets them come to their end. */
async function letThemEnd(flowId: string, count: number): Promise<void> {
  const { control } = rig.emulator;
  await waitFor(
    `${count} runs`,
    () => control.resources('runs').filter((run) => run['flowId'] === flowId).length >= count,
  );
  control.advanceClock(3 * 60_000);
}

describe('a failed run', () => {
  test('is run again where that was asked for; the new run is of the same retry chain, and its good end a recovery', async () => {
    const watched = await rig.watch({ ...onCall, retry: { times: 2, pause: '1s' } });
    const { flowId, watcher, received } = watched;
    const first = await failFirst(watched, 'failed', 'success');
    await letThemEnd(flowId, 2);
    await until(watcher, 'the second failure', ({ totals }) => totals.failed === 2);
    await letThemEnd(flowId, 3);
    await until(watcher, 'the recovery', ({ verdict, retries }) => verdict === 'ok' && retries.length === 0);
    const messages = await received(2);
    expect(messages.map(({ event, verdict }) => [event, verdict])).toEqual([
      ['changed', 'failed'],
      ['recovered', 'ok'],
    ]);
    expect(messages[0]).toMatchObject({
      retry: { tried: 0, times: 2 },
      next: expect.stringMatching(/^Nothing yet/),
    });
    expect(requests(first)).toHaveLength(1);
    await replay(watcher);
    await watcher.terminate();
  });

  test('is run again no more often than asked for, and that is reported', async () => {
    const watched = await rig.watch({ ...onCall, retry: { times: 1, pause: '1s' } });
    const { flowId, watcher, received } = watched;
    await failFirst(watched, 'failed');
    await letThemEnd(flowId, 2);
    const { lastRuns } = await until(watcher, 'the second failure', ({ totals }) => totals.failed === 2);
    const messages = await received(2);
    expect(messages[1]).toMatchObject({ event: 'gaveUp', run: { runId: lastRuns[0]!.runId } });
    expect((await healthOf(watcher)).retries).toEqual([]);
    expect(requests(lastRuns[0]!.runId)).toEqual([]);
    await watcher.terminate();
  });

  test('is not run again for an error that cannot heal', async () => {
    const { flowId, watcher, received } = await rig.watch({ ...onCall, retry: { times: 3, pause: '1s' } });
    rig.makeRun(flowId, 'failed', 'MAPPER-3700-400');
    const [message] = await received(1);
    expect(message).not.toHaveProperty('retry');
    expect((await healthOf(watcher)).retries).toEqual([]);
    await watcher.terminate();
  });

  test.each(['reset-after', '500-committed'] as const)(
    'whose request AEP took without a readable answer (%s) is not run twice',
    async (kind) => {
      const watched = await rig.watch({ retry: { times: 3, pause: '1s' } });
      const { flowId, watcher } = watched;
      rig.emulator.control.addFault({ ...action, kind });
      const first = await failFirst(watched, 'success');
      // It is in progress when it is time to ask again.
      const now = await until(
        watcher,
        'the run to be found',
        ({ retries, openRuns }) => openRuns.length === 1 && retries[0]?.at === undefined,
      );
      expect(now.retries).toEqual([{ runId: now.openRuns[0]!.runId, tried: 1 }]);
      await letThemEnd(flowId, 2);
      await until(
        watcher,
        'the recovery',
        ({ verdict, retries }) => verdict === 'ok' && retries.length === 0,
      );
      expect(requests(first)).toHaveLength(1);
      await replay(watcher);
      await watcher.terminate();
    },
  );

  test('whose request did not reach AEP is run again the next time', async () => {
    const watched = await rig.watch({ retry: { times: 2, pause: '1s' } });
    rig.emulator.control.addFault({ ...action, kind: 'reset-before' });
    const first = await failFirst(watched, 'success');
    await letThemEnd(watched.flowId, 2);
    await until(watched.watcher, 'the recovery', ({ verdict }) => verdict === 'ok');
    expect(requests(first)).toHaveLength(2);
    await watched.watcher.terminate();
  });

  test('that AEP says slow down to is run again when AEP allows', async () => {
    const watched = await rig.watch({ retry: { times: 1, pause: '1s' } });
    rig.emulator.control.addFault({ ...action, kind: '429' });
    const first = await failFirst(watched, 'success');
    await letThemEnd(watched.flowId, 2);
    await until(watched.watcher, 'the recovery', ({ verdict }) => verdict === 'ok');
    expect(requests(first)).toHaveLength(2);
    await watched.watcher.terminate();
  });

  test('that AEP refuses to run again is given up, and AEP’s reason is reported', async () => {
    const watched = await rig.watch({ ...onCall, retry: { times: 3, pause: '1s' } });
    rig.emulator.control.addFault({ ...action, kind: '404' });
    const first = await failFirst(watched);
    const messages = await watched.received(2);
    expect(messages[1]).toMatchObject({
      event: 'gaveUp',
      run: { runId: first },
      next: expect.stringContaining('404'),
    });
    expect(requests(first)).toHaveLength(1);
    await watched.watcher.terminate();
  });

  test('whose last request stays in doubt is given up, and that is reported', async () => {
    const watched = await rig.watch({ ...onCall, retry: { times: 1, pause: '1s' } });
    rig.emulator.control.addFault({ ...action, kind: 'reset-before' });
    const first = await failFirst(watched);
    const messages = await watched.received(2);
    expect(messages[1]).toMatchObject({
      event: 'gaveUp',
      run: { runId: first },
      next: expect.stringContaining('Nobody knows whether AEP has heard'),
    });
    expect(requests(first)).toHaveLength(1);
    await watched.watcher.terminate();
  });

  test('is given up, and that is reported, when its time has come and the settings do not ask for it any more', async () => {
    const watched = await rig.watch({ ...onCall, retry: { times: 1, pause: '3s' } });
    const first = await failFirst(watched);
    await watched.watcher.executeUpdate(setWatchUpdate, { args: [onCall] });
    const messages = await watched.received(2);
    expect(messages[1]).toMatchObject({ event: 'gaveUp', run: { runId: first } });
    expect(requests(first)).toEqual([]);
    await replay(watched.watcher);
    await watched.watcher.terminate();
  });

  test('does not hold up a watcher that is cancelled while it waits to be run again', async () => {
    const watched = await rig.watch({ retry: { times: 1, pause: '1h' } });
    await failFirst(watched);
    await watched.watcher.cancel();
    await expect(watched.watcher.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  });

  test('that a person has run again is not run again by the watcher while that request is under way', async () => {
    const watched = await rig.watch({ retry: { times: 1, pause: '2s' } });
    const { control } = rig.emulator;
    rig.makeRun(watched.flowId, 'failed');
    control.planRuns({ flowId: watched.flowId, outcomes: ['success'] });
    control.addFault({ ...action, kind: '429', times: 2 });
    const { lastRuns } = await until(watched.watcher, 'the failure', ({ totals }) => totals.failed === 1);
    const first = lastRuns[0]!.runId;
    await watched.watcher.executeUpdate('retryRun');
    await letThemEnd(watched.flowId, 2);
    await until(watched.watcher, 'the recovery', ({ verdict }) => verdict === 'ok');
    // Two that AEP surely did not take, over three seconds, and the one that it took.
    expect(requests(first)).toHaveLength(3);
    await watched.watcher.terminate();
  });
});
