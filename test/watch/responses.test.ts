import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageSchema } from '../../src/runs/notification.ts';
import {
  checkNowUpdate,
  pauseUpdate,
  resumeUpdate,
  setWatchUpdate,
} from '../../src/workflows/watch/watch-messages.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  healthOf,
  historyOf,
  key,
  onCall,
  refusalOf,
  replay,
  startRigWithReceiver,
  until,
  untilQuiet,
  type RigWithReceiver,
  type Watcher,
} from './rig-with-receiver.ts';
import { removeFlow } from './make-flow.ts';

let rig: RigWithReceiver;
beforeAll(async () => {
  rig = await startRigWithReceiver();
});
afterAll(() => rig.close());

/** Waits until an activity of the watcher has failed for such a reason, and answers all that is said about it. */
function reason(watcher: Watcher, pattern: RegExp): Promise<string> {
  return waitFor(`the reason ${pattern}`, async () => {
    const { raw } = await watcher.describe();
    const failures = (raw.pendingActivities ?? []).map(({ lastFailure }) =>
      JSON.stringify(lastFailure ?? {}),
    );
    return failures.find((text) => pattern.test(text));
  });
}

describe('people', () => {
  test('are told in Slack, in Teams and by e-mail what is the matter and what to do, once, and no address is in the history', async () => {
    const notify = { slack: 'team', teams: 'team', email: 'team' };
    const { flowId, watcher, judge } = await rig.watch({ notify });
    const about = () => rig.people.told.filter(({ text }) => text.includes(flowId));
    await judge('success', 'failed');
    await waitFor('six messages', () => about().length >= 6);
    await untilQuiet(watcher);
    expect(
      about()
        .map(({ by }) => by)
        .sort(),
    ).toEqual(['email', 'email', 'slack', 'slack', 'teams', 'teams']);
    for (const kind of ['slack', 'teams', 'email']) {
      const [ok, failed] = about().filter(({ by }) => by === kind);
      expect(ok!.text).toContain('prod/Orders is ok');
      expect(failed!.text).toContain('prod/Orders is failed');
      expect(failed!.text).toContain('No route to the source.');
      expect(failed!.text).toContain('temporal workflow query --workflow-id flow:prod:');
    }
    const { text } = await historyOf(watcher);
    expect(text).not.toMatch(/secret-path|secret-ann/);
    await replay(watcher);
    await watcher.terminate();
  });

  test('whom this worker does not know are refused where a watch names them, and one activity asks it whom it knows', async () => {
    const { watcher } = await rig.watch({});
    const update = watcher.executeUpdate(setWatchUpdate, {
      args: [{ notify: { slack: 'tem', webhook: 'on-call' } }],
    });
    expect(await refusalOf(update)).toContain(
      'notify.slack: The environment of the worker has no Slack channel "tem", only team; did you mean "team"?',
    );
    const { events } = await historyOf(watcher);
    const asked = events.flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
    );
    expect(asked.filter((name) => name.startsWith('known'))).toEqual(['knownReceivers']);
    await watcher.terminate();
  });
});

