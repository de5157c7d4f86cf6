import type { Run } from './run.ts';
import type { Cause, Judgement, RunVerdict } from './verdict.ts';

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
