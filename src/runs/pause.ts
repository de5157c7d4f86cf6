import type { Flow } from './flow.ts';
import { missedRuns, nextDue } from './schedule.ts';
import type { Cause } from './verdict.ts';
import type { WatchState } from './watch.ts';

const every = 'every interval that was missed, one run for each';

/** Why a flow is not enabled, and what to do about it. */
export function whyPaused({ flow, reactions }: Pick<WatchState, 'flow' | 'reactions'>): Cause {
  const by = reactions?.pausedBy;
  if (by) {
    const why = by.cause ? `: ${by.cause.message}` : '.';
    return {
      ...(by.cause?.code ? { code: by.cause.code } : {}),
      message: `Disabled by its watcher after ${by.failures} failed runs in a row${why}`,
      next: `${by.cause?.next ?? ''} Then enable the flow: the update "resume" of its watcher does it.${afterEnabling(flow)}`.trim(),
    };
  }
  const message = `The flow is ${flow.state} in AEP.`;
  if (isDraft(flow)) return { message, next: 'If it should run: publish it in AEP.' };
  return {
    message: `${message} Its watcher did not do that: a person or a program did, or AEP itself disables a flow whose runs have failed for 30 days.`,
    next: `If it should run: see that its runs can succeed, then enable it in AEP, or by the update "resume" of its watcher.${afterEnabling(flow)}`,
  };
}

/**
 * What AEP does about the runs that did not come while a flow was disabled, once it is enabled. Undefined where there
 * are none.
 *
 * @param now epoch milliseconds
 */
export function makesUp({ flow, switchedAt, began }: WatchState, now: number): string | undefined {
  const { schedule } = flow;
  if (!schedule || !missesRuns(flow)) return undefined;
  const due = nextDue(schedule, switchedAt ?? began) ?? Infinity;
  const runs = missedRuns(schedule, due, now);
  const seen = runs > 0 ? `: at least ${runs} by what this watcher has seen` : '';
  return `AEP now makes up ${every}${seen}. They can take a while.`;
}

function afterEnabling(flow: Flow): string {
  return missesRuns(flow) ? ` AEP then makes up ${every}.` : '';
}

/** A flow that runs once, or has no schedule, misses nothing. */
function missesRuns(flow: Flow): boolean {
  return flow.schedule?.periodMs !== undefined && !isDraft(flow);
}

function isDraft({ state }: Flow): boolean {
  return state.toLowerCase() === 'draft';
}
