import { cancellationSignal, sleep } from '@temporalio/activity';
import type { Aep, Call } from '../../aep/aep.ts';
import type { Collection } from '../../aep/collection.ts';
import { resources, titleOf } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { isAmong, latenessMs } from '../../runs/cursor.ts';
import type { Shape } from '../../runs/drift.ts';
import { lastActivity, readFlow } from '../../runs/flow.ts';
import { readRun } from '../../runs/read-run.ts';
import type { Run } from '../../runs/run.ts';
import type { News } from '../../runs/watch-state.ts';
import { unreadable } from '../unreadable.ts';
import { leave, notYet, pauseAfter, pickUp, type Trail } from './polling.ts';
import type { Follower } from './ensure-follower.ts';
import { unknownSandbox } from '../aep-failures.ts';
import { createPace } from '../pace.ts';

/** What a watcher knows already, so that it gets only what is new. Times are epoch milliseconds. */
export interface RunsRequest {
  sandbox: string;
  flowId: string;
  /** The flow was made by us and never read: it may have been made just now. */
  isUnread?: boolean;
  /** Creation time from which to read runs. Absent at the first look. */
  from?: number;
  /** Ends of the ids that are judged. */
  judged: string[];
  /** Ids of the runs in progress. */
  open: string[];
  /** Whether `from` is the floor, so that everything is read. */
  full: boolean;
  readsFlow: boolean;
  /** What the flow is made of, too. */
  readsParts?: boolean | undefined;
  /** Where it is not there either, a flow that AEP does not show is gone. Absent at the first look. */
  sourceConnectionId?: string | undefined;
  /** Somebody says that the flow was deleted: then its source connection says nothing. */
  isDeleted?: boolean | undefined;
}

interface LookTrail extends Trail {
  /** The attempt before has waited for this one's turn. */
  hasTurn?: true;
  /** Since when the flow is not there. Epoch milliseconds. */
  missingSince?: number;
}

export interface LookDependencies {
  follower: Follower;
  aep: Aep;
  /** Looks that this worker begins in a second, at most. */
  looksPerSecond: number;
  /** Milliseconds between two looks of a follower. */
  watchIntervalMs: number;
  /** Milliseconds until what was made is sure to show. */
  listLagMs: number;
}

const pageSize = 100;
/** As many as fit into a history without weighing: a week of a flow that runs every hour. */
const newsLimit = 200;
const idsInOneFilter = 20;
const firstPauseMs = 15_000;
const longestPauseMs = 60 * 60_000;
const secondOpinionMs = 5_000;
/** So long a look waits in the worker for its turn; for longer, the server keeps it. */
const shortWaitMs = 2_000;
const dayMs = 24 * 3_600_000;

export function createLookActivities({
  aep,
  follower,
  looksPerSecond,
  watchIntervalMs,
  listLagMs,
}: LookDependencies) {
  const takeTurn = createPace(looksPerSecond);
  return {
    /** A watcher's own look at its flow. It is repeated until AEP can be read, however long that takes. */
    async readRuns(look: RunsRequest): Promise<News> {
      const { trail, now } = pickUp<LookTrail>({ failures: 0 });
      const { failures, missingSince } = trail;
      const leaveTo = (next: LookTrail, pauseMs: number) => leave(next, now, pauseMs);
      if (!trail.hasTurn) {
        const waitMs = takeTurn();
        if (waitMs > shortWaitMs) {
          leaveTo({ ...trail, hasTurn: true }, waitMs);
          throw notYet('Other watchers of this worker look first', waitMs);
        }
        await sleep(waitMs);
      }

      let news: News;
      try {
        news = await readNews(aep, look, {
          readAt: now,
          readsFlow: look.readsFlow || missingSince !== undefined,
        });
      } catch (error) {
        // At the first look it is a name that was given wrong; a sandbox that is gone later may come back.
        const noSandbox = look.from === undefined && unknownSandbox(error);
        if (noSandbox) throw noSandbox;
        const pauseMs = pauseAfter(
          error,
          failures + 1,
          Math.min(watchIntervalMs, firstPauseMs),
          longestPauseMs,
        );
        leaveTo({ failures: failures + 1, ...(missingSince === undefined ? {} : { missingSince }) }, pauseMs);
        throw unreadable(`the runs of flow ${look.flowId}`, error, pauseMs);
      }
      // A watch that ends by mistake is worse than one that ends late, and at the first look a flow may have been made just now.
      const patienceMs = look.from === undefined || look.isUnread ? listLagMs : 0;
      const isMissing = news.flow === null || news.isUnreadable;
      if (isMissing && (missingSince === undefined || now < missingSince + patienceMs)) {
        const pauseMs = Math.min(secondOpinionMs, watchIntervalMs);
        leaveTo({ failures: 0, missingSince: missingSince ?? now }, pauseMs);
        throw notYet(`AEP shows no flow ${look.flowId}; asking once more`, pauseMs);
      }
      // Only now: for a sandbox or a flow that is not there, nobody is to follow anything.
      if (news.flow !== null) await follower.ensure(look.sandbox);
      return news.full ? { ...news, restMs: restAfter(look) } : news;
    },
  };
}

