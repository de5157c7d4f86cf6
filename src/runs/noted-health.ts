import { cut } from '../cut.ts';
import type { Health } from './health.ts';

/**
 * What a watcher notes of its flow in its memo, for lists of many flows: these come with memos, and cannot query each watcher.
 * Times are ISO 8601, in UTC.
 */
export interface NotedHealth {
  /** When it was noted. */
  at: string;
  /** As it was then. Lists have the verdict of now as a search attribute: where that is another one, all of this is of before. */
  verdict: Health['verdict'];
  since?: string;
  /** Why, where it was not `ok`. */
  why?: string;
  /** When the last run ended that went well. */
  lastSuccess?: string;
  /** The newest run that had ended. */
  lastRun?: { start: string; read?: number; written?: number; lost?: number };
  /** How many records a run usually writes. */
  usualRecords?: number;
  nextRunDue?: string;
  /** How often the flow is to run. Seconds. */
  everySeconds?: number;
}

/** Each note is an event in a history. A flow that stays as it is may run every quarter of an hour. */
const restMs = 6 * 3_600_000;
const longestWhy = 200;

/** @param now epoch milliseconds @param periodMs how often the flow is to run */
export function noteOf(health: Health, now: number, periodMs: number | undefined): NotedHealth {
  const { verdict, since, cause, lastSuccess, lastRuns, usual, nextRunDue } = health;
  const [newest] = lastRuns;
  return {
    at: new Date(now).toISOString(),
    verdict,
    ...(since === undefined ? {} : { since }),
    ...(cause ? { why: cut(cause.message, longestWhy) } : {}),
    ...(lastSuccess ? { lastSuccess: lastSuccess.end } : {}),
    ...(newest ? { lastRun: rowsOf(newest) } : {}),
    ...(usual.records === undefined ? {} : { usualRecords: usual.records }),
    ...(nextRunDue === undefined ? {} : { nextRunDue }),
    ...(periodMs === undefined ? {} : { everySeconds: Math.round(periodMs / 1000) }),
  };
}

function rowsOf(run: Health['lastRuns'][number]): NonNullable<NotedHealth['lastRun']> {
  const { start, recordsRead: read, recordsWritten: written } = run;
  const lost = lostOf(run);
  return {
    start,
    ...(read === undefined ? {} : { read }),
    ...(written === undefined ? {} : { written }),
    ...(lost === 0 ? {} : { lost }),
  };
}

/** How many of the records that a run read have not arrived: of one that went well none, as what was deleted is read, too. */
export function lostOf({
  verdict,
  recordsRead = 0,
  recordsWritten = recordsRead,
  recordsFailed = 0,
}: Pick<Health['lastRuns'][number], 'verdict' | 'recordsRead' | 'recordsWritten' | 'recordsFailed'>): number {
  return verdict === 'ok' ? 0 : Math.max(0, recordsFailed, recordsRead - recordsWritten);
}

/** Whether the note of before says too little: the flow is otherwise now, or the note is old. */
export function isWorthNoting(before: NotedHealth | undefined, now: NotedHealth): boolean {
  if (!before) return now.verdict !== 'pending' || now.nextRunDue !== undefined;
  if (before.verdict !== now.verdict || before.since !== now.since) return true;
  const sayAnother = JSON.stringify({ ...before, at: '' }) !== JSON.stringify({ ...now, at: '' });
  return sayAnother && Date.parse(now.at) - Date.parse(before.at) >= restMs;
}
