import type { Watch } from '../definition/watch.ts';
import type { OpenRun } from './cursor.ts';
import type { Drift, DriftChange } from './drift.ts';
import type { FirstWindow } from './first-window.ts';
import { updateLine } from '../command-line.ts';
import { flowCommand, type FlowCommand } from './flow-command.ts';
import { watcherWorkflowId } from './names.ts';
import { isPaused, missedRuns, nextDue, type Flow } from './flow.ts';
import { judgeOpen, usualOf, type Cause, type JudgedRun, type RunVerdict, type Totals } from './verdict.ts';
import { expectedRun, lastNews, patienceOf, type WatchSettings, type WatchState } from './watch-state.ts';

export type FlowVerdict = RunVerdict | 'overdue' | 'paused' | 'unreadable';

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
  /** Why, where it is not `ok`; or that an update is about to put another flow in its place, whatever it is. */
  cause?: Cause;
  /** What comes next, where a command does it. Absent where nothing does, or it is under way already. */
  command?: FlowCommand;
  /** The newest run's verdict, and how many runs in a row had it. */
  streak?: { verdict: RunVerdict; runs: number };
  lastSuccess?: { runId: string; end: string };
  /** What others have changed about the flow. */
  drift?: DriftHealth;
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
  undelivered: number;
  /**
   * Of a flow that has taken the place of another: what the first window of its runs has left out, or taken once more. Stays
   * for as long as it is watched, as only a person can do something about it. Absent where the windows fit.
   */
  firstWindow?: Omit<FirstWindow, 'from' | 'to'> & { from: string; to: string };
  /** Only in the answer of `resume`: what AEP now does about the runs that did not come. */
  note?: string;
  watch: {
    began?: string;
    lastNews?: string;
    /** Why it has: all of this is how the flow was then. Absent while it goes on. */
    ended?: 'gone' | 'done' | 'stopped' | 'replaced';
    /** The flow that has taken the place of this one, where it has ended so. That is watched under its own id. */
    replacedBy?: string;
    /** What it was asked to do beside judging. */
    settings?: Watch;
  };
}

/** What others have changed about a flow. */
export interface DriftHealth {
  /** By the field of a definition that asks for it: what it was when it was last as expected, and is now. Null: nothing. */
  changes: DriftChange[];
  /** When its watcher saw it. */
  noticed: string;
  /** When the flow was changed last, as far as AEP says. */
  at?: string;
  /** By whom, as AEP names them; `unknown` where it does not say so for sure. */
  by: string;
}

export interface RunHealth extends Omit<JudgedRun, 'id' | 'start' | 'end'> {
  runId: string;
  start: string;
  end?: string;
}

/** Who is watched, as the watcher was started with, or found out. */
export type Watched = Pick<Health, 'sandbox' | 'flowId' | 'dataflow' | 'connector'>;

/** How a flow was at the watcher's last look; without one, that nothing is known yet. */
export function healthOf(watched: Watched, state: WatchState | undefined, settings: WatchSettings): Health {
  if (!state) return { ...watched, verdict: 'pending', ...nothingYet };
  const { record, cursor, flow, firstWindow } = state;
  const { durationMs, records } = usualOf(record);
  const expected = expectedRun(state, settings);
  const { since, ...current } = currentOf(watched, state, settings);
  const command = commandFor(watched, current.verdict, state);
  return {
    ...watched,
    flowName: flow.name,
    ...current,
    ...(command ? { command } : {}),
    ...(since === undefined ? {} : { since: iso(since) }),
    ...(record.streak ? { streak: { verdict: record.streak.verdict, runs: record.streak.runs } } : {}),
    ...(record.lastSuccess
      ? { lastSuccess: { runId: record.lastSuccess.id, end: iso(record.lastSuccess.end) } }
      : {}),
    ...(state.drift ? { drift: tellDrift(state.drift) } : {}),
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
    retries: (state.reactions?.chains ?? []).map(({ run, tried, dueAt }) => ({
      runId: run,
      tried,
      ...(dueAt === undefined || state.replacing ? {} : { at: iso(dueAt) }),
    })),
    undelivered: state.reactions?.undelivered ?? 0,
    ...(firstWindow
      ? { firstWindow: { ...firstWindow, from: iso(firstWindow.from), to: iso(firstWindow.to) } }
      : {}),
    watch: { began: iso(state.began), lastNews: iso(lastNews(state)) },
  };
}

/** Drift as people and programs are told of it. */
export function tellDrift({ changes, noticed, at, by }: Drift): DriftHealth {
  return { changes, noticed: iso(noticed), ...(at === undefined ? {} : { at: iso(at) }), by };
}

