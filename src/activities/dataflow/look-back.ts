import { type ApplicationFailure, Context, activityInfo } from '@temporalio/activity';
import type { Watch } from '../../definition/watch.ts';
import type { Notes } from '../../plan/reads.ts';
import type { ResourceIds } from '../../resources/kinds.ts';
import type { Outcome } from '../../resources/outcome.ts';
import { jittered, unreadable } from '../unreadable.ts';
import type { Dependencies } from '../dependencies.ts';
import { listExecutions } from './executions.ts';
import { beating, staleAfterMs } from '../attempt.ts';
import { leave } from '../memory.ts';
import { leaveStandIn, standIns, type Execution } from './unlisted.ts';

/** How long things can take on this worker's way to AEP, recorded so that a replay waits as long as the first run did. Milliseconds. */
export interface Bounds {
  /** One call to AEP in all. */
  httpTimeoutMs: number;
  /** From a doubt about a request until what that may have made is sure to show in AEP's lists. */
  settleMs: number;
  /** The part of it beyond the request's own time-out: a late commit and the lag of lists. */
  lateMs: number;
}

/** What earlier executions under this workflow id left. */
export interface LookBack extends Notes {
  /** The run that asked: what it was told of earlier runs is true of no other. */
  runId: string;
  ranBefore: boolean;
  /** An earlier run was cut off so recently that its last request may not show yet. */
  mayStillArrive: boolean;
  /** When the first of them began, by Temporal's clock; 0 where it cannot tell. Epoch milliseconds. */
  since?: number;
  bounds: Bounds;
  /** The bounds for what a run that was cut off may have sent: a worker that lives may begin a request a moment later. */
  afterCutOff: Bounds;
}

/** What Temporal shows of a dataflow. */
interface Seen {
  /** Every execution of its workflow id that counts, newest first. */
  executions: Execution[];
  /** Its flows that are watched, and how. */
  watching: Record<string, Watch>;
}

/** Runs whose notes are read, so that no answer outgrows the history. */
const mostRuns = 20;
/** The pauses between two lists grow from the first by half, for about five seconds in all. */
const firstPauseMs = 25;
const longestPauseMs = 1_800;
/** How often lists are asked for where others have taken them all, and after which pause. Milliseconds. */
const mostAttempts = 4;
const busyPauseMs = 1_500;
/** What Temporal tells within this costs a create less than an activity would. */
const atOnceMs = 300;

/** Asks Temporal what ran under this workflow id before: the only source that knows of runs that could not say goodbye. */
export function lookBackOf(dependencies: Dependencies) {
  return async (): Promise<LookBack> => {
    const { workflowExecution, currentAttemptScheduledTimestampMs } = activityInfo();
    const seen = await beating(async () => {
      const listed = await lookUntilListed();
      if (!listed) await leaveStandIn();
      return listed;
    });
    if (seen) return judged(seen, currentAttemptScheduledTimestampMs, dependencies);
    const { runId } = workflowExecution!;
    const { afterCutOff } = boundsOf(dependencies);
    return {
      runId,
      ranBefore: true,
      mayStillArrive: true,
      since: 0,
      ids: [],
      bounds: afterCutOff,
      afterCutOff,
    };
  };
}

/** What is noted under the id of a dataflow; nothing where Temporal has no lists. */
export function notesOf() {
  return ({ workflowId }: { workflowId: string }): Promise<Notes> => beating(() => readNotes(workflowId));
}

/** The same, within an activity. */
export async function readNotes(workflowId: string): Promise<Notes> {
  try {
    const { executions, watching } = await listExecutions(Context.current().client, workflowId);
    return notesAmong(newestFirst(executions), watching);
  } catch (error) {
    if (isTooManyLists(error)) throw tooManyLists(error);
    return { ids: [] };
  }
}

/**
 * The same where Temporal can tell at once, else undefined.
 * @param now by the server's clock, not after the present. Epoch milliseconds.
 */
export async function glanceBack(dependencies: Dependencies, now: number): Promise<LookBack | undefined> {
  const tooLate = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), atOnceMs));
  const seen = await Promise.race([listed().catch(() => undefined), tooLate]);
  return seen && judged(seen, now, dependencies);
}

/** Leaves a stand-in for a run that lists do not show. */
export async function mustBeKnown(): Promise<void> {
  const seen = await listed().catch(() => undefined);
  if (!seen) await leaveStandIn();
}

function boundsOf({ httpTimeoutMs, lateCommitMs, listLagMs }: Dependencies) {
  const lateMs = lateCommitMs + listLagMs;
  const bounds: Bounds = { httpTimeoutMs, settleMs: httpTimeoutMs + lateMs, lateMs };
  return { bounds, afterCutOff: { ...bounds, settleMs: bounds.settleMs + staleAfterMs } };
}

