import type { Run } from './run.ts';
import type { Cause } from './verdict.ts';

/** The flow whose place another takes, and up to when it has loaded: there the windows of the other should go on. */
export interface Predecessor {
  flowId: string;
  /** The end of the last window that a run of it has loaded. Epoch milliseconds. */
  loadedUntil: number;
  /** Its last runs, where they failed: their windows come after that. */
  failed?: string[] | undefined;
}

/** The same as far as it is known: of a flow that has had no window yet it is not. */
export type Followed = Omit<Predecessor, 'loadedUntil'> & { loadedUntil?: number | undefined };

/** Where the windows of the next flow go on: where this one's end, or those of the flow whose place that one has taken. */
export function followedBy(
  { loadedUntil, ...followed }: Followed,
  before: Predecessor | undefined,
): Predecessor | undefined {
  return loadedUntil === undefined ? before : { ...followed, loadedUntil };
}

/** What the first window of a flow leaves out, or takes once more, beside what its predecessor has loaded. */
export interface FirstWindow {
  /** `gap`: neither has loaded the rows between the two moments. `overlap`: both have. */
  is: 'gap' | 'overlap';
  /** Epoch milliseconds. */
  from: number;
  to: number;
  /** The run whose window it is. */
  runId: string;
  cause: Cause;
}

/** Schedules count in seconds: what is nearer than this is the same moment. Milliseconds. */
const slackMs = 1_000;

/**
 * Compares the first window of a flow with what its predecessor has loaded. No page of Adobe's says where AEP cuts it.
 * @param ended runs that have ended. A run without a window says nothing; one that failed has a window all the same.
 * @returns undefined as long as no run has a window; `fits` where nothing lies between the two.
 */
export function compareFirstWindow(
  predecessor: Predecessor,
  ended: readonly Run[],
): FirstWindow | 'fits' | undefined {
  const [first] = ended
    .filter(({ windowStart }) => windowStart !== undefined)
    .toSorted((a, b) => a.start - b.start);
  if (!first) return undefined;
  const { loadedUntil } = predecessor;
  const start = first.windowStart!;
  if (Math.abs(start - loadedUntil) <= slackMs) return 'fits';
  if (start > loadedUntil)
    return { is: 'gap', from: loadedUntil, to: start, runId: first.id, cause: ofGap(predecessor, start) };
  return {
    is: 'overlap',
    from: start,
    to: loadedUntil,
    runId: first.id,
    cause: ofOverlap(predecessor, first),
  };
}

function ofGap({ flowId, loadedUntil, failed = [] }: Predecessor, start: number): Cause {
  const [from, to] = [iso(loadedUntil), iso(start)];
  const why = failed.length > 0 ? `, as its last runs failed (${failed.join(', ')})` : '';
  return {
    message: `The flow ${flowId}, whose place this one has taken, had loaded up to ${from}${why}; the first window of this one begins at ${to}. Rows of the time between are in neither.`,
    next: `Load them by a dataflow of its own: the same source, mapping and dataset ("dataset": {"id": …}), "schedule": {"frequency": "once"}, and only what lies between ${from} and ${to}: of a table by its delta column in "source.filters", of files by a path that holds no others.`,
  };
}

function ofOverlap({ flowId, loadedUntil }: Predecessor, { id, windowStart }: Run): Cause {
  const [from, to] = [iso(windowStart!), iso(loadedUntil)];
  return {
    message: `The flow ${flowId}, whose place this one has taken, had loaded up to ${to}; the first window of this one begins at ${from}. Rows of the time between are loaded twice.`,
    next: `AEP removes no duplicates. Where each row must be there once: have AEP take back the batch of the run ${id}, and load what came from ${to} to the end of its window by a dataflow of its own, that runs once.`,
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
