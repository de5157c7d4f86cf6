import { Context, activityInfo, cancellationSignal, log } from '@temporalio/activity';
import type { Aep } from '../../aep/aep.ts';
import { watcherType } from '../../runs/names.ts';
import { advance, notSignalled, readEnded, remember, type Feed } from './feed.ts';
import { createChangedFlows } from './changed-flows.ts';
import { jittered, unreadable } from '../unreadable.ts';
import { leave, notYet, pauseAfter, pickUp, startPulse, type Trail } from './polling.ts';
import { createSignalling } from './signal-watchers.ts';

/** What one execution of a follower hands to the next. */
export interface Followed {
  feed?: Feed;
  /** When AEP was last read. Epoch milliseconds of the Temporal server's clock. */
  lastRead?: number;
  flows?: FlowsLook;
}

/** The latest look at what others have changed. */
interface FlowsLook {
  /** Epoch milliseconds of the Temporal server's clock. */
  at: number;
  /** The latest operation of a flow that was seen. Epoch milliseconds of AEP's clock. */
  until?: number | undefined;
}

export interface FollowRequest extends Followed {
  sandbox: string;
}

interface FollowTrail extends Trail, Followed {
  looks: number;
  /** Some watcher could not be signalled: the next look goes back for it. */
  behind?: boolean;
  /** There was more to read than one look takes. */
  isPartial?: boolean;
}

export interface FollowDependencies {
  aep: Aep;
  /** Milliseconds between two looks. */
  watchIntervalMs: number;
}

const wideEvery = 10;
/** How often, at least, flows are looked at for what others have changed: it is told within a quarter of an hour. Milliseconds. */
const flowsEveryMs = 10 * 60_000;
const longestPauseMs = 5 * 60_000;
const dayMs = 24 * 3_600_000;

export function createFollowActivities({ aep, watchIntervalMs }: FollowDependencies) {
  const signalling = createSignalling();
  const changedFlows = createChangedFlows(aep);
  /** Half an interval sooner than that: looks come now and then. */
  const flowsAfterMs = Math.min(flowsEveryMs, wideEvery * watchIntervalMs) - watchIntervalMs / 2;

  /** Has those watchers look at their flows that somebody has changed. That it fails is no reason not to follow the runs. */
  async function lookAtFlows(
    sandbox: string,
    before: FlowsLook | undefined,
    now: number,
  ): Promise<FlowsLook> {
    try {
      const call = { sandbox, signal: cancellationSignal() };
      const { wakes, until } = await changedFlows.find(call, before?.until);
      const { lost } = await signalling.wake(sandbox, wakes);
      if (lost > 0) changedFlows.forget(sandbox);
      return { at: now, until };
    } catch (error) {
      log.warn(`The flows in ${sandbox} could not be looked at for changes`, { error });
      return { at: now - flowsAfterMs / 2, until: before?.until };
    }
  }

  /** One look, and every watcher concerned signalled. `save` takes what must not be forgotten if this attempt dies. */
  async function lookAndSignal(
    sandbox: string,
    trail: FollowTrail,
    now: number,
    save: (trail: FollowTrail) => void,
  ): Promise<{ trail: FollowTrail; said: string; more: boolean }> {
    const call = { sandbox, signal: cancellationSignal() };
    const { lastRead = now, looks, behind } = trail;
    // What ended in a longer outage is left to the watchers: each of them looks at everything once a day.
    const away = now - lastRead > dayMs;
    const wide = !trail.feed || (!away && (behind === true || looks % wideEvery === 0));
    const { feed, runs, throughout, more } = await readEnded(aep, call, away ? undefined : trail.feed, {
      wide,
      now,
    });
    const { flows } = trail;
    const next = {
      failures: 0,
      looks: looks + 1,
      lastRead: now,
      isPartial: more,
      ...(flows ? { flows } : {}),
    };
    if (!feed) return { trail: next, said: `There are no runs in ${sandbox}`, more };

    let known = feed;
    const news = notSignalled(feed, runs);
    // What ended before the last look was not seen then, if that did not get as far.
    const since = trail.isPartial ? undefined : trail.lastRead;
    const look = { readAt: now, ...(since === undefined ? {} : { lastRead: since }) };
    const { signalled, lost } = await signalling.signal(sandbox, news, look, (runs) => {
      known = remember(known, runs, now);
      // How far was read is saved only when every watcher was signalled: what comes twice is dropped, what does not come is late.
      save({ ...trail, feed: known });
    });
    const said = `${news.length} runs had ended in ${sandbox} at the last look; ${signalled} watchers were signalled`;
    return { trail: { ...next, feed: advance(known, throughout, now), behind: lost > 0 }, said, more };
  }

  return {
    /**
     * Asks AEP again and again which runs of a sandbox have ended, and hands each to the watcher of its flow. It goes on
     * for a day without a trace in the history; then it returns what the next execution must know, and whether anybody
     * still watches a flow of this sandbox.
     */
    async signalEndedRuns({ sandbox, ...carried }: FollowRequest): Promise<Followed & { isNeeded: boolean }> {
      const { trail, now } = pickUp<FollowTrail>({ failures: 0, looks: 0, ...carried });
      if (now - activityInfo().scheduledTimestampMs > dayMs) {
        const { feed, lastRead, flows } = trail;
        const followed = {
          ...(feed ? { feed } : {}),
          ...(lastRead === undefined ? {} : { lastRead }),
          ...(flows ? { flows } : {}),
        };
        return { ...followed, isNeeded: await isWatched(sandbox) };
      }
      const pulse = startPulse(trail);
      let look;
      try {
        look = await lookAndSignal(sandbox, trail, now, pulse.save);
        if (now - (trail.flows?.at ?? -Infinity) >= flowsAfterMs)
          look.trail.flows = await lookAtFlows(sandbox, trail.flows, now);
      } catch (error) {
        // A worker that is told to end leaves the rest to the next attempt, at once: nothing is wrong with AEP.
        if (cancellationSignal().aborted) {
          leave(pulse.saved(), now, 1);
          throw notYet(
            `The worker ends; who has not been signalled in ${sandbox} is signalled by the next`,
            1,
          );
        }
        const failures = trail.failures + 1;
        const pauseMs = pauseAfter(error, failures, watchIntervalMs, longestPauseMs);
        leave({ ...pulse.saved(), failures }, now, pauseMs);
        throw unreadable(`which runs ended in ${sandbox}`, error, pauseMs);
      } finally {
        pulse.stop();
      }
      const pauseMs = look.more ? 1 : jittered(watchIntervalMs);
      leave(look.trail, now, pauseMs);
      throw notYet(look.said, pauseMs);
    },
  };
}

/** Whether anybody watches a flow of this sandbox. Where that cannot be told: yes. */
async function isWatched(sandbox: string): Promise<boolean> {
  const query = `WorkflowType = "${watcherType}" AND ExecutionStatus = "Running" AND AepSandbox = "${sandbox}"`;
  try {
    const { count } = await Context.current().client.workflow.count(query);
    return count > 0;
  } catch {
    return true;
  }
}