/** @param now by the server's clock, as that of an execution's end is: a worker's own may be anything. Epoch milliseconds. */
function judged({ executions, watching }: Seen, now: number, dependencies: Dependencies): LookBack {
  const { runId } = activityInfo().workflowExecution!;
  const { bounds, afterCutOff } = boundsOf(dependencies);
  const earlier = executions.filter((one) => one.runId !== runId);
  const settled = now - afterCutOff.settleMs;
  const arriving = earlier.some((one) => mayStillArrive(one, settled));
  return {
    runId,
    ranBefore: earlier.length > 0,
    ...(earlier.length > 0 ? { since: Math.min(...earlier.map(({ startTime }) => +startTime)) } : {}),
    mayStillArrive: arriving,
    ...notesAmong(earlier, watching),
    bounds: arriving ? afterCutOff : bounds,
    afterCutOff,
  };
}

/**
 * What there is of this workflow id. Undefined where Temporal cannot tell. Throws where others
 * have taken all the lists that there are in a second, and Temporal's client has waited for one in vain: to come again
 * costs a create less than to expect the worst.
 */
async function lookUntilListed(): Promise<Seen | undefined> {
  try {
    for (let pauseMs = firstPauseMs; ; pauseMs *= 1.5) {
      const seen = await listed();
      if (seen || pauseMs > longestPauseMs) return seen;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  } catch (error) {
    if (isTooManyLists(error) && activityInfo().attempt < mostAttempts) throw tooManyLists(error);
  }
  // The time-skipping test server has no list. Not to know is the same as to expect the worst.
  return undefined;
}

/** A namespace has so many lists in a second, for all its clients. gRPC: RESOURCE_EXHAUSTED. */
function isTooManyLists(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 8;
}

function tooManyLists(error: unknown): ApplicationFailure {
  // An attempt without a word would be taken for one of a worker that has died, and ask a busy server for more time.
  leave({});
  return unreadable('what ran before', error, jittered(busyPauseMs));
}

/**
 * The same, as Temporal shows it now. Undefined while lists do not show this run: no run sends anything before it is
 * listed or has a stand-in, so that what both show then is all.
 */
async function listed(): Promise<Seen | undefined> {
  const { workflowId, runId } = activityInfo().workflowExecution!;
  const standing = standIns();
  // It is awaited below, and not where lists fail before.
  standing.catch(() => undefined);
  const { executions, watching } = await listExecutions(Context.current().client, workflowId);
  if (!executions.some((one) => one.runId === runId)) return undefined;
  return { executions: newestFirst([...executions, ...(await standing)]), watching };
}

function newestFirst(executions: Execution[]): Execution[] {
  return executions.toSorted((a, b) => +b.startTime - +a.startTime);
}

/** @param since epoch milliseconds: what ended before has shown by now. */
function mayStillArrive({ status, closeTime, memo }: Execution, since: number): boolean {
  if (closeTime && +closeTime < since) return false;
  const outcome = memo?.['outcome'] as Outcome | undefined;
  const saidGoodbye =
    status.name !== 'RUNNING' && status.name !== 'TERMINATED' && status.name !== 'TIMED_OUT';
  return !(saidGoodbye && outcome && outcome.unknown.length === 0);
}

/** @param executions newest first. */
function notesAmong(executions: Execution[], watching: Record<string, Watch>): Notes {
  const watched = Object.keys(watching);
  const outcomes = executions.map(({ memo }) => memo?.['outcome'] as Outcome | undefined);
  const replacing = outcomes.find((outcome) => outcome?.replacing)?.replacing;
  const baseConnection = outcomes.find((outcome) => outcome?.baseConnection)?.baseConnection;
  const deleted = new Set(outcomes.flatMap((outcome) => outcome?.deletedFlows ?? []));
  const noted = outcomes.map((outcome) => idsOf(outcome).flow).find((flow) => flow !== undefined);
  // Temporal forgets runs that have ended, and a watcher goes on.
  const unnoted = watched.filter((id) => id !== noted && !deleted.has(id));
  const flowLeft = [...(noted === undefined ? [] : [noted]), ...unnoted].find((id) => !deleted.has(id));
  return {
    ids: [...distinct(outcomes.map(idsOf)), ...unnoted.map((flow) => ({ flow }))],
    ...(watched.length > 0 ? { watching } : {}),
    ...(flowLeft === undefined ? {} : { flowLeft }),
    ...(replacing ? { replacing } : {}),
    ...(baseConnection === undefined ? {} : { baseConnection }),
  };
}

/** Runs that found everything in place all note the same; of others the newest will do. */
function distinct(noted: ResourceIds[]): ResourceIds[] {
  const once = new Map(noted.map((ids) => [JSON.stringify(ids), ids]));
  once.delete('{}');
  return [...once.values()].slice(0, mostRuns);
}

function idsOf(outcome: Outcome | undefined): ResourceIds {
  return { ...outcome?.adopted, ...outcome?.updated, ...outcome?.made };
}
