import { ApplicationFailure, activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Aep, Call } from '../aep/aep.ts';
import { isAmong, latenessMs } from '../runs/cursor.ts';
import { lastActivity, readFlow } from '../runs/flow.ts';
import type { Flow } from '../runs/flow.ts';
import { readRun } from '../runs/read-run.ts';
import { hasEnded } from '../runs/run.ts';
import type { Run } from '../runs/run.ts';
import type { News } from '../runs/watch.ts';

/** What a watcher knows already, so that it is told only what is new. Times are epoch milliseconds. */
export interface Look {
  sandbox: string;
  flowId: string;
  /** Creation time from which to read runs. Absent at the first look. */
  from?: number;
  /** Ends of the ids that are judged. */
  judged: string[];
  /** Ids of the runs in progress. */
  open: string[];
  flow?: Flow;
  /** Whether `from` is the floor: then everything is read, and told at once. */
  full: boolean;
  /** Milliseconds after which to answer even without news. */
  waitMs: number;
  lastRead?: number;
}

/** What attempts leave to the next: it costs no history. */
interface Memory {
  lastRead?: number;
  /** Reads that failed since. */
  failures: number;
  /** The flow was not there at the last look. */
  missing?: true;
  /** When the next attempt is to run: the time-skipping server's own record of that is a pause behind. */
  nextAt?: number;
}

interface RunDependencies {
  aep: Aep;
  /** Milliseconds between two looks. */
  watchIntervalMs: number;
}

const pageSize = 100;
/** As many as fit into a history without weighing: a week of a flow that runs every hour. */
const newsLimit = 200;
const idsInOneFilter = 20;
/** The flow itself changes rarely. */
const looksPerFlowRead = 5;
const longestPauseMs = 15 * 60_000;
const secondOpinionMs = 5_000;

export function createRunActivities({ aep, watchIntervalMs }: RunDependencies) {
  return {
    /**
     * Looks again and again until a run has ended, the flow was changed, or it is time to judge anew. A look without
     * news "fails" and is retried by the server, which writes nothing into the history however long nothing happens.
     */
    async awaitRuns(look: Look): Promise<News> {
      const info = activityInfo();
      const memory: Memory = info.heartbeatDetails ?? {
        failures: 0,
        ...(look.lastRead === undefined ? {} : { lastRead: look.lastRead }),
      };
      // The server's clock, not this machine's: it is one for all workers, and the one that skips in tests.
      const readAt = Math.max(info.currentAttemptScheduledTimestampMs, memory.nextAt ?? 0);
      const remainingMs = look.waitMs - (readAt - info.scheduledTimestampMs);
      const timeIsUp = look.full || remainingMs <= 0;
      const readsFlow = timeIsUp || memory.missing === true || info.attempt % looksPerFlowRead === 1;
      const leave = (left: Memory, pauseMs: number) => heartbeat({ ...left, nextAt: readAt + pauseMs });

      let news: News;
      try {
        news = await readNews(aep, look, { readAt, readsFlow });
      } catch (error) {
        const failures = memory.failures + 1;
        const pauseMs = pauseAfter(failures, watchIntervalMs);
        leave({ ...memory, failures }, pauseMs);
        throw unreadable(look, error, pauseMs);
      }
      if (news.flow === null && !memory.missing) {
        // A watch that ends by mistake is worse than one that ends late.
        const pauseMs = Math.min(secondOpinionMs, watchIntervalMs);
        leave({ ...memory, missing: true }, pauseMs);
        throw nothingNew(`AEP shows no flow ${look.flowId}; asking once more`, pauseMs);
      }
      if (memory.lastRead !== undefined) news.lastRead = memory.lastRead;
      if (timeIsUp || isNews(look, news)) return news;
      const pauseMs = Math.ceil(Math.min(jittered(watchIntervalMs), remainingMs));
      leave({ lastRead: readAt, failures: 0 }, pauseMs);
      throw nothingNew(`No run of flow ${look.flowId} has ended since the last look`, pauseMs);
    },
  };
}

function isNews(look: Look, { runs, flow, cutShort }: News): boolean {
  const changed = flow !== undefined && JSON.stringify(flow) !== JSON.stringify(look.flow);
  return changed || cutShort || runs.some(hasEnded);
}

async function readNews(
  aep: Aep,
  look: Look,
  { readAt, readsFlow }: { readAt: number; readsFlow: boolean },
): Promise<News> {
  const call: Call = { sandbox: look.sandbox, signal: cancellationSignal() };
  const news: News = { readAt, full: look.full, cutShort: false, runs: [], vanished: [] };
  let { from } = look;
  if (readsFlow) {
    const flow = await aep.flowService.flows.get(call, look.flowId);
    news.flow = flow ? readFlow(flow) : null;
    // From AEP's own times, whose clock need not be ours: a week before the flow last did something.
    if (flow && news.flow && from === undefined) {
      from = news.since = Math.max(news.flow.created, Math.min(readAt, lastActivity(flow)) - latenessMs);
    }
  }
  // Its last runs can still be read when a flow is gone; of one that never was, there are none.
  if (from === undefined) return news;

  const judged = new Set(look.judged);
  const unseen = new Set(look.open);
  let fresh = 0;
  const filters = [`flowId==${look.flowId}`, `createdAt>=${Math.floor(from)}`];
  for await (const page of aep.flowService.listRuns(call, {
    filters,
    orderby: 'createdAt',
    limit: pageSize,
  })) {
    for (const run of page) {
      if (isAmong(judged, run.id)) continue;
      news.runs.push(readRun(run));
      if (!unseen.delete(run.id)) fresh += 1;
    }
    if (fresh >= newsLimit) return { ...news, full: false, cutShort: true };
  }
  const older = await readOpenRuns(aep, call, [...unseen]);
  news.runs.push(...older);
  if (look.full) news.vanished = [...unseen].filter((id) => !older.some((run) => run.id === id));
  return news;
}

/** Runs in progress that were created before what an ordinary read covers. */
async function readOpenRuns(aep: Aep, call: Call, ids: string[]): Promise<Run[]> {
  const runs: Run[] = [];
  for (let next = 0; next < ids.length; next += idsInOneFilter) {
    const filters = [`id==${ids.slice(next, next + idsInOneFilter).join(',')}`];
    for await (const page of aep.flowService.listRuns(call, { filters, limit: pageSize }))
      runs.push(...page.map(readRun));
  }
  return runs;
}

function nothingNew(message: string, pauseMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'NothingNew',
    message,
    nextRetryDelay: pauseMs,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** A watcher outlives every outage, and credentials that were refused: it goes on asking, and says why it knows nothing. */
function unreadable({ flowId }: Look, error: unknown, pauseMs: number): ApplicationFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({
    type: error instanceof Error ? error.name : 'Error',
    message: `Cannot read the runs of flow ${flowId}: ${reason}`,
    nextRetryDelay: pauseMs,
  });
}

/** Longer and longer, and never at the same time as others: when AEP comes back, every watcher wants to ask. Milliseconds. */
function pauseAfter(failures: number, intervalMs: number): number {
  return jittered(
    Math.min(intervalMs * 2 ** Math.min(failures - 1, 10), Math.max(longestPauseMs, intervalMs)),
  );
}

function jittered(pauseMs: number): number {
  return pauseMs * (0.8 + Math.random() * 0.4);
}
