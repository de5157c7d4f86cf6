import { durationMs } from '../definition/duration.ts';
import type { Watch } from '../definition/watch.ts';
import { compareFirstWindow, type FirstWindow, type Predecessor } from './first-window.ts';
import { forget, judgedIn, latenessMs, offer, raiseFloor, startCursor, type Cursor } from './cursor.ts';
import {
  compare,
  driftOf,
  expect,
  isBusy,
  type Drift,
  type Expectation,
  type Expected,
  type Shape,
} from './drift.ts';
import { graceOf, isPaused, nextDue, type Flow } from './flow.ts';
import type { Reactions } from './reactions.ts';
import { hasEnded, type EndedRuns, type Run } from './run.ts';
import { addRun, emptyRecord, judge, usualOf, type RunRecord } from './verdict.ts';

/** How patient a watcher is. What is not set follows from the flow's schedule and its usual runs. */
export interface WatchSettings {
  /** How long after its due time a run may start. Seconds. */
  overdueAfterSeconds?: number | undefined;
  /** How long a run may be in progress. Seconds. */
  stuckAfterSeconds?: number | undefined;
  /** Whether a run that brings no rows is degraded, once runs of the flow have brought some. */
  expectRows?: boolean | undefined;
}

/** What a watcher's own look at AEP has brought. Times are epoch milliseconds of the Temporal server's clock. */
export interface News {
  readAt: number;
  /** Everything from the floor was read. Never true of what was cut short. */
  full: boolean;
  /** There is more to read: this was as much as one look may bring. */
  cutShort: boolean;
  /** Runs that are not known to be judged. */
  runs: Run[];
  /** Open runs that AEP has no more. */
  vanished: string[];
  /** Null where AEP has it no more; absent where it was not read, or could not be. */
  flow?: Flow | null;
  /** What the flow is made of and AEP has no more, by the field of a definition. Absent where that was not read. */
  missing?: Shape;
  /** AEP shows the flow no more, but its source connection is there: it may be hidden from us, and need not be gone. */
  isUnreadable?: true;
  /** With the first look of a watch: from when on it takes runs, by AEP's clock. */
  since?: number;
  /** Milliseconds until the next full pass, drawn so that those of many watchers spread. Default: a day. */
  restMs?: number;
}

/** What somebody wants to be looked at: the newest runs, and more. */
export interface WantedLook {
  /** The flow too. */
  readsFlow: boolean;
  /** What the flow is made of, too: some of it may be gone. */
  readsParts?: boolean;
  /** Whoever wants the look says that the flow was deleted: one that AEP does not show is gone, not hidden. */
  isDeleted?: boolean;
}

/** All a watcher knows. It goes from one execution to the next, as JSON. Times are epoch milliseconds. */
export interface WatchState {
  began: number;
  /**
   * The watcher's last own look. What is missing or takes too long is judged for this moment, never for "now": it is
   * in the history, so that a replay judges the same; and it does not move while AEP cannot be read.
   */
  readAt: number;
  /** When the follower last signalled something. */
  heardAt?: number;
  /** 0: it was not read yet. */
  flowReadAt: number;
  fullPassDue: number;
  /** The last look was cut short, so nothing can be said about what did not come. */
  cutShort: boolean;
  cursor: Cursor;
  flow: Flow;
  /** How the flow is to be. */
  expected: Expected;
  /** What it is made of and AEP has no more, as far as that was read. */
  missing?: Shape | undefined;
  /** What others have changed about it. */
  drift?: Drift | undefined;
  /** Another flow is taking its place: what was said last of that. */
  replacing?: boolean;
  /** Since when AEP shows the flow no more, although its source connection is there. */
  unreadableSince?: number;
  /** When the flow was seen to be enabled or disabled by somebody. */
  switchedAt?: number;
  /** How far AEP's clock is behind, as far as its runs have shown. Milliseconds. */
  behindMs: number;
  record: RunRecord;
  /** Absent until something was seen to. */
  reactions?: Reactions;
  /** A look that somebody wanted and that was not made when an execution ended. */
  wanted?: WantedLook | undefined;
  /** When the latest run of a flow that runs once was seen to have ended well. */
  onceDone?: number;
  /** The flow whose place this one has taken, until the first window is compared. */
  follows?: Predecessor;
  /** What came of that. Absent where the window fits. */
  firstWindow?: FirstWindow;
}

/**
 * What the watcher of a flow begins with, where that takes the place of another: from the watcher of the other, where there
 * was one, all but `follows`.
 */
export interface Inherited {
  began?: number;
  /** What was counted, and the last success. */
  record?: RunRecord;
  tooLate?: number;
  /** What was reported last, and what is still to be delivered. */
  reactions?: Reactions;
  /** Where the windows of its runs should go on. */
  follows?: Predecessor;
}

