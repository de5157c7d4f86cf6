import { causeOf } from './read-run.ts';
import { hasEnded } from './run.ts';
import type { Activity, Counts, Run } from './run.ts';

export type RunVerdict = 'ok' | 'degraded' | 'failed' | 'pending' | 'stuck';

/** Why a verdict is not `ok`, and what a person should do about it. */
export interface Cause {
  /** AEP's own code, such as `CONNECTOR-2001-500`. */
  code?: string;
  message: string;
  activity?: Activity;
  next: string;
}

export interface Judgement {
  verdict: RunVerdict;
  cause?: Cause;
}

/** When a run in progress is `stuck`: by AEP's clock, and how long a run of its flow may take. */
export interface Patience {
  now: number;
  stuckAfterMs: number;
}

/** What is expected of a run of this flow. */
export interface Expectations extends Patience {
  /** Its runs have brought rows, and whoever asked for the watch wants to know of one that does not. */
  rows?: boolean;
}

/** Judges a run by its counts and errors. AEP's own word is never enough: it calls a run that dropped rows a success. */
export function judge(run: Run, expected: Expectations): Judgement {
  return hasEnded(run) ? judgeEnded(run, expected) : judgeOpen(run, expected);
}

/** Judges a run of which no more is known than that it has not ended. */
export function judgeOpen({ start }: { start: number }, { now, stuckAfterMs }: Patience): Judgement {
  const age = now - start;
  if (age <= stuckAfterMs) return { verdict: 'pending' };
  const message = `In progress for ${Math.floor(age / 60_000)} minutes, expected within ${Math.ceil(stuckAfterMs / 60_000)}.`;
  const next = 'Look at this flow run in AEP; runs of its source are often held up by the source itself.';
  return { verdict: 'stuck', cause: { message, next } };
}

function judgeEnded(run: Run, { rows }: Expectations): Judgement {
  const { status, counts } = run;
  // A partial failure is one where nothing arrived. Else it is no more than degraded: what is failed may be run again,
  // and what has arrived would arrive twice.
  if (status === 'failed' || (status === 'partialFailure' && counts.written === 0)) {
    return { verdict: 'failed', cause: causeOfRun(run, 'AEP gave no reason.') };
  }
  if (run.errors.length > 0) return { verdict: 'degraded', cause: causeOfRun(run, '') };
  const lost = lossOf(counts);
  if (lost) return { verdict: 'degraded', cause: causeOfRun(run, `${lost}, and AEP gave no reason.`) };
  if (run.failedActivity)
    return { verdict: 'degraded', cause: causeOfRun(run, `The ${run.failedActivity} activity failed.`) };
  if (status === 'success' && rows && (counts.written ?? counts.read) === 0) return broughtNothing;
  if (status === 'success') return { verdict: 'ok' };
  const word = status === 'unknown' ? (run.said ?? 'no status') : status;
  return {
    verdict: 'degraded',
    cause: causeOfRun(run, `AEP ended the run with "${word}", and gave no reason.`),
  };
}

const broughtNothing: Judgement = {
  verdict: 'degraded',
  cause: {
    message: 'The run brought no rows, where earlier runs brought some.',
    next: 'Check whether the source has new rows or files, and whether the delta column of a table still moves with them.',
  },
};

function causeOfRun(run: Run, otherwise: string): Cause {
  const error = run.errors[0];
  const activity = error?.activity ?? run.failedActivity;
  const lost = lossOf(run.counts);
  const said = error && (lost ? `${error.message} (${lost.toLowerCase()})` : error.message);
  return {
    ...(error?.code === undefined ? {} : { code: error.code }),
    message: said ?? otherwise,
    ...(activity ? { activity } : {}),
    next: causeOf(error?.code).next,
  };
}

/** What did not arrive, as people say it. Undefined where everything that AEP counted did. */
function lossOf(counts: Counts): string | undefined {
  const { read, failed = 0, skipped = 0, failedFiles = 0 } = counts;
  const lost: string[] = [];
  const of = read === undefined ? '' : ` of ${read}`;
  if (failed > 0) lost.push(`${failed}${of} records failed`);
  if (skipped > 0) lost.push(`${skipped}${of} records skipped`);
  const missing = missingOf(counts);
  if (missing > 0 && missing === read) lost.push(`None of ${read} records was written`);
  else if (missing > 0) lost.push(`${missing}${of} records were read and not written`);
  if (failedFiles > 0) lost.push(`${failedFiles} files failed`);
  return lost.length > 0 ? lost.join(', ') : undefined;
}

