import { forget, offer, raiseFloor, startCursor } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { isPaused } from './flow.ts';
import type { Flow } from './flow.ts';
import { addRun, emptyRecord, usualOf } from './record.ts';
import type { RunRecord } from './record.ts';
import { hasEnded } from './run.ts';
import type { Run } from './run.ts';
import { graceOf, nextDue } from './schedule.ts';
import { judge } from './verdict.ts';

/** How patient a watcher is. What is not set follows from the flow's schedule and its usual runs. */
export interface WatchSettings {
  /** How long after its due time a run may start. Seconds. */
  overdueAfterSeconds?: number | undefined;
  /** How long a run may be in progress. Seconds. */
  stuckAfterSeconds?: number | undefined;
  /** Whether a run that brings no rows is degraded, once runs of the flow have brought some. */
  expectRows?: boolean | undefined;
}

/** What one look at AEP has brought. Times are epoch milliseconds of the Temporal server's clock. */
export interface News {
  readAt: number;
  /** The last time before that AEP could be read. */
  lastRead?: number;
  /** Everything from the floor was read. Never true of what was cut short. */
  full: boolean;
  /** There is more to read: this was as much as one look may bring. */
  cutShort: boolean;
  /** Runs that are not known to be judged. */
  runs: Run[];
  /** Open runs that AEP has no more. */
  vanished: string[];
  /** Null where AEP has it no more; absent where it was not read. */
  flow?: Flow | null;
  /** With the first look of a watch: from when on it takes runs, by AEP's clock. */
  since?: number;
}

/** All a watcher knows. It goes from one execution to the next, as JSON. Times are epoch milliseconds. */
export interface WatchState {
  began: number;
  /** Every judgement is made for this moment, never for "now": it is in the history, so that a replay judges the same. */
  readAt: number;
  fullPassDue: number;
  /** The last look was cut short, so nothing can be said about what did not come. */
  cutShort: boolean;
  cursor: Cursor;
  flow: Flow;
  /** When the flow was seen to be enabled or disabled by somebody. */
  switchedAt?: number;
  /** How far AEP's clock is behind, as far as its runs have shown. Milliseconds. */
  behindMs: number;
  record: RunRecord;
  /** When the latest run of a flow that runs once was seen to have ended well. */
  onceDone?: number;
}

const minuteMs = 60_000;
const fullPassEveryMs = 24 * 60 * minuteMs;
/** How long a flow that runs once stays watched after its run ended well. */
const lingerMs = 24 * 60 * minuteMs;
/** AEP's own alert for runs that take too long goes off at 150 minutes. */
const stuckAfterMs = 150 * minuteMs;
const leastStuckAfterMs = 30 * minuteMs;

/** Takes in what a look has brought. Pure: the same state and news give the same state. */
export function absorb(before: WatchState | undefined, news: News, settings: WatchSettings): WatchState {
  const { readAt, cutShort } = news;
  const known = before ?? begin(news);
  const flow = news.flow ?? known.flow;
  const { cursor: offered, ended } = offer(known.cursor, news.runs, { now: readAt, hasEnded });
  const cursor = forget(news.full ? raiseFloor(offered) : offered, news.vanished);
  const behindMs = before ? lagOf(before, news, ended) : 0;
  const patience = { now: readAt - behindMs, stuckAfterMs: patienceOf(known.record, settings) };
  const record = ended
    .toSorted((a, b) => a.start - b.start)
    .reduce((record, run) => {
      const rows = settings.expectRows === true && record.usual.records.length > 0;
      return addRun(record, run, judge(run, { ...patience, rows }));
    }, known.record);
  const state: WatchState = { ...known, readAt, cutShort, cursor, flow, behindMs, record };
  if (news.full) state.fullPassDue = readAt + fullPassEveryMs;
  if (isPaused(flow) !== isPaused(known.flow)) state.switchedAt = readAt;
  if (ended.length > 0) {
    delete state.onceDone;
    if (isOnce(flow) && record.streak?.verdict === 'ok') state.onceDone = readAt;
  }
  return state;
}

function begin({ readAt, flow, since = readAt }: News): WatchState {
  if (!flow) throw new Error('A watch begins with its flow.');
  const nothing = { cutShort: false, behindMs: 0, cursor: startCursor(since), record: emptyRecord() };
  return { began: readAt, readAt, fullPassDue: readAt, flow, ...nothing };
}

/**
 * How far AEP's clock is behind ours. A run that had not ended when we last looked cannot have ended before, so a
 * time of completion earlier than that look says by how much. Nothing needs to be learnt of a clock that is ahead:
 * the cursor never takes a start for later than the look that showed it.
 */
function lagOf(before: WatchState, { lastRead = before.readAt }: News, ended: Run[]): number {
  const inOrder = ended.filter(({ start }) => start >= before.cursor.high);
  if (before.cutShort || inOrder.length === 0) return before.behindMs;
  return Math.max(0, lastRead - Math.max(...inOrder.map(({ start, end = start }) => end)));
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

/** Whether there is nothing left to watch. */
export function isOver({ onceDone, readAt }: WatchState): boolean {
  return onceDone !== undefined && readAt - onceDone >= lingerMs;
}

/** Whether the next look must be a full pass. */
export function needsFullPass({ readAt, fullPassDue }: WatchState): boolean {
  return readAt >= fullPassDue;
}

/** How long a look may wait for news before something must be judged again. Milliseconds. */
export function waitFrom(state: WatchState, settings: WatchSettings): number {
  if (needsFullPass(state)) return 0;
  const { readAt, cursor, record, behindMs, onceDone } = state;
  const stuckAfter = patienceOf(record, settings) + behindMs;
  const moments = [state.fullPassDue, expectedRun(state, settings)?.overdueAt ?? Infinity];
  if (onceDone !== undefined) moments.push(onceDone + lingerMs);
  for (const { start } of cursor.open) moments.push(start + stuckAfter + 1);
  return Math.min(...moments.filter((moment) => moment > readAt)) - readAt;
}

function isOnce({ schedule }: Flow): boolean {
  return schedule !== undefined && schedule.periodMs === undefined;
}