describe('a webhook', () => {
  test('is notified of each change of the verdict once, signed, with a link, and no secret is in the history', async () => {
    const { flowId, watcher, received, judge } = await rig.watch(onCall);
    await judge('success', 'success', 'failed', 'failed', 'degraded', 'success');
    const messages = await received(4);
    expect(messages.map(({ event, verdict, was }) => [event, verdict, was])).toEqual([
      ['changed', 'ok', undefined],
      ['changed', 'failed', 'ok'],
      ['changed', 'degraded', 'failed'],
      ['recovered', 'ok', 'degraded'],
    ]);
    for (const message of messages) expect(messageSchema.parse(message)).toEqual(message);
    expect(messages[1]).toMatchObject({
      sandbox: 'prod',
      flowId,
      flowName: 'Orders',
      cause: { code: 'CONNECTOR-1001-500', message: expect.stringContaining('No route') },
      run: { verdict: 'failed' },
      link: expect.stringContaining(
        `https://temporal.example.com/namespaces/${rig.temporal.namespace}/workflows/flow%3Aprod%3A${flowId}/`,
      ),
    });
    const mine = rig.receiver.deliveries.filter(({ message }) => message.flowId === flowId);
    expect(mine.every(({ signed }) => signed)).toBe(true);
    expect(mine.every(({ headers, message }) => headers.get('webhook-id') === message.id)).toBe(true);

    await untilQuiet(watcher);
    const { text } = await historyOf(watcher);
    expect(text.match(/"name":"sendMessage"/g)).toHaveLength(4);
    expect(text).not.toMatch(new RegExp(`secret-path|secret-token|${key}`));
    await replay(watcher);
    await watcher.terminate();
  });

  test('that refuses or sends elsewhere is tried again until it takes the message, and no reason shows its address', async () => {
    rig.receiver.state.status = 503;
    const { watcher, received, judge } = await rig.watch(onCall);
    try {
      await judge('success');
      expect(await reason(watcher, /The webhook \\"on-call\\" answered 503/)).not.toMatch(
        /secret|127\.0\.0\.1/,
      );
      rig.receiver.state.status = 302;
      expect(await reason(watcher, /answered 302/)).not.toMatch(/secret|127\.0\.0\.1/);
    } finally {
      rig.receiver.state.status = 200;
    }
    await untilQuiet(watcher);
    expect(await received(1)).toHaveLength(1);
    await watcher.terminate();
  });

  test('is notified in the order in which things happened, however long it takes nothing', async () => {
    rig.receiver.state.status = 503;
    const { flowId, received, watcher, judge } = await rig.watch(onCall);
    const others = await rig.watch({});
    try {
      await judge('failed', 'success');
      // Time enough for the second to be tried, if it were.
      await others.judge('success', 'success');
      await reason(watcher, /answered 503/);
      expect(rig.receiver.about(flowId)).toHaveLength(1);
    } finally {
      rig.receiver.state.status = 200;
    }
    expect((await received(2)).map(({ event }) => event)).toEqual(['changed', 'recovered']);
    await untilQuiet(watcher);
    expect((await healthOf(watcher)).undelivered).toBe(0);
    await Promise.all([watcher.terminate(), others.watcher.terminate()]);
  });

  test('is notified that the flow is gone, and with it the watch', async () => {
    const { flowId, watcher, received } = await rig.watch(onCall);
    await removeFlow(rig.aep, flowId);
    await watcher.signal('wake', { flow: true });
    expect(await watcher.result()).toMatchObject({ reason: 'gone' });
    const [message] = await received(1);
    expect(messageSchema.parse(message)).toMatchObject({ event: 'gone', flowId });
  });

  test('that this worker does not know holds nothing up, and it shows what is missing', async () => {
    const { watcher, judge } = await rig.watch({ notify: { webhook: 'nobody' } });
    await judge('success', 'failed', 'success');
    await reason(watcher, /has no webhook \\"nobody\\"/);
    await watcher.terminate();
  });
});

test('a workflow that was named is signalled with the message', async () => {
  const { client } = rig.temporal;
  const incidents = await client.workflow.start('anything', {
    workflowId: 'incidents',
    taskQueue: 'nobody-works-here',
  });
  const workflow = { workflowId: 'incidents', signal: 'flowChanged' };
  const { flowId, watcher, judge } = await rig.watch({ notify: { workflow } });
  await judge('failed');
  const signal = await waitFor('the signal', async () => {
    const { events } = await incidents.fetchHistory();
    return (
      events?.find((event) => event.workflowExecutionSignaledEventAttributes)
        ?.workflowExecutionSignaledEventAttributes ?? undefined
    );
  });
  expect(signal.signalName).toBe('flowChanged');
  const message: unknown = JSON.parse(Buffer.from(signal.input!.payloads![0]!.data!).toString());
  expect(messageSchema.parse(message)).toMatchObject({ flowId, verdict: 'failed' });
  await Promise.all([incidents.terminate(), watcher.terminate()]);
});

describe('a flow that a person pauses', () => {
  test('is disabled, and says that it is meant: no drift, nothing runs until it is resumed', async () => {
    const { flowId, watcher, received, judge } = await rig.watch(onCall);
    const stateInAep = async () =>
      (await rig.aep.flowService.flows.get({ sandbox: 'prod' }, flowId))?.['state'];
    await judge('success');
    const paused = await watcher.executeUpdate(pauseUpdate);
    expect(paused).toMatchObject({ verdict: 'paused', cause: { message: expect.stringContaining('asked') } });
    expect(paused).not.toHaveProperty('drift');
    expect(await stateInAep()).toBe('disabled');
    const message = (await received(2)).find(({ verdict }) => verdict === 'paused');
    expect(message).toMatchObject({ event: 'changed', verdict: 'paused' });
    expect(message).not.toHaveProperty('drift');
    expect(await refusalOf(watcher.executeUpdate(pauseUpdate))).toContain('runs nothing of it already');

    expect(await watcher.executeUpdate(resumeUpdate)).toMatchObject({ verdict: 'ok' });
    expect(await stateInAep()).toBe('enabled');
    // Whoever disables it now is somebody else.
    await rig.aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'disable');
    const health = await watcher.executeUpdate(checkNowUpdate);
    expect(health).toMatchObject({ verdict: 'paused', drift: { changes: [{ field: 'state' }] } });
    expect(health.cause?.message).toContain('Its watcher did not do that');
    await replay(watcher);
    await watcher.terminate();
  });

  test('and that AEP does not let it disable is as it was', async () => {
    const { flowId, watcher, judge } = await rig.watch({});
    await judge('success');
    const action = { method: 'POST', path: `/flowservice/flows/${flowId}/action` };
    rig.emulator.control.addFault({ ...action, kind: '404' });
    expect(await refusalOf(watcher.executeUpdate(pauseUpdate))).toContain('/flowservice/flows');
    const { memo } = await watcher.describe();
    expect(memo?.['asked']).toMatchObject([{ what: 'pause', failure: { type: 'Rejected' } }]);
    await rig.aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'disable');
    const { cause, drift } = await watcher.executeUpdate(checkNowUpdate);
    expect(cause?.message).toContain('Its watcher did not do that');
    expect(drift).toMatchObject({ changes: [{ field: 'state' }] });
    await watcher.terminate();
  });
});

