import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  getExternalWorkflowHandle,
  startChild,
  type SignalDefinition,
} from '@temporalio/workflow';
import type { Expectation, Shape } from '../../runs/drift.ts';
import { watcherType } from '../../runs/names.ts';
import type { Inherited, WatchState } from '../../runs/watch-state.ts';
import { thrownBy } from '../failures.ts';
import { attributesOf, currentHealth, noteNow } from './show-health.ts';
import type { watchFlowRuns } from './watch-flow-runs.ts';
import {
  expectSignal,
  setWatchSignal,
  wakeSignal,
  watcherWorkflowId,
  type WatchInput,
} from './watch-messages.ts';

/** What a watcher knows when it begins: of its flow, or from the watcher of the flow that this one replaces. */
export type Known = WatchState | { inherited: Inherited };

/** Starts the watcher of a flow, which outlives the workflow that calls this. False: there is one. */
export async function startWatch(input: WatchInput, known?: Known): Promise<boolean> {
  const state = known && 'cursor' in known ? known : undefined;
  const health = currentHealth(input, state);
  const about = input.dataflow ?? `the flow ${input.flowId}`;
  try {
    await startChild<typeof watchFlowRuns>(watcherType, {
      workflowId: watcherWorkflowId(input),
      args: known ? [input, known] : [input],
      // It goes on whatever becomes of this workflow, a cancellation included.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      // Said here, they cost the watcher no event.
      typedSearchAttributes: attributesOf(health),
      memo: {
        ...(input.watch ? { watch: input.watch } : {}),
        ...(state ? { health: noteNow(health, state) } : {}),
      },
      staticSummary: `Watches the runs of ${about}`,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/**
 * Sees to it that a flow is watched. A watcher that is there already goes on, and is signalled how the flow is to be
 * watched, where the input says so.
 * @param how.wakes whether one that is there should look at the flow: it may have been changed behind its back
 * @param how.known what one begins with that is not there yet
 * @param how.settled how the flow is now: what one that is there has seen otherwise is no drift any more
 * @returns whether it was started here
 */
export async function ensureWatch(
  input: WatchInput,
  { wakes, known, settled }: { wakes: boolean; known?: Known | undefined; settled?: Shape | undefined },
): Promise<boolean> {
  // One that is there may end before it is signalled, and another may be started before ours is: then all over again.
  while (!(await startWatch(input, known))) {
    const isHeard = !input.watch || (await signalWatcher(input, setWatchSignal, input.watch));
    if (!isHeard || (settled && !(await signalWatcher(input, expectSignal, { settled })))) continue;
    if (!wakes || (await signalWatcher(input, wakeSignal, { flow: true }))) return false;
  }
  return true;
}

/** Tells the watcher of a flow, where there is one, what is about to be changed: that is no drift. */
export async function expectChange(
  flow: { sandbox: string; flowId: string },
  expectation: Expectation,
): Promise<void> {
  const { pending = {}, undone = {}, replacing } = expectation;
  const says = { ...pending, ...undone };
  if (Object.keys(says).length > 0 || replacing !== undefined)
    await signalWatcher(flow, expectSignal, expectation);
}

/** Signals the watcher of a flow. False: there is none. */
export async function signalWatcher<Args extends unknown[]>(
  flow: { sandbox: string; flowId: string },
  signal: SignalDefinition<Args>,
  ...args: Args
): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(watcherWorkflowId(flow)).signal(signal, ...args);
    return true;
  } catch (error) {
    if (thrownBy(error)?.type === 'ExternalWorkflowExecutionNotFound') return false;
    throw error;
  }
}