/** What a failed run needs is another try, unless AEP is asked for that already; what else is wrong, no command mends. */
function commandFor(
  watched: Watched,
  verdict: FlowVerdict,
  { flow, record, reactions, replacing }: WatchState,
): FlowCommand | undefined {
  if (replacing) return undefined;
  if (verdict === 'paused') return isDraft(flow) ? undefined : flowCommand('resume', watched);
  const [newest] = record.last;
  const isAsked = newest && (reactions?.asked?.[newest.id] ?? reactions?.chains.length);
  const canRetry = verdict === 'failed' && newest?.verdict === 'failed' && !isAsked;
  return canRetry ? flowCommand('retry', watched) : undefined;
}

function whyUnreadable(watched: Watched, { sourceConnectionId }: Flow): Cause {
  const stop = updateLine(watcherWorkflowId(watched), 'stop');
  return {
    message: `AEP shows the flow no more, though its source connection ${sourceConnectionId} is there: it is hidden by an access label, or was deleted by others while its source connection stays.`,
    next: `If it is there: have the role of this client get access to the label of the flow; the watch then goes on by itself. If it was deleted: delete its source connection too, or end its watch: "${stop}".`,
  };
}

type Current = Pick<Health, 'verdict' | 'cause' | 'missedRuns'> & { since?: number };

/** What matters first: of a flow that cannot be read nothing else is known; nobody expects runs of a paused flow, and a run that hangs is why the next does not come. */
function currentOf(watched: Watched, state: WatchState, settings: WatchSettings): Current {
  if (state.unreadableSince !== undefined)
    return { verdict: 'unreadable', cause: whyUnreadable(watched, state.flow), since: state.unreadableSince };
  if (isPaused(state.flow))
    return { verdict: 'paused', cause: whyPaused(watched, state), since: state.switchedAt ?? state.began };
  const current = stuckRun(state, settings) ?? missingRun(state, settings) ?? newestRun(state);
  return state.replacing ? { ...current, cause: besideReplacing(current.cause) } : current;
}

/** What is wrong stays so: until the update has ended, the watcher does nothing about it. */
function besideReplacing(cause: Cause | undefined): Cause {
  const { message, next } = beingReplaced;
  return cause ? { ...cause, next: `${message} ${next}` } : beingReplaced;
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
  undelivered: 0,
  watch: {},
} satisfies Partial<Health>;

const every = 'every interval that was missed, one run for each';

/** What is going on with a flow that another takes the place of, and what to do: old and new are never enabled together. */
export const beingReplaced = {
  message:
    'An update of the dataflow puts another flow in its place: until it has ended, the watcher of this one neither enables nor disables it, and has no run of it run again.',
  next: 'Wait until the update has ended: then the other flow can be paused. Or cancel it before it has published that one: then this one goes on. If it was ended before it was done, start it again.',
};

/** Why a flow is not enabled, and what to do about it. */
export function whyPaused(
  watched: Watched,
  { flow, reactions, replacing }: Pick<WatchState, 'flow' | 'reactions' | 'replacing'>,
): Cause {
  if (replacing) return beingReplaced;
  const by = reactions?.pausedBy;
  const { line } = flowCommand('resume', watched);
  if (by === 'person')
    return {
      message: 'Disabled by its watcher, as somebody asked it to.',
      next: `When it should run again: "${line}".${afterEnabling(flow)}`,
    };
  if (by) {
    const why = by.cause ? `: ${by.cause.message}` : '.';
    return {
      ...(by.cause?.code ? { code: by.cause.code } : {}),
      message: `Disabled by its watcher after ${by.failures} failed runs in a row${why}`,
      next: `${by.cause?.next ?? ''} Then enable the flow: "${line}".${afterEnabling(flow)}`.trim(),
    };
  }
  const message = `The flow is ${flow.state} in AEP.`;
  if (isDraft(flow)) return { message, next: 'If it should run: publish it in AEP.' };
  return {
    message: `${message} Its watcher did not do that: a person or a program did, or AEP itself disables a flow whose runs have failed for 30 days.`,
    next: `If it should run: see that its runs can succeed, then enable it in AEP, or: "${line}".${afterEnabling(flow)}`,
  };
}

/**
 * What AEP does about the runs that did not come while a flow was disabled, once it is enabled. Undefined where there
 * are none.
 *
 * @param now epoch milliseconds
 */
export function makesUp({ flow, switchedAt, began, reactions }: WatchState, now: number): string | undefined {
  const { schedule } = flow;
  if (!schedule || !missesRuns(flow)) return undefined;
  const due = nextDue(schedule, switchedAt ?? began) ?? Infinity;
  const runs = missedRuns(schedule, due, now);
  // Since when somebody else has had it disabled is not known: it was seen later.
  if (runs === 0 && reactions?.pausedBy && switchedAt !== undefined) return undefined;
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
