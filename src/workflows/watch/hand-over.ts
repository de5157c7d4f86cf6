import { sleep } from '@temporalio/workflow';
import { followedBy, type Followed } from '../../runs/first-window.ts';
import { ensureWatch, signalWatcher } from './start-watch.ts';
import { replacedSignal, wakeSignal, type WatchInput } from './watch-messages.ts';

/** Which flow takes the place of which, and how it is to be watched: what is left out stays as it was. */
export interface HandOver extends Omit<WatchInput, 'flowId'> {
  /** The id of the flow that is replaced. */
  from: string;
  /** The id of the flow that takes its place. */
  to: string;
  /** Up to when the first has loaded, where the other is to go on there: its watcher tells whether it does. */
  follows?: Followed | undefined;
  /** AEP does not show the first any more: its watcher need not look once more, which may take as long as AEP is away. */
  missing?: true;
}

/** How long the watcher of the replaced flow may take to start the other: longer than its own patience. Milliseconds. */
const patienceMs = 120_000;
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/**
 * Hands the watch of a flow over to that of the flow that takes its place. The old watcher ends as `replaced`; the new one
 * begins with what it knew. Where none runs, one that was never told anything is started, and so too where the old one
 * cannot start it: it may be paused in Temporal. However often this is called, the new flow has one watcher afterwards.
 *
 * Call it before the old flow is deleted: afterwards its watcher may see that it is gone, and end, before it hears of this.
 *
 * @returns whether the new watcher knows of `follows`: one that was there before does not.
 */
export async function handOver({ from, to, follows, missing, ...how }: HandOver): Promise<boolean> {
  const next = { ...how, flowId: to };
  const { sandbox, ...successor } = next;
  if (await signalWatcher({ sandbox, flowId: from }, replacedSignal, { ...successor, follows, missing })) {
    let pauseMs = firstPauseMs;
    let waitedMs = 0;
    while (waitedMs < patienceMs) {
      if (await signalWatcher(next, wakeSignal)) return true;
      await sleep(pauseMs, { summary: 'Until the new flow is watched' });
      waitedMs += pauseMs;
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }
  const known = follows && followedBy(follows, undefined);
  return ensureWatch(next, { wakes: false, known: known && { inherited: { follows: known } } });
}