/**
 * Far more runs than AEP makes of one flow in the time for which they are remembered. So many ids are still a small part of
 * an execution's history, with which the next begins.
 */
const mostJudged = 5_000;
const minuteMs = 60_000;
const fullPassEveryMs = 24 * 60 * minuteMs;
/** AEP's own alert for runs that take too long goes off at 150 minutes. */
const stuckAfterMs = 150 * minuteMs;
const leastStuckAfterMs = 30 * minuteMs;

/**
 * What the watcher of a flow begins with that was made a moment ago: nothing has happened that a look could show. It reads
 * the flow, and everything else, when a run is late and once in `restMs` milliseconds at the latest.
 * @param now epoch milliseconds
 */
export function beginMade(flow: Flow, now: number, restMs: number): WatchState {
  // AEP's clock may be behind.
  const news: News = {
    readAt: now,
    full: false,
    cutShort: false,
    runs: [],
    vanished: [],
    flow,
    since: now - latenessMs,
  };
  const begun = begin(news, undefined);
  return {
    ...begun,
    flowReadAt: 0,
    fullPassDue: now + restMs,
    expected: { ...begun.expected, isUnread: true },
  };
}

/** Takes in what a look has brought. Pure: the same state and news give the same state. */
export function absorb(
  before: WatchState | undefined,
  news: News,
  settings: WatchSettings,
  inherited?: Inherited,
): WatchState {
  const { readAt, cutShort, vanished, full } = news;
  const known = before ?? begin(news, inherited);
  const flow = news.flow ?? known.flow;
  const { unreadableSince = readAt, ...rest } = known;
  const looked: WatchState = { ...rest, readAt, cutShort, flow };
  if (news.flow) Object.assign(looked, { flowReadAt: readAt }, comparedWith(known, news.flow, news));
  else if (news.isUnreadable || known.unreadableSince !== undefined) looked.unreadableSince = unreadableSince;
  if (isPaused(flow) !== isPaused(known.flow)) looked.switchedAt = readAt;
  const lastRead = before && !before.cutShort ? Math.min(lastNews(before), readAt) : undefined;
  const state = take(
    looked,
    { readAt, runs: news.runs, ...(lastRead === undefined ? {} : { lastRead }) },
    settings,
  );
  const cursor = forget(full ? raiseFloor(state.cursor) : state.cursor, vanished);
  return { ...state, cursor, ...(full ? { fullPassDue: readAt + (news.restMs ?? fullPassEveryMs) } : {}) };
}

/** What others have changed about a flow that was read. While AEP changes it, nothing new is said. */
function comparedWith(
  { expected, missing: known, drift: before }: WatchState,
  { state, shape, changed }: Flow,
  { readAt, missing = known }: News,
): Pick<WatchState, 'expected' | 'missing' | 'drift'> {
  if (isBusy(state)) return { expected, missing, drift: before };
  const all = expected.isUnread ? { ...expected, shape: { ...shape, ...expected.shape } } : expected;
  const { expected: next, changes } = compare(all, { ...shape, ...missing });
  return { expected: next, missing, drift: driftOf(changes, changed, before, readAt) };
}

/** Takes in what a workflow of ours says of the flow. What differs is compared anew when the flow is read. */
export function told(before: WatchState, expectation: Expectation): WatchState {
  const drift = expectation.settled ? undefined : before.drift;
  // An update that has nothing left to do with this flow has not replaced it.
  const { replacing = expectation.settled ? false : before.replacing } = expectation;
  const expected = expect(before.expected, sinceSwitched(before, expectation));
  return { ...before, expected, drift, ...(replacing === undefined ? {} : { replacing }) };
}

/** An update tells how the flow was when it was planned. Whoever had it enabled or disabled since counts: updates leave that alone. */
function sinceSwitched({ flow, expected }: WatchState, expectation: Expectation): Expectation {
  const { settled, pending = {} } = expectation;
  const { state: planned, ...others } = settled ?? {};
  const { state } = expected.shape;
  if (planned === undefined || state === undefined || planned === flow.state.toLowerCase())
    return expectation;
  return { ...expectation, settled: { ...others, state }, pending: { state: planned, ...pending } };
}

/** How the flow was seen last is how it is to be from now on. */
export function accepted(state: WatchState): WatchState {
  const shape = { ...state.flow.shape, ...state.missing };
  return { ...state, expected: { ...state.expected, shape }, drift: undefined };
}

/**
 * Takes in what the follower signalled. Doubled, late and in any order, it is good for the runs that it shows and nothing
 * else. Anybody may have signalled it: from where more is known than there can be, only the watcher's own looks count.
 */
