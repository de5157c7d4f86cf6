import { causeOf } from './causes.ts';
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
    next: 'Check whether the source has new rows, and whether the delta column still moves with them.',
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
