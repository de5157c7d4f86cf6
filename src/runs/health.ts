import type { Watch } from '../definition/watch.ts';
import type { OpenRun } from './cursor.ts';
import { isPaused } from './flow.ts';
import { whyPaused } from './pause.ts';
import { usualOf } from './record.ts';
import type { JudgedRun, Totals } from './record.ts';
import { missedRuns } from './schedule.ts';
import { judgeOpen } from './verdict.ts';
import type { Cause, RunVerdict } from './verdict.ts';
import { expectedRun, lastNews, patienceOf } from './watch.ts';
import type { WatchSettings, WatchState } from './watch.ts';

export type FlowVerdict = RunVerdict | 'overdue' | 'paused';

/** How a flow is. Times are ISO 8601, in UTC. */
export interface Health {
  sandbox: string;
  flowId: string;
  flowName?: string;
  /** `<sandbox>/<name>`, where the flow belongs to one of our dataflows. */
  dataflow?: string;
  connector?: string;
  verdict: FlowVerdict;
  /** Since when the verdict holds. */
  since?: string;
  /** Why, where it is not `ok`. */
  cause?: Cause;
  /** The newest run's verdict, and how many runs in a row had it. */
  streak?: { verdict: RunVerdict; runs: number };
  lastSuccess?: { runId: string; end: string };
  nextRunDue?: string;
  /** Runs that should have come and did not. Only while overdue. */
  missedRuns?: number;
  totals: Totals & { tooLate: number };
  usual: { durationSeconds?: number; records?: number };
  /** Runs that have not ended. */
  openRuns: { runId: string; start: string; verdict: RunVerdict }[];
  /** The latest runs that have ended, newest first. */
  lastRuns: RunHealth[];
  /** Failed runs that AEP is asked to run again: how often it was, and when it is next. */
  retries: { runId: string; tried: number; at?: string }[];
  /** Messages that nobody took in time. */
  untold: number;
  /** Only in the answer of `resume`: what AEP now does about the runs that did not come. */
  note?: string;
  watch: {
    began?: string;
    lastNews?: string;
    /** Why it has: all of this is how the flow was then. Absent while it goes on. */
    ended?: 'gone' | 'done' | 'stopped';
    /** What it was asked to do beside judging. */
    settings?: Watch;
  };
}

export interface RunHealth extends Omit<JudgedRun, 'id' | 'start' | 'end'> {
  runId: string;
  start: string;
  end?: string;
}

/** Who is watched, as the watcher was told or found out. */
export type Watched = Pick<Health, 'sandbox' | 'flowId' | 'dataflow' | 'connector'>;

/** How a flow was at the watcher's last look; without one, that nothing is known yet. */
export function healthOf(watched: Watched, state: WatchState | undefined, settings: WatchSettings): Health {
  if (!state) return { ...watched, verdict: 'pending', ...nothingYet };
  const { record, cursor, flow } = state;
  const { durationMs, records } = usualOf(record);
  const expected = expectedRun(state, settings);
  const { since, ...current } = currentOf(state, settings);
  return {
    ...watched,
    flowName: flow.name,
    ...current,
    ...(since === undefined ? {} : { since: iso(since) }),
    ...(record.streak ? { streak: { verdict: record.streak.verdict, runs: record.streak.runs } } : {}),
    ...(record.lastSuccess
      ? { lastSuccess: { runId: record.lastSuccess.id, end: iso(record.lastSuccess.end) } }
      : {}),
    ...(expected ? { nextRunDue: iso(expected.due) } : {}),
    totals: { ...record.totals, tooLate: cursor.tooLate },
    usual: {
      ...(durationMs === undefined ? {} : { durationSeconds: Math.round(durationMs / 1000) }),
      ...(records === undefined ? {} : { records }),
    },
    openRuns: cursor.open.map((run) => ({
      runId: run.id,
      start: iso(run.start),
      verdict: judgeOpen(run, patience(state, settings)).verdict,
    })),
    lastRuns: record.last.map(({ id, start, end, ...rest }) => ({
      runId: id,
      start: iso(start),
      ...(end === undefined ? {} : { end: iso(end) }),
      ...rest,
    })),
    retries: (state.reactions?.stories ?? []).map(({ run, tried, dueAt }) => ({
      runId: run,
      tried,
      ...(dueAt === undefined ? {} : { at: iso(dueAt) }),
    })),
    untold: state.reactions?.untold ?? 0,
    watch: { began: iso(state.began), lastNews: iso(lastNews(state)) },
  };
}

type Current = Pick<Health, 'verdict' | 'cause' | 'missedRuns'> & { since?: number };

/** What matters first: nobody expects runs of a paused flow, and a run that hangs is why the next does not come. */
function currentOf(state: WatchState, settings: WatchSettings): Current {
  if (isPaused(state.flow))
    return { verdict: 'paused', cause: whyPaused(state), since: state.switchedAt ?? state.began };
  return stuckRun(state, settings) ?? missingRun(state, settings) ?? newestRun(state);
}

function stuckRun(state: WatchState, settings: WatchSettings): Current | undefined {
  for (const run of openRunsThatCount(state)) {
    const { now, stuckAfterMs } = patience(state, settings);
    const { verdict, cause } = judgeOpen(run, { now, stuckAfterMs });
    if (verdict === 'stuck' && cause) return { verdict, cause, since: run.start + stuckAfterMs };
  }
  return undefined;
}

/** A run that never ended although later ones did says nothing about how the flow is now. */
function openRunsThatCount({ cursor, record }: WatchState): OpenRun[] {
  return cursor.open.filter(({ start }) => start >= (record.last[0]?.start ?? 0));
}

function missingRun(state: WatchState, settings: WatchSettings): Current | undefined {
  const expected = expectedRun(state, settings);
  const { flow, cutShort, readAt, flowReadAt } = state;
  if (!expected || !flow.schedule || cutShort || openRunsThatCount(state).length > 0) return undefined;
  if (Math.min(readAt, flowReadAt) < expected.overdueAt) return undefined;
  const { due, overdueAt } = expected;
  const missed = missedRuns(flow.schedule, due, readAt - (overdueAt - due));
  const message = `A run was due at ${iso(due)}; ${missed === 1 ? 'it has' : `${missed} runs have`} not come.`;
  const next =
    'Check in AEP that the flow is enabled and its schedule is what you expect; then run it again.';
  return { verdict: 'overdue', cause: { message, next }, since: due, missedRuns: missed };
}

function newestRun({ record: { last, streak } }: WatchState): Current {
  if (!streak || !last[0]) return { verdict: 'pending' };
  return { verdict: streak.verdict, since: streak.since, ...(last[0].cause ? { cause: last[0].cause } : {}) };
}

function patience(state: WatchState, settings: WatchSettings) {
  return { now: state.readAt - state.behindMs, stuckAfterMs: patienceOf(state.record, settings) };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

const nothingYet = {
  totals: { ok: 0, degraded: 0, failed: 0, recordsWritten: 0, recordsFailed: 0, tooLate: 0 },
  usual: {},
  openRuns: [],
  lastRuns: [],
  retries: [],
  untold: 0,
  watch: {},
} satisfies Partial<Health>;