describe('a flow that fails again and again', () => {
  test('is disabled where that was asked for, reported, watched on as paused, and enabled by an update', async () => {
    const { aep } = rig;
    const { flowId, watcher, received, judge } = await rig.watch({ ...onCall, pauseAfter: 2 });
    const stateInAep = async () => (await aep.flowService.flows.get({ sandbox: 'prod' }, flowId))?.['state'];
    await judge('failed', 'failed');
    const paused = await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
    expect(paused.cause?.message).toContain('Disabled by its watcher after 2 failed runs in a row');
    expect(await stateInAep()).toBe('disabled');
    expect((await received(2)).map(({ verdict }) => verdict)).toEqual(['failed', 'paused']);

    expect(paused.cause?.next).toContain('AEP then makes up every interval that was missed');
    const resumed = await watcher.executeUpdate(resumeUpdate);
    // So soon, no run was missed that AEP could make up.
    expect(resumed).toMatchObject({ verdict: 'failed', command: { verb: 'retry' } });
    expect(resumed).not.toHaveProperty('note');
    expect(await stateInAep()).toBe('enabled');
    await judge('success');
    expect((await received(4)).map(({ verdict }) => verdict)).toEqual(['failed', 'paused', 'failed', 'ok']);
    await replay(watcher);
    await watcher.terminate();
  });

  test('and cannot be disabled at once is disabled when AEP is there again', async () => {
    const { flowId, watcher, judge } = await rig.watch({ pauseAfter: 1 });
    const action = { method: 'POST', path: '/flowservice/flows/*/action' };
    rig.emulator.control.addFault({ ...action, kind: '503', times: 2 });
    await judge('failed');
    await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
    const sent = rig.emulator.control.requests(action).filter(({ path }) => path.includes(flowId));
    expect(sent.length).toBe(3);
    await watcher.terminate();
  });

  test('is disabled by its watcher however the answer to that was lost, and not asked for again', async () => {
    const { flowId, watcher, judge } = await rig.watch({ pauseAfter: 1 });
    const action = { method: 'POST', path: `/flowservice/flows/${flowId}/action` };
    rig.emulator.control.addFault({ ...action, kind: 'reset-after' });
    await judge('failed');
    const { cause } = await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
    expect(cause?.message).toContain('Disabled by its watcher');
    expect(rig.emulator.control.requests(action).map(({ status }) => status)).toEqual([undefined]);
    await watcher.terminate();
  });

  test('is disabled by its watcher also where AEP takes its time over it, and takes no other request meanwhile', async () => {
    const { control } = rig.emulator;
    const { flowId, watcher, judge } = await rig.watch({ pauseAfter: 1 });
    const action = { method: 'POST', path: `/flowservice/flows/${flowId}/action` };
    control.configure({ operationLastsMs: [600_000, 600_000] });
    try {
      control.addFault({ ...action, kind: 'reset-after' });
      control.clearRequests();
      await judge('failed');
      const path = `/flowservice/flows/${flowId}`;
      await waitFor('looks after it', () => control.requests({ method: 'GET', path }).length >= 3);
      expect(control.requests(action)).toHaveLength(1);
    } finally {
      control.configure({ operationLastsMs: [0, 0] });
    }
    control.advanceClock(600_000);
    const { cause } = await until(watcher, 'the pause', ({ verdict }) => verdict === 'paused');
    expect(cause?.message).toContain('Disabled by its watcher');
    await watcher.terminate();
  });

  test('and was disabled by somebody else says so', async () => {
    const { flowId, watcher } = await rig.watch({});
    await rig.aep.flowService.setFlowState({ sandbox: 'prod' }, flowId, 'disable');
    await watcher.executeUpdate(checkNowUpdate);
    const { verdict, cause } = await healthOf(watcher);
    expect(verdict).toBe('paused');
    expect(cause?.message).toMatch(/^The flow is disabled in AEP\..* AEP itself/);
    await watcher.terminate();
  });
});
