import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { flowMessageSchema } from '../../src/runs/notification.ts';
import { checkNowUpdate } from '../../src/workflows/watch/watch-messages.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { day, hour, minute, watchLong } from './long-watch.ts';
import { removeFlow } from './make-flow.ts';
import {
  healthOf,
  onCall,
  replay,
  startRigWithReceiver,
  until,
  type RigWithReceiver,
} from './rig-with-receiver.ts';

const label = 'core/C12';
const labels = [{ op: 'add' as const, path: '/labels', value: [label] }];

describe('a flow that AEP does not show any more', () => {
  let rig: RigWithReceiver;
  beforeAll(async () => {
    rig = await startRigWithReceiver();
  });
  afterAll(() => rig.close());

  test('while a label hides it, is unreadable and watched on, until the label is taken off', async () => {
    const { control } = rig.emulator;
    const { flowId, watcher, received, judge } = await rig.watch({
      ...onCall,
      retry: { times: 2, pause: '12s' },
    });
    await rig.aep.flowService.flows.patch({ sandbox: 'prod' }, flowId, labels, await etagOf(flowId));
    await judge('success', 'failed');
    control.configure({ hiddenLabels: [label] });
    try {
      await watcher.signal('wake', { flow: true });
      const { verdict, cause } = await until(watcher, 'the verdict', (now) => now.verdict === 'unreadable');
      expect({ verdict, why: cause?.message }).toEqual({
        verdict: 'unreadable',
        why: expect.stringMatching(
          /hidden by an access label, or was deleted by others while its source connection stays/,
        ),
      });
      // The run that failed is not run again for want of a role, and nothing is given up for that.
      const message = (await received(3)).at(-1);
      expect(flowMessageSchema.parse(message)).toMatchObject({
        event: 'changed',
        verdict: 'unreadable',
        was: 'failed',
      });
      expect(message).not.toHaveProperty('run');
      expect(await watcher.executeUpdate(checkNowUpdate)).toMatchObject({
        verdict: 'unreadable',
        retries: [{ tried: 0 }],
      });
    } finally {
      control.configure({ hiddenLabels: [] });
    }
    expect(await watcher.executeUpdate(checkNowUpdate)).toMatchObject({
      verdict: 'failed',
      totals: { ok: 1, failed: 1 },
    });
    await until(watcher, 'the failed run to be run again', ({ retries }) => retries[0]?.tried === 1);
    await replay(watcher);
    await watcher.terminate();
  });

  test('is unreadable as long as its source connection is there, and gone after that', async () => {
    const { flowId, watcher, received } = await rig.watch(onCall);
    const source = ((await flowOf(flowId))['sourceConnectionIds'] as string[])[0]!;
    await rig.aep.flowService.flows.remove({ sandbox: 'prod' }, flowId);
    await watcher.signal('wake', { flow: true });
    await until(watcher, 'the verdict', ({ verdict }) => verdict === 'unreadable');
    await rig.aep.flowService.sourceConnections.remove({ sandbox: 'prod' }, source);
    await watcher.signal('wake', { flow: true });
    expect(await watcher.result()).toMatchObject({ reason: 'gone' });
    expect((await received(2)).map(({ event }) => event)).toEqual(['changed', 'gone']);
  });

  test('is gone at once where whoever deleted it says so', async () => {
    const { flowId, watcher } = await rig.watch({});
    // Of one that is there, nothing of that is true.
    await watcher.signal('wake', { deleted: true });
    expect(await watcher.executeUpdate(checkNowUpdate)).toMatchObject({ verdict: 'pending' });
    await rig.aep.flowService.flows.remove({ sandbox: 'prod' }, flowId);
    await watcher.signal('wake', { flow: true, deleted: true });
    expect(await watcher.result()).toMatchObject({ reason: 'gone' });
    expect((await healthOf(watcher)).watch.ended).toBe('gone');
  });

  async function flowOf(flowId: string) {
    return (await rig.aep.flowService.flows.get({ sandbox: 'prod' }, flowId))!;
  }
  const etagOf = async (flowId: string) => String((await flowOf(flowId))['etag']);
});

describe('a flow that a label hides for days', () => {
  let place: TestWorkflowEnvironment;
  beforeAll(async () => {
    place = await startTimeSkipping();
  });
  afterAll(() => place.teardown());

  test('is looked for each hour, is never overdue, and all its runs are judged afterwards', async () => {
    let isLabelled = false;
    let looksWhileHidden = 0;
    const { result, watcher, ended } = await watchLong({
      place,
      workflowBundle: inject('workflowBundle'),
      schedule: { frequency: 'hour', interval: 6 },
      watchIntervalMs: 100 * minute,
      runs: { success: 3, failed: 1 },
      async before({ control, aep, flowId, elapsed, activity }) {
        if (!isLabelled) {
          const { etag } = (await aep.flowService.flows.get({ sandbox: 'prod' }, flowId))!;
          await aep.flowService.flows.patch({ sandbox: 'prod' }, flowId, labels, String(etag));
          isLabelled = true;
        }
        const isHidden = elapsed > day && elapsed < 3 * day;
        control.configure({ hiddenLabels: isHidden ? [label] : [] });
        if (isHidden && activity === 'readRuns') looksWhileHidden += 1;
        if (elapsed > 4 * day) await removeFlow(aep, flowId);
      },
    });
    const { totals } = result.health;
    expect(result.reason).toBe('gone');
    expect(totals.ok + totals.degraded + totals.failed).toBe(ended.length);
    expect(totals.tooLate).toBe(0);
    const verdicts = JSON.stringify(watcher.flatMap(({ events }) => events!.map(attributesIn)));
    expect(verdicts).toContain('unreadable');
    expect(verdicts).not.toContain('overdue');
    // Each look asks a second time whether the flow is really not there.
    expect(looksWhileHidden).toBeLessThan((2.2 * 2 * day) / hour);
    expect(looksWhileHidden).toBeGreaterThan((1.5 * 2 * day) / hour);
  }, 120_000);
});

type Event = NonNullable<Awaited<ReturnType<typeof watchLong>>['watcher'][0]['events']>[0];

/** The verdict that an event sets, as JSON. */
function attributesIn({ upsertWorkflowSearchAttributesEventAttributes: upsert }: Event): string[] {
  return Object.values(upsert?.searchAttributes?.indexedFields ?? {}).map(({ data }) =>
    Buffer.from(data ?? []).toString(),
  );
}
