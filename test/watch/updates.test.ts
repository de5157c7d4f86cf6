import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  checkNowUpdate,
  resumeUpdate,
  setWatchUpdate,
  stopUpdate,
  type Watch,
} from '../../src/workflows/watch/watch-messages.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  healthOf,
  historyOf,
  onCall,
  refusalOf,
  replay,
  startRigWithReceiver,
  until,
  type RigWithReceiver,
} from './rig-with-receiver.ts';
import { removeFlow } from './make-flow.ts';

let rig: RigWithReceiver;
beforeAll(async () => {
  rig = await startRigWithReceiver();
});
afterAll(() => rig.close());

const retriggers = (runId: string) =>
  rig.emulator.control
    .requests({ method: 'POST', path: '/flowservice/runs/*/action' })
    .filter(({ path }) => path.includes(runId));

describe('an update', () => {
  test('checkNow looks at once, at the flow too', async () => {
    const { flowId, watcher } = await rig.watch({});
    await rig.aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'disable');
    expect((await watcher.executeUpdate(checkNowUpdate)).verdict).toBe('paused');
    await replay(watcher);
    await watcher.terminate();
  });

  test('retryRun has AEP run the newest failed run again, or the one that is named', async () => {
    const { watcher, judge } = await rig.watch({});
    await judge('failed', 'failed');
    const [newest, older] = (await healthOf(watcher)).lastRuns;
    const { runId } = await watcher.executeUpdate<{ runId: string }, []>('retryRun');
    expect(retriggers(newest!.runId)).toHaveLength(1);
    expect(rig.emulator.control.resources('runs').some(({ id }) => id === runId)).toBe(true);
    await watcher.executeUpdate('retryRun', { args: [{ runId: older!.runId }] });
    expect(retriggers(older!.runId)).toHaveLength(1);
    await watcher.terminate();
  });

  test('retryRun of a run that was run again, or may have been, is refused', async () => {
    const { watcher, judge } = await rig.watch({});
    const { control } = rig.emulator;
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
    const { flowId, watcher, judge } = await rig.watch({});
    await judge('failed');
    await rig.aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'disable');
    expect(await refusalOf(watcher.executeUpdate('retryRun'))).toContain('CONNECTOR-1388-400');
    await watcher.terminate();
  });

  test('that makes no sense is refused with the reason, and leaves nothing in the history', async () => {
    const { watcher, judge } = await rig.watch({});
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
    const { watcher, judge } = await rig.watch({});
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

  test('retryRun takes a successful run without rows, named or because none has failed, and none with rows', async () => {
    const { flowId, watcher, judge } = await rig.watch({});
    const { control } = rig.emulator;
    await judge('success');
    const retry = (args: { runId: string }[] = []) =>
      watcher.executeUpdate('retryRun', { args: args as [] }) as Promise<{ runId: string }>;
    expect(await refusalOf(retry())).toContain('None of the last runs has failed');

    const [older, newer] = [2, 1].map((ago) =>
      control.makeRun(flowId, {
        outcome: 'empty',
        startedAt: control.clock().now - 1_000 - ago,
        completedAt: control.clock().now - ago,
      }),
    );
    await until(watcher, 'both to be judged', ({ totals }) => totals.ok === 3);
    const { runId } = await retry();
    expect(retriggers(String(newer!['id']))).toHaveLength(1);
    expect(control.resources('runs').some(({ id }) => id === runId)).toBe(true);
    await retry([{ runId: String(older!['id']) }]);
    expect(retriggers(String(older!['id']))).toHaveLength(1);

    const withRows = (await healthOf(watcher)).lastRuns.at(-1)!;
    expect(await refusalOf(retry([{ runId: withRows.runId }]))).toContain('is not among the last runs');
    await watcher.terminate();
  });

  test('setWatch that was accepted later wins, whichever of the two has a webhook to be checked', async () => {
    const { watcher } = await rig.watch({});
    const both: Watch[] = [{ notify: { webhook: 'on-call' }, pauseAfter: 2 }, { pauseAfter: 3 }];
    for (const settings of [both, both.toReversed()]) {
      const handles = [];
      for (const watch of settings)
        handles.push(await watcher.startUpdate(setWatchUpdate, { args: [watch], waitForStage: 'ACCEPTED' }));
      expect(await Promise.all(handles.map((one) => one.result()))).toEqual(settings);
      expect((await healthOf(watcher)).watch.settings).toEqual(settings[1]);
    }
    await watcher.terminate();
  });

  test('setWatch that was refused leaves those that were accepted before it', async () => {
    const { watcher } = await rig.watch({});
    const unknown: Watch = { notify: { webhook: 'nobody' } };
    const [taken, refused] = await Promise.all([
      watcher.executeUpdate(setWatchUpdate, { args: [onCall] }),
      refusalOf(watcher.executeUpdate(setWatchUpdate, { args: [unknown] })),
    ]);
    expect(refused).toContain('has no webhook "nobody"');
    expect((await healthOf(watcher)).watch.settings).toEqual(taken);
    await watcher.terminate();
  });

  test('of six of our clients at once is never turned away, through execution after execution', async () => {
    const { flowId, watcher } = await rig.watch({});
    const ours = rig.client.watcher({ sandbox: 'prod', flowId });
    const executions = new Set<string>();
    const ask = async () => {
      while (executions.size < 2) {
        await ours.checkNow();
        executions.add((await watcher.describe()).runId);
      }
    };
    const change = async (_: unknown, who: number) => {
      for (let n = 1; executions.size < 2; n++) await ours.setWatch({ pauseAfter: who * 100 + (n % 90) + 1 });
    };
    rig.emulator.control.configure({ latencyMs: 30 });
    try {
      await Promise.all([ask(), ...Array.from({ length: 5 }, change)]);
      executions.clear();
      await Promise.all(Array.from({ length: 6 }, ask));
    } finally {
      rig.emulator.control.configure({ latencyMs: 0 });
    }
    await watcher.terminate();
  });

  test('setWatch takes effect on what is known already, and is kept', async () => {
    const { watcher, judge } = await rig.watch({});
    await judge('success');
    const watch = { pauseAfter: 1, stuckAfter: '2h' };
    expect(await watcher.executeUpdate(setWatchUpdate, { args: [watch] })).toEqual(watch);
    await judge('failed');
    const health = await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
    expect(health.watch.settings).toEqual(watch);
    await watcher.terminate();
  });

  test('stop ends the watch and leaves the flow as it is', async () => {
    const { flowId, watcher } = await rig.watch({});
    await watcher.executeUpdate(stopUpdate);
    expect(await watcher.result()).toMatchObject({ reason: 'stopped', health: { flowId } });
    const flow = await rig.aep.flowService.flows.get({ sandbox: 'prod' }, flowId);
    expect(flow?.['state']).toBe('enabled');
    await replay(watcher);
  });

  test('stop gives up what nobody takes, says so, and refuses what comes meanwhile', async () => {
    const workflow = { workflowId: 'nobody', signal: 'told' };
    const { watcher, judge } = await rig.watch({ notify: { workflow } });
    await judge('failed');
    await watcher.executeUpdate(stopUpdate);
    for (const update of ['checkNow', 'retryRun', 'setWatch']) {
      const refusal = await refusalOf(watcher.executeUpdate(update, { args: [{}] }));
      expect(refusal).toContain('being stopped');
    }
    const { reason, health } = await watcher.result();
    expect({ reason, undelivered: health.undelivered }).toEqual({ reason: 'stopped', undelivered: 1 });
    await replay(watcher);
  });

  test('stop does not wait for a look that AEP does not answer', async () => {
    const { watcher } = await rig.watch({});
    const path = '/flowservice/**';
    rig.emulator.control.addFault({ method: 'GET', path, kind: '503', times: 1_000_000 });
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
      rig.emulator.control.clearFaults();
    }
  });

  test('that meets the end of a watch is refused in time, and told why', async () => {
    const { flowId, watcher, judge } = await rig.watch(onCall);
    rig.receiver.state.status = 503;
    try {
      // Nobody takes its last message, so that it stays for a while.
      await judge('failed');
      await removeFlow(rig.aep, flowId);
      const asked = Date.now();
      const first = refusalOf(watcher.executeUpdate(checkNowUpdate));
      await waitFor(
        'the look',
        async () => ((await watcher.describe()).raw.pendingActivities ?? []).length > 1,
      );
      const second = refusalOf(watcher.executeUpdate(checkNowUpdate));
      expect(await first).toContain(`AEP has the flow ${flowId} no more`);
      expect(await second).toContain(`AEP has the flow ${flowId} no more`);
      for (const [update, input] of Object.entries({
        checkNow: [],
        retryRun: [],
        setWatch: [{}],
        resume: [],
      })) {
        const refusal = await refusalOf(watcher.executeUpdate(update, { args: input as [] }));
        expect(refusal).toContain(`AEP has the flow ${flowId} no more`);
      }
      expect(Date.now() - asked).toBeLessThan(30_000);
    } finally {
      rig.receiver.state.status = 200;
    }
    expect(await watcher.result()).toMatchObject({ reason: 'gone' });
    await replay(watcher);
  });

  test('that AEP has not answered when the watch is stopped is refused, as nobody knows what became of it', async () => {
    const { watcher, judge } = await rig.watch({});
    await judge('failed');
    rig.emulator.control.addFault({
      method: 'POST',
      path: '/flowservice/runs/*/action',
      kind: '429',
      times: 100,
    });
    try {
      const refused = refusalOf(watcher.executeUpdate('retryRun'));
      await waitFor(
        'the request',
        async () => ((await watcher.describe()).raw.pendingActivities ?? []).length > 0,
      );
      await watcher.executeUpdate(stopUpdate);
      expect(await refused).toContain('The watch is being stopped');
      expect(await watcher.result()).toMatchObject({ reason: 'stopped' });
    } finally {
      rig.emulator.control.clearFaults();
    }
    await replay(watcher);
  });

  test('sent to the watcher of a flow that AEP does not have is refused with that', async () => {
    const flowId = crypto.randomUUID();
    const watcher = await rig.temporal.client.workflow.start('watchFlowRuns', {
      workflowId: `flow:prod:${flowId}`,
      taskQueue: 'aep-dataflows',
      args: [{ sandbox: 'prod', flowId }],
    });
    expect(await refusalOf(watcher.executeUpdate('checkNow'))).toContain(`There is no flow ${flowId}`);
  });

  test('sent by our client to a watch that has ended says so, and nobody knows how the flow is', async () => {
    const { flowId, watcher } = await rig.watch({});
    const flow = { sandbox: 'prod', flowId };
    const { client } = rig;
    expect(await client.health(flow)).toMatchObject({ flowId });
    await client.watcher(flow).stop();
    expect(await watcher.result()).toMatchObject({ health: { watch: { ended: 'stopped' } } });
    expect(await client.health(flow)).toBeUndefined();
    // Other clients get the answer of the watch that was.
    expect(await healthOf(watcher)).toMatchObject({ watch: { ended: 'stopped' } });

    const { checkNow, retryRun, resume, setWatch, stop } = client.watcher(flow);
    for (const ask of [checkNow, retryRun, resume, () => setWatch({}), stop])
      await expect(ask()).rejects.toMatchObject({
        name: 'DataflowError',
        type: 'Conflict',
        message: `Nobody watches the flow ${flowId} in prod: its watch has ended, or was never begun`,
      });
  });

  test.each([
    ['checkNow', undefined, '"verdict":"pending"'],
    ['setWatch', '{"pauseAfter":3}', '"pauseAfter":3'],
    ['stop', undefined, '"verdict":"pending"'],
  ])('%s can be sent with the plain Temporal CLI', async (name, input, expected) => {
    const { watcher } = await rig.watch({});
    const { stdout } = await promisify(execFile)(
      inject('temporalCli'),
      `workflow update execute --workflow-id ${watcher.workflowId} --name ${name} --output json`
        .split(' ')
        .concat(input ? ['--input', input] : []),
      { env: { ...process.env, ...rig.temporal.env } },
    );
    expect(stdout.replaceAll(/\s/g, '')).toContain(expected);
  });
});
