import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  checkNowUpdate,
  resumeUpdate,
  setWatchUpdate,
  stopUpdate,
  type Watch,
} from '../../src/workflows/watch-messages.ts';
import { waitFor } from '../support/wait-for.ts';
import { healthOf, historyOf, refusalOf, replay, startStage, until, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const retriggers = (runId: string) =>
  stage.rig.emulator.control
    .requests({ method: 'POST', path: '/flowservice/runs/*/action' })
    .filter(({ path }) => path.includes(runId));

describe('an update', () => {
  test('checkNow looks at once, at the flow too', async () => {
    const { flowId, watcher } = await stage.watch({});
    await stage.aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'disable');
    expect((await watcher.executeUpdate(checkNowUpdate)).verdict).toBe('paused');
    await replay(watcher);
    await watcher.terminate();
  });

  test('retryRun has AEP run the newest failed run again, or the one that is named', async () => {
    const { watcher, judge } = await stage.watch({});
    await judge('failed', 'failed');
    const [newest, older] = (await healthOf(watcher)).lastRuns;
    const { runId } = await watcher.executeUpdate<{ runId: string }, []>('retryRun');
    expect(retriggers(newest!.runId)).toHaveLength(1);
    expect(stage.rig.emulator.control.resources('runs').some(({ id }) => id === runId)).toBe(true);
    await watcher.executeUpdate('retryRun', { args: [{ runId: older!.runId }] });
    expect(retriggers(older!.runId)).toHaveLength(1);
    await watcher.terminate();
  });

  test('retryRun of a run that was run again, or may have been, is refused', async () => {
    const { watcher, judge } = await stage.watch({});
    const { control } = stage.rig.emulator;
    const retry = (runId?: string) =>
      watcher.executeUpdate<{ runId: string }, [{ runId?: string }]>('retryRun', {
        args: [runId === undefined ? {} : { runId }],
      });
    await judge('failed', 'failed');
    const [newest, older] = (await healthOf(watcher)).lastRuns;
    const { runId } = await retry();
    expect(await refusalOf(retry())).toContain(`AEP made the run ${runId} of it`);
    control.addFault({ method: 'POST', path: '/flowservice/runs/*/action', kind: 'reset-after' });
    expect(await refusalOf(retry(older!.runId))).toContain('Nobody knows whether');
    expect(await refusalOf(retry(older!.runId))).toContain('nobody knows whether it heard');
    for (const one of [newest, older]) expect(retriggers(one!.runId)).toHaveLength(1);
    await watcher.terminate();
  });

  test('retryRun that AEP refuses fails with what AEP said', async () => {
    const { flowId, watcher, judge } = await stage.watch({});
    await judge('failed');
    await stage.aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'disable');
    expect(await refusalOf(watcher.executeUpdate('retryRun'))).toContain('CONNECTOR-1388-400');
    await watcher.terminate();
  });

  test('that makes no sense is refused with the reason, and leaves nothing in the history', async () => {
    const { watcher, judge } = await stage.watch({});
    await judge('success');
    const before = (await historyOf(watcher)).events.length;
    expect(await refusalOf(watcher.executeUpdate(resumeUpdate))).toContain('there is nothing to resume');
    expect(await refusalOf(watcher.executeUpdate('retryRun'))).toContain('None of the last runs has failed');
    const wrong = { pauseAfter: 0, retry: { times: 99 }, color: 'red' };
    const refusal = await refusalOf(
      watcher.executeUpdate(setWatchUpdate, { args: [wrong as unknown as Watch] }),
    );
    for (const field of ['pauseAfter', 'retry.times', 'color']) expect(refusal).toContain(field);
    expect(await refusalOf(watcher.executeUpdate('setWatch'))).toContain('watch');
    expect((await historyOf(watcher)).events).toHaveLength(before);
    await watcher.terminate();
  });

  test('retryRun of a run that did not fail, or of somebody else’s, is refused with those that can be run again', async () => {
    const { watcher, judge } = await stage.watch({});
    await judge('failed', 'success');
    const [ok, failed] = (await healthOf(watcher)).lastRuns;
    for (const input of [{ runid: failed!.runId }, [], failed!.runId]) {
      const refusal = await refusalOf(watcher.executeUpdate('retryRun', { args: [input] }));
      expect(refusal).toContain('This cannot be run again');
    }
    for (const runId of [ok!.runId, 'another', '../x']) {
      const refusal = await refusalOf(watcher.executeUpdate('retryRun', { args: [{ runId }] }));
      expect(refusal).toContain(failed!.runId);
    }
    await watcher.terminate();
  });

  test('setWatch takes effect on what is known already, and is kept', async () => {
    const { watcher, judge } = await stage.watch({});
    await judge('success');
    const watch = { pauseAfter: 1, stuckAfter: '2h' };
    expect(await watcher.executeUpdate(setWatchUpdate, { args: [watch] })).toEqual(watch);
    await judge('failed');
    const health = await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
    expect(health.watch.settings).toEqual(watch);
    await watcher.terminate();
  });

  test('stop ends the watch and leaves the flow as it is', async () => {
    const { flowId, watcher } = await stage.watch({});
    await watcher.executeUpdate(stopUpdate);
    expect(await watcher.result()).toMatchObject({ reason: 'stopped', health: { flowId } });
    const flow = await stage.aep.flowService.flows.get({ sandbox: 'prod' }, flowId);
    expect(flow?.['state']).toBe('enabled');
    await replay(watcher);
  });

  test('stop gives up what nobody takes, says so, and refuses what comes meanwhile', async () => {
    const workflow = { workflowId: 'nobody', signal: 'told' };
    const { watcher, judge } = await stage.watch({ notify: { workflow } });
    await judge('failed');
    await watcher.executeUpdate(stopUpdate);
    for (const update of ['checkNow', 'retryRun', 'setWatch']) {
      const refusal = await refusalOf(watcher.executeUpdate(update, { args: [{}] }));
      expect(refusal).toContain('being stopped');
    }
    const { reason, health } = await watcher.result();
    expect({ reason, untold: health.untold }).toEqual({ reason: 'stopped', untold: 1 });
    await replay(watcher);
  });

  test('stop does not wait for a look that AEP does not answer', async () => {
    const { watcher } = await stage.watch({});
    const path = '/flowservice/**';
    stage.rig.emulator.control.addFault({ method: 'GET', path, kind: '503', times: 1_000_000 });
    try {
      const look = refusalOf(watcher.executeUpdate(checkNowUpdate));
      await waitFor(
        'the look',
        async () => ((await watcher.describe()).raw.pendingActivities ?? []).length > 0,
      );
      await watcher.executeUpdate(stopUpdate);
      expect(await look).toContain('being stopped');
      expect(await watcher.result()).toMatchObject({ reason: 'stopped' });
      await replay(watcher);
    } finally {
      stage.rig.emulator.control.clearFaults();
    }
  });

  test.each([
    ['checkNow', undefined, '"verdict":"pending"'],
    ['setWatch', '{"pauseAfter":3}', '"pauseAfter":3'],
    ['stop', undefined, '"verdict":"pending"'],
  ])('%s can be sent with the plain Temporal CLI', async (name, input, expected) => {
    const { watcher } = await stage.watch({});
    const { stdout } = await promisify(execFile)(
      inject('temporalCli'),
      `workflow update execute --workflow-id ${watcher.workflowId} --name ${name} --output json`
        .split(' ')
        .concat(input ? ['--input', input] : []),
      { env: { ...process.env, ...stage.rig.temporal.env } },
    );
    expect(stdout.replaceAll(/\s/g, '')).toContain(expected);
  });
});
