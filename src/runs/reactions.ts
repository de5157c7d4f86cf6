import type { Watch } from '../definition/watch.ts';
import type { Health } from './health.ts';
import { isPaused } from './flow.ts';
import type { FlowMessage, Message } from './notification.ts';
import { followRetries, type Asked, type GivenUp, type RetryChain } from './retry-chains.ts';
import { emptyRecord, type Cause, type JudgedRun } from './verdict.ts';
import type { Inherited, WatchState } from './watch-state.ts';

/** What a watcher has done about what it saw. Its size is bounded; it goes from one execution to the next. Times are epoch milliseconds. */
export interface Reactions {
  /** The verdict that was reported last. `silent`: to nobody, as it was so before the watch began. */
  reported?: { verdict: Health['verdict']; silent?: true };
  /** The latest runs, as far as they were seen to. */
  seen: string[];
  /** The retry chains of failed runs that AEP is asked to run again. */
  chains: RetryChain[];
  /** What became of requests to run one of the latest runs again, by the run's id. */
  asked?: Record<string, Asked>;
  /** As many failures as there were when failures in a row were last counted anew. */
  forgiven: number;
  /** Set while the flow is disabled because its watcher asked for it. */
  pausedBy?: { failures: number; cause?: Cause };
  /** Messages that nobody has taken yet. */
  outbox: Delivery[];
  /** Messages that nobody took in time. */
  undelivered: number;
}

/** A message on its way: to a webhook, or to a workflow. */
export interface Delivery<M extends Message = FlowMessage> {
  message: M;
  webhook?: string;
  workflow?: { workflowId: string; signal: string };
}

/** What is to be done now. */
export interface Actions {
  notify: Notification[];
  /** Failures in a row, where they are enough to disable the flow. */
  pause?: number;
}

/** What whoever the watch names is to be notified of. */
export interface Notification extends Partial<GivenUp> {
  event: FlowMessage['event'];
  /** The verdict that was reported before. */
  was?: Health['verdict'];
}

export const noReactions: Reactions = { seen: [], chains: [], forgiven: 0, outbox: [], undelivered: 0 };

/** What to do after a look. Pure, and the same look twice asks for nothing twice. */
export function react(
  before: Reactions,
  state: WatchState,
  health: Health,
  watch: Watch,
): { reactions: Reactions; actions: Actions } {
  const { record, flow } = state;
  const fresh = record.last.filter((run) => !before.seen.includes(run.id) && !isPast(run, state));
  const paused = isPaused(flow);
  const { chains, gaveUp } = followRetries(before.chains, fresh.toReversed(), state, watch);
  const reactions: Reactions = {
    ...before,
    seen: record.last.map(({ id }) => id),
    // A disabled flow runs nothing, and what has failed before it was disabled is a person's to decide.
    chains: paused ? [] : chains,
  };
  if (before.asked) {
    const latest = Object.entries(before.asked).filter(([id]) => reactions.seen.includes(id));
    reactions.asked = Object.fromEntries(latest);
  }
  // What failed before anybody watched is no reason to disable a flow.
  if (!before.reported || before.reported.silent) reactions.forgiven = record.totals.failed - failed(fresh);
  const actions: Actions = { notify: [] };

  const failures = failuresInARow(reactions, state, fresh);
  if (watch.pauseAfter !== undefined && !paused && failures >= watch.pauseAfter) {
    actions.pause = failures;
    reactions.forgiven = record.totals.failed;
    reactions.chains = [];
    const cause = record.last[0]?.cause;
    reactions.pausedBy = { failures, ...(cause ? { cause } : {}) };
  } else if (!paused && before.pausedBy && before.reported?.verdict === 'paused') {
    delete reactions.pausedBy;
    reactions.forgiven = record.totals.failed;
  }

  const { verdict } = health;
  const { reported } = before;
  const silent = isOld(state, health, reported);
  // `pending`: nothing is known yet, or nothing again. That is no news for anybody.
  if (verdict !== 'pending' && (reported?.verdict !== verdict || (reported.silent && !silent))) {
    reactions.reported = silent ? { verdict, silent } : { verdict };
    const was = reported?.silent ? undefined : reported?.verdict;
    const recovered = verdict === 'ok' && was !== undefined;
    // That it is as well as it was before anybody watched is no news either.
    const asBefore = verdict === 'ok' && reported?.verdict === 'ok';
    if (!silent && !asBefore)
      actions.notify.push({ event: recovered ? 'recovered' : 'changed', ...(was ? { was } : {}) });
  }
  actions.notify.push(...gaveUp.map((one): Notification => ({ event: 'gaveUp', ...one })));
  return { reactions, actions };
}

/**
 * What still means something when another flow has taken the place of this one: what was counted, when the last success
 * was, what was reported last, and what nobody has taken yet. What is usual is learnt anew, since the new flow may read
 * another source, or everything again; failures in a row and runs to run again were those of a flow that is no more.
 */
export function inheritanceOf({ began, cursor, record }: WatchState, reactions: Reactions): Inherited {
  const { totals, lastSuccess } = record;
  const { reported, outbox, undelivered } = reactions;
  return {
    began,
    record: { ...emptyRecord(), totals, ...(lastSuccess ? { lastSuccess } : {}) },
    tooLate: cursor.tooLate,
    reactions: {
      ...noReactions,
      forgiven: totals.failed,
      ...(reported ? { reported } : {}),
      outbox,
      undelivered,
    },
  };
}

/** Runs of which nobody is notified, and that are not run again: they ended before anybody watched. */
function isPast({ start, end = start }: JudgedRun, { began, behindMs }: WatchState): boolean {
  return end < began - behindMs;
}

function isOld(state: WatchState, { verdict }: Health, reported: Reactions['reported']): true | undefined {
  if (verdict === 'overdue' || verdict === 'stuck' || verdict === 'unreadable') return undefined;
  if (verdict === 'paused') return reported === undefined ? true : undefined;
  const [newest] = state.record.last;
  return !newest || isPast(newest, state) ? true : undefined;
}

function failuresInARow({ forgiven }: Reactions, { record }: WatchState, fresh: JudgedRun[]): number {
  const { streak, totals } = record;
  if (streak?.verdict !== 'failed' || failed(fresh) === 0) return 0;
  return Math.min(streak.runs, totals.failed - forgiven);
}

function failed(runs: JudgedRun[]): number {
  return runs.filter(({ verdict }) => verdict === 'failed').length;
}