/**
 * How many records were read, and neither written nor counted as anything else: nobody says what became of them. A change
 * data capture reads the rows that its source has deleted, too. Where AEP does not say how many were read or written,
 * nothing can be missed.
 */
function missingOf({ read = 0, written = read, failed = 0, skipped = 0, deleted = 0 }: Counts): number {
  return Math.max(0, read - written - failed - skipped - deleted);
}

/** A run that has ended, with its verdict. Times are epoch milliseconds. */
export interface JudgedRun {
  id: string;
  start: number;
  end?: number;
  verdict: RunVerdict;
  cause?: Cause;
  recordsRead?: number;
  recordsWritten?: number;
  recordsFailed?: number;
}

/** What a watcher remembers of the runs it has judged. Its size is bounded. */
export interface RunRecord {
  totals: Totals;
  /** Newest start first. */
  last: JudgedRun[];
  /** Runs in a row with the verdict of the newest. */
  streak?: { verdict: RunVerdict; runs: number; since: number };
  lastSuccess?: { id: string; end: number };
  /** Milliseconds and records of the latest runs that wrote something. */
  usual: { durations: number[]; records: number[] };
}

export interface Totals {
  ok: number;
  degraded: number;
  failed: number;
  recordsWritten: number;
  recordsFailed: number;
}

const runsToKeep = 10;
const samplesToKeep = 20;
/** Fewer say nothing about what is usual. */
const samplesToTrust = 3;

export function emptyRecord(): RunRecord {
  const totals = { ok: 0, degraded: 0, failed: 0, recordsWritten: 0, recordsFailed: 0 };
  return { totals, last: [], usual: { durations: [], records: [] } };
}

/** Adds a run that has ended. One that is older than the newest counts, but says nothing about how the flow is now. */
export function addRun(record: RunRecord, run: Run, { verdict, cause }: Judgement): RunRecord {
  if (verdict === 'pending' || verdict === 'stuck') return record;
  const { counts, start, end = start } = run;
  const judged: JudgedRun = { id: run.id, start, verdict };
  if (run.end !== undefined) judged.end = run.end;
  if (cause) judged.cause = cause;
  if (counts.read !== undefined) judged.recordsRead = counts.read;
  if (counts.written !== undefined) judged.recordsWritten = counts.written;
  if (counts.failed) judged.recordsFailed = counts.failed;

  const { totals, usual } = record;
  const added: RunRecord = {
    ...record,
    totals: {
      ...totals,
      [verdict]: totals[verdict] + 1,
      recordsWritten: sumOf(totals.recordsWritten, counts.written),
      recordsFailed: sumOf(totals.recordsFailed, counts.failed),
    },
    last: [...record.last, judged].sort((a, b) => b.start - a.start).slice(0, runsToKeep),
  };
  if (start >= (record.last[0]?.start ?? 0)) {
    const { streak } = record;
    added.streak =
      streak?.verdict === verdict ? { ...streak, runs: streak.runs + 1 } : { verdict, runs: 1, since: end };
  }
  if (verdict === 'ok' && end >= (record.lastSuccess?.end ?? 0)) added.lastSuccess = { id: run.id, end };
  if (verdict !== 'failed' && counts.written) {
    // One that ends before it starts says only that somebody's clock is wrong.
    const durations = end <= start ? usual.durations : sample(usual.durations, end - start);
    added.usual = { durations, records: sample(usual.records, counts.written) };
  }
  return added;
}

/** How long a run usually takes (milliseconds) and what it writes. Undefined where too few were seen. */
export function usualOf({ usual }: RunRecord): { durationMs?: number; records?: number } {
  const durationMs = median(usual.durations);
  const records = median(usual.records);
  return {
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(records === undefined ? {} : { records }),
  };
}

/** No more than a reader of JSON can count. */
function sumOf(total: number, more = 0): number {
  return Math.min(total + more, Number.MAX_SAFE_INTEGER);
}

function sample(samples: number[], value: number): number[] {
  return [...samples, value].slice(-samplesToKeep);
}

function median(samples: number[]): number | undefined {
  if (samples.length < samplesToTrust) return undefined;
  return [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)];
}
