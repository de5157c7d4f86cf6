import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import type { Aep } from '../../src/aep/aep.ts';
import type { FlowMessage } from '../../src/runs/notification.ts';
import type { watchFlowRuns } from '../../src/workflows/index.ts';
import { healthQuery, type Health, type Watch } from '../../src/workflows/watch/watch-messages.ts';
import { quickToFollow, startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { administrator, justEnded, makeFlow } from './make-flow.ts';
import { startPeople } from './people.ts';
import { startReceiver } from './receiver.ts';

export { replay } from './replay.ts';

export const key = `whsec_${Buffer.from('the key that signs messages here').toString('base64')}`;
export const onCall: Watch = { notify: { webhook: 'on-call' } };

export type Watcher = WorkflowHandle<typeof watchFlowRuns>;
type Ending = 'success' | 'degraded' | 'failed';

/** A rig whose worker knows a webhook, `on-call`, and a channel `team` of each kind, which are there. */
export interface RigWithReceiver extends Rig {
  aep: Aep;
  receiver: Awaited<ReturnType<typeof startReceiver>>;
  people: Awaited<ReturnType<typeof startPeople>>;
  /** Makes a flow that runs nothing by itself (its first run is due in a day), and watches it. */
  watch(settings: Watch): Promise<Watched>;
  /** Waits until so many messages about a flow have come, and answers them all. */
  receivedAbout(flowId: string, count: number): Promise<FlowMessage[]>;
  /** Has a run of the flow just ended. */
  makeRun(flowId: string, outcome: Ending, code?: string): void;
}

export interface Watched {
  flowId: string;
  watcher: Watcher;
  /** Waits until so many messages about the flow have come, and answers them all. */
  received(count: number): Promise<FlowMessage[]>;
  /** Has runs end, one after the other, each after the one before was judged. */
  judge(...outcomes: Ending[]): Promise<void>;
}

/** @param startsWorker unless a test starts one of its own. Default: yes. */
export async function startRigWithReceiver({ startsWorker = true } = {}): Promise<RigWithReceiver> {
  const [receiver, people] = await Promise.all([startReceiver(key), startPeople()]);
  const rig = await startRig({
    env: {
      ...quickToFollow,
      ...people.env,
      AEP_WEBHOOK_ON_CALL_URL: receiver.url,
      AEP_WEBHOOK_ON_CALL_KEY: key,
      AEP_TEMPORAL_UI_URL: 'https://temporal.example.com',
    },
  });
  const aep = administrator(rig.emulator.url);
  if (startsWorker) await rig.startWorker();
  const { control } = rig.emulator;
  const whole: RigWithReceiver = {
    ...rig,
    aep,
    receiver,
    people,
    async watch(settings) {
      const startTime = Math.ceil(control.clock().now / 1000) + 86_400;
      const schedule = { startTime, frequency: 'hour', interval: 1, backfill: true };
      const flowId = await makeFlow(aep, { schedule });
      const watcher: Watcher = await rig.temporal.client.workflow.start<typeof watchFlowRuns>(
        'watchFlowRuns',
        {
          workflowId: `flow:prod:${flowId}`,
          taskQueue: 'aep-dataflows',
          args: [{ sandbox: 'prod', flowId, watch: settings }],
        },
      );
      await until(watcher, 'the first look', ({ flowName }) => flowName !== undefined);
      return {
        flowId,
        watcher,
        received: (count) => whole.receivedAbout(flowId, count),
        async judge(...outcomes) {
          for (const outcome of outcomes) {
            const before = judgedSoFar(await healthOf(watcher));
            whole.makeRun(flowId, outcome);
            await until(watcher, 'the run to be judged', (now) => judgedSoFar(now) > before);
          }
        },
      };
    },
    receivedAbout: (flowId, count) =>
      waitFor(`${count} messages`, () => {
        const messages = receiver.about(flowId);
        return messages.length >= count && messages;
      }),
    makeRun(flowId, outcome, code = 'CONNECTOR-1001-500') {
      const { now } = control.clock();
      const error = { code, message: 'No route to the source.' };
      control.planRuns({ flowId, outcomes: [outcome === 'failed' ? { outcome, error } : outcome] });
      control.makeRun(flowId, justEnded(now));
    },
    async close() {
      await rig.close();
      await Promise.all([receiver.close(), people.close()]);
    },
  };
  return whole;
}

export const healthOf = (watcher: Watcher) => watcher.query(healthQuery);

export function until(watcher: Watcher, what: string, holds: (health: Health) => boolean): Promise<Health> {
  return waitFor(what, async () => {
    const now = await healthOf(watcher);
    return holds(now) && now;
  });
}

function judgedSoFar({ totals: { ok, degraded, failed } }: Health): number {
  return ok + degraded + failed;
}

/** Why an update was refused, or failed. */
export async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error: unknown = await update.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  return String((error as WorkflowUpdateFailedError).cause?.message);
}

/** A history, and all that can be read in it. */
export async function historyOf(watcher: Watcher) {
  const { events } = await watcher.fetchHistory();
  const text = JSON.stringify(events, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );
  return { events: events ?? [], text };
}

/** Waits until no activity waits or runs. */
export function untilQuiet(watcher: Watcher): Promise<true> {
  return waitFor(
    'the end of every activity',
    async () => ((await watcher.describe()).raw.pendingActivities ?? []).length === 0,
  );
}