/** After the first full pass any time of the next day will do: so the passes of flows that were adopted together spread. */
function restAfter({ from }: RunsRequest): number {
  return Math.round(dayMs * (from === undefined ? 0.1 + 0.9 * Math.random() : 1 + 0.05 * Math.random()));
}

async function readNews(
  aep: Aep,
  look: RunsRequest,
  { readAt, readsFlow }: { readAt: number; readsFlow: boolean },
): Promise<News> {
  const call: Call = { sandbox: look.sandbox, signal: cancellationSignal() };
  const news: News = { readAt, full: look.full, cutShort: false, runs: [], vanished: [] };
  let { from } = look;
  if (readsFlow) {
    const flow = await aep.flowService.flows.get(call, look.flowId);
    if (flow) {
      news.flow = readFlow(flow);
      if (look.readsParts) news.missing = await missingParts(aep, call, flow);
    } else if (await isGone(aep, call, look)) news.flow = null;
    // Its runs are hidden with it: that they do not show says nothing about them.
    else Object.assign(news, { isUnreadable: true, full: false });
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
  if (news.full) news.vanished = [...unseen].filter((id) => !older.some((run) => run.id === id));
  return news;
}

/** What a flow is made of and AEP has no more. */
async function missingParts({ flowService, catalog }: Aep, call: Call, raw: JsonObject): Promise<Shape> {
  const { flow, targetConnection } = resources;
  const ids = flow.refersTo(flow.observe(raw));
  const missing: Shape = {};
  const read = async (kind: Kind, { get }: Pick<Collection, 'get'>, id: string | undefined) => {
    const found = id === undefined ? undefined : await get(call, id);
    if (id !== undefined && !found) missing[titleOf(kind)] = `${id}, which is gone`;
    return found;
  };
  await read('sourceConnection', flowService.sourceConnections, ids.sourceConnection);
  const target = await read('targetConnection', flowService.targetConnections, ids.targetConnection);
  if (!target) return missing;
  const { dataset } = targetConnection.refersTo(targetConnection.observe(target));
  await read('dataset', catalog.datasets, dataset);
  return missing;
}

/** Whether a flow that AEP does not show is surely deleted: an access label hides a flow just so, but never its source connection. */
async function isGone({ flowService }: Aep, call: Call, look: RunsRequest): Promise<boolean> {
  const { isDeleted, sourceConnectionId } = look;
  if (isDeleted || sourceConnectionId === undefined) return true;
  return (await flowService.sourceConnections.get(call, sourceConnectionId)) === undefined;
}

/** Runs in progress that were created before what an ordinary look covers. */
async function readOpenRuns(aep: Aep, call: Call, ids: string[]): Promise<Run[]> {
  const runs: Run[] = [];
  for (let next = 0; next < ids.length; next += idsInOneFilter) {
    const filters = [`id==${ids.slice(next, next + idsInOneFilter).join(',')}`];
    for await (const page of aep.flowService.listRuns(call, { filters, limit: pageSize }))
      runs.push(...page.map(readRun));
  }
  return runs;
}
