/** How a run can end, and how that is chosen: planned by hand first, else drawn from the mix. */

export const outcomes = [
  'success',
  /** Success with failed records and errors: under the partial-ingestion threshold. */
  'degraded',
  'failed',
  /** Failed, without a completion time and with counts of -1, as real ones can be. */
  'failed-no-end',
  /** Success that found no records. */
  'empty',
  /** Spelled as the OpenAPI enum has it. Guess: no sample of a real one is known. */
  'partial-success',
  /** In progress for ever. */
  'stuck',
  /** The run never comes. */
  'missing',
] as const;

export type Outcome = (typeof outcomes)[number];

/** Weight of each outcome: `{ success: 9, failed: 1 }` fails one in ten. */
export type OutcomeMix = Partial<Record<Outcome, number>>;

/** One run to come, shaped in advance. Times are ms of the emulator's clock. */
export type PlannedRun = {
  outcome: Outcome;
  /** From the moment the run is due until it appears. */
  appearsMs?: number;
  /** From its start to its end. */
  lastsMs?: number;
  /** Records read. */
  records?: number;
  /** Records that failed, of those. */
  failedRecords?: number;
  /** Why it failed. CONNECTOR-1001-500 is the copy's failure, anything else the promotion's. */
  error?: { code: string; message: string };
};

export type RunPlan = {
  /** The flow whose next runs these are; without it, of whichever flow is next. */
  flowId?: string;
  outcomes: (Outcome | PlannedRun)[];
  /** Start again from the first when all are used. */
  repeat?: boolean;
};

export function isOutcome(value: unknown): value is Outcome {
  return outcomes.includes(value as Outcome);
}

/** A number in [0, 1) that depends on these numbers and nothing else. */
export function chance(...numbers: number[]): number {
  let hash = 0x811c9dc5;
  for (const number of numbers) {
    hash = Math.imul(hash ^ (number | 0), 0x01000193);
    hash = Math.imul(hash ^ Math.floor(number / 4294967296), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}

export function drawOutcome(mix: OutcomeMix, draw: number): Outcome {
  const weights = Object.entries(mix).filter(([, weight]) => weight > 0) as [Outcome, number][];
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let left = draw * total;
  for (const [outcome, weight] of weights) {
    left -= weight;
    if (left < 0) return outcome;
  }
  return weights.at(-1)?.[0] ?? 'success';
}