export function hear(before: WatchState, ended: EndedRuns, settings: WatchSettings): WatchState {
  const state = judgedIn(before.cursor) < mostJudged ? take(before, ended, settings) : before;
  return { ...state, heardAt: Math.max(ended.readAt, before.heardAt ?? 0) };
}

/** When something was last learnt of AEP. */
export function lastNews({ readAt, heardAt = 0 }: WatchState): number {
  return Math.max(readAt, heardAt);
}

function take(known: WatchState, { readAt, lastRead, runs }: EndedRuns, settings: WatchSettings): WatchState {
  const { cursor, ended } = offer(known.cursor, runs, { now: readAt, hasEnded });
  if (ended.length === 0) return { ...known, cursor };
  const behindMs = lagOf(known, ended, lastRead);
  const patience = { now: readAt - behindMs, stuckAfterMs: patienceOf(known.record, settings) };
  const record = ended
    .toSorted((a, b) => a.start - b.start)
    .reduce((record, run) => {
      const rows = settings.expectRows === true && record.usual.records.length > 0;
      return addRun(record, run, judge(run, { ...patience, rows }));
    }, known.record);
  const { onceDone: _, ...state } = { ...compared(known, ended), cursor, behindMs, record };
  const isDone = isOnce(known.flow) && record.streak?.verdict === 'ok';
  return isDone ? { ...state, onceDone: readAt } : state;
}

/** Compares the first window, once there is one. */
function compared({ follows, ...known }: WatchState, ended: Run[]): WatchState {
  const firstWindow = follows && compareFirstWindow(follows, ended);
  if (firstWindow === undefined) return follows ? { ...known, follows } : known;
  return firstWindow === 'fits' ? known : { ...known, firstWindow };
}

function begin({ readAt, flow, since = readAt }: News, inherited: Inherited | undefined): WatchState {
  if (!flow) throw new Error('A watch begins with its flow.');
  const { began = readAt, record = emptyRecord(), tooLate = 0, follows } = inherited ?? {};
  const cursor = { ...startCursor(since), tooLate };
  const first = { readAt, flowReadAt: readAt, fullPassDue: readAt, cutShort: false, behindMs: 0 };
  const expected = { shape: flow.shape };
  return { began, ...first, flow, cursor, record, expected, ...(follows ? { follows } : {}) };
}

/**
 * How far AEP's clock is behind ours. A run that had not ended at the last look cannot have ended before, so a time
 * of completion earlier than that look says by how much. Nothing needs to be learnt of a clock that is ahead: the
 * cursor never takes a start for later than the look that showed it.
 */
function lagOf({ cursor, behindMs }: WatchState, ended: Run[], lastRead: number | undefined): number {
  const inOrder = ended.filter(({ start }) => start >= cursor.high);
  if (lastRead === undefined || inOrder.length === 0) return behindMs;
  const latest = inOrder.reduce((latest, { start, end = start }) => Math.max(latest, end), 0);
  return Math.max(0, lastRead - latest);
}

/** How long a run may be in progress before it is stuck: four times the usual, if that is known. Milliseconds. */
export function patienceOf(record: RunRecord, { stuckAfterSeconds }: WatchSettings): number {
  if (stuckAfterSeconds !== undefined) return stuckAfterSeconds * 1000;
  const { durationMs } = usualOf(record);
  return durationMs === undefined ? stuckAfterMs : Math.max(leastStuckAfterMs, 4 * durationMs);
}

/** When the next run is due, and from when on it is overdue. Undefined while none is expected. */
export function expectedRun(
  state: WatchState,
  settings: WatchSettings,
): { due: number; overdueAt: number } | undefined {
  const { flow, cursor, switchedAt = 0, behindMs } = state;
  if (!flow.schedule || isPaused(flow)) return undefined;
  // A run may seem to have started a little before the floor of the first day; the first one due must still count.
  const lastStart = Math.max(cursor.high, switchedAt - behindMs, cursor.floor - 10 * minuteMs);
  const due = nextDue(flow.schedule, lastStart);
  if (due === undefined) return undefined;
  const { overdueAfterSeconds } = settings;
  const grace = overdueAfterSeconds === undefined ? graceOf(flow.schedule) : overdueAfterSeconds * 1000;
  return { due, overdueAt: due + grace + behindMs };
}

function isOnce({ schedule }: Flow): boolean {
  return schedule !== undefined && schedule.periodMs === undefined;
}

/** How patient a watcher is, as the one who asked for the watch wrote it. */
export function settingsOf({ overdueAfter, stuckAfter, expectRows }: Watch = {}): WatchSettings {
  const seconds = (text: string | undefined) => text && (durationMs(text) ?? 0) / 1000;
  return {
    overdueAfterSeconds: seconds(overdueAfter) || undefined,
    stuckAfterSeconds: seconds(stuckAfter) || undefined,
    expectRows,
  };
}
