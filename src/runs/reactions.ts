import type { Watch } from '../definition/watch.ts';
import type { Health } from './health.ts';
import { followRetries, type Asked, type GivenUp, type Story } from './retries.ts';
import { isPaused } from './flow.ts';
import type { FlowMessage, Message } from './message.ts';
import type { JudgedRun } from './record.ts';
import type { Cause } from './verdict.ts';
import type { WatchState } from './watch.ts';

/** What a watcher has done about what it saw. Its size is bounded; it goes from one execution to the next. Times are epoch milliseconds. */
export interface Reactions {
  /** What was told last. `silent`: nobody was told, as it was so before the watch began. */
  told?: { verdict: Health['verdict']; silent?: true };
  /** The latest runs, as far as they were seen to. */
  seen: string[];
  /** Failed runs that AEP is asked to run again. */
  stories: Story[];
  /** What became of requests to run one of the latest runs again, by the run's id. */
  asked?: Record<string, Asked>;
  /** As many failures as there were when failures in a row were last counted anew. */
  forgiven: number;
  /** Set while the flow is disabled because its watcher asked for it. */
  pausedBy?: { failures: number; cause?: Cause };
  /** Messages that nobody has taken yet. */
  outbox: Delivery[];
  /** Messages that nobody took in time. */
  untold: number;
}

/** A message on its way: to a webhook, or to a workflow. */
export interface Delivery<M extends Message = FlowMessage> {
  message: M;
  webhook?: string;
  workflow?: { workflowId: string; signal: string };
}

/** What is to be done now. */
export interface Deeds {
  tell: Tidings[];
  /** Failures in a row, where they are enough to disable the flow. */
  pause?: number;
}

/** What is to be told. */
export interface Tidings extends Partial<GivenUp> {
  event: FlowMessage['event'];
  /** The verdict that was told before. */
  was?: Health['verdict'];
}

export const noReactions: Reactions = { seen: [], stories: [], forgiven: 0, outbox: [], untold: 0 };

/** What to do after a look. Pure, and the same look twice asks for nothing twice. */
export function react(
  before: Reactions,
  state: WatchState,
  health: Health,
  watch: Watch,
): { reactions: Reactions; deeds: Deeds } {
  const { record, flow } = state;
  const fresh = record.last.filter((run) => !before.seen.includes(run.id) && !isPast(run, state));
  const paused = isPaused(flow);
  const { stories, gaveUp } = followRetries(before.stories, fresh.toReversed(), state, watch);
  const reactions: Reactions = {
    ...before,
    seen: record.last.map(({ id }) => id),
    // A disabled flow runs nothing, and what has failed before it was disabled is a person's to decide.
    stories: paused ? [] : stories,
  };
  if (before.asked) {
    const latest = Object.entries(before.asked).filter(([id]) => reactions.seen.includes(id));
    reactions.asked = Object.fromEntries(latest);
  }
  // What failed before anybody watched is no reason to disable a flow.
  if (!before.told || before.told.silent) reactions.forgiven = record.totals.failed - failed(fresh);
  const deeds: Deeds = { tell: [] };

  const failures = failuresInARow(reactions, state, fresh);
  if (watch.pauseAfter !== undefined && !paused && failures >= watch.pauseAfter) {
    deeds.pause = failures;
    reactions.forgiven = record.totals.failed;
    reactions.stories = [];
    const cause = record.last[0]?.cause;
    reactions.pausedBy = { failures, ...(cause ? { cause } : {}) };
  } else if (!paused && before.pausedBy && before.told?.verdict === 'paused') {
    delete reactions.pausedBy;
    reactions.forgiven = record.totals.failed;
  }

  const { verdict } = health;
  const { told } = before;
  const silent = isOld(state, health, told);
  // `pending`: nothing is known yet, or nothing again. That is no news for anybody.
  if (verdict !== 'pending' && (told?.verdict !== verdict || (told.silent && !silent))) {
    reactions.told = silent ? { verdict, silent } : { verdict };
    const was = told?.silent ? undefined : told?.verdict;
    const recovered = verdict === 'ok' && was !== undefined;
    // That it is as well as it was before anybody watched is no news either.
    const asBefore = verdict === 'ok' && told?.verdict === 'ok';
    if (!silent && !asBefore)
      deeds.tell.push({ event: recovered ? 'recovered' : 'changed', ...(was ? { was } : {}) });
  }
  deeds.tell.push(...gaveUp.map((one): Tidings => ({ event: 'gaveUp', ...one })));
  return { reactions, deeds };
}

/** Runs of which nobody is told, and that are not run again: they ended before anybody watched. */
function isPast({ start, end = start }: JudgedRun, { began, behindMs }: WatchState): boolean {
  return end < began - behindMs;
}

function isOld(state: WatchState, { verdict }: Health, told: Reactions['told']): true | undefined {
  if (verdict === 'overdue' || verdict === 'stuck') return undefined;
  if (verdict === 'paused') return told === undefined ? true : undefined;
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
