import { Context, cancellationSignal, heartbeat, log, activityInfo } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Aep, Call } from '../aep/aep.ts';
import { advance, feedFrom, remember, startFeed, untold, type Feed } from '../runs/feed.ts';
import { runsEndedName, watcherType, watcherWorkflowId } from '../runs/names.ts';
import { readRun } from '../runs/read-run.ts';
import { hasEnded, type Run } from '../runs/run.ts';
import type { Told } from '../runs/watch.ts';
import { jittered, leave, notYet, pauseAfter, pickUp, unreadable, type Trail } from './attempts.ts';

/** What one execution of a follower hands to the next. */
export interface Followed {
  feed?: Feed;
  /** When AEP was last read. Epoch milliseconds of the Temporal server's clock. */
  lastRead?: number;
}

export interface FollowRequest extends Followed {
  sandbox: string;
}

interface FollowTrail extends Trail, Followed {
  looks: number;
  /** Somebody could not be told: the next look goes back for that. */
  behind?: true;
}

export interface FollowDependencies {
  aep: Aep;
  /** Milliseconds between two looks. */
  watchIntervalMs: number;
}

const pageSize = 100;
/** Ten thousand runs in one look. */
const pagesPerLook = 100;
const wideEvery = 10;
const signalsAtOnce = 20;
const runsInSignal = 100;
const longestPauseMs = 5 * 60_000;
const minuteMs = 60_000;
/** Where nobody watches a flow, nobody will for so long, as far as its runs are concerned. Shorter than a wide look goes back. */
const unwatchedForMs = 10 * minuteMs;
/** After that, what ended meanwhile is left to the watchers' own looks: they are all about to make one. */
const longAwayMs = 60 * minuteMs;
const dayMs = 24 * 60 * minuteMs;

const ended = 'metrics.durationSummary.completedAtUTC';
const status = 'metrics.statusSummary.status';

export function createFollowActivities({ aep, watchIntervalMs }: FollowDependencies) {
  const unwatched = new Map<string, number>();
  return {
    /**
     * Asks AEP again and again which runs of a sandbox have ended, and hands each to the watcher of its flow. It goes
     * on for about a day without a trace in the history; answers what the next execution must know, and whether
     * anybody still watches a flow of this sandbox.
     */
    async tellEndedRuns({ sandbox, ...carried }: FollowRequest): Promise<Followed & { isNeeded: boolean }> {
      const { trail, now } = pickUp<FollowTrail>({ failures: 0, looks: 0, ...carried });
      const { feed, lastRead } = trail;
      if (now - activityInfo().scheduledTimestampMs > dayMs) {
        const followed = { ...(feed ? { feed } : {}), ...(lastRead === undefined ? {} : { lastRead }) };
        return { ...followed, isNeeded: await isNeeded(sandbox) };
      }

      const call: Call = { sandbox, signal: cancellationSignal() };
      let seen: Seen;
      try {
        seen = await readEnded(aep, call, trail, now);
      } catch (error) {
        const failures = trail.failures + 1;
        const pauseMs = pauseAfter(failures, watchIntervalMs, longestPauseMs);
        leave({ ...trail, failures }, now, pauseMs);
        throw unreadable(`which runs ended in ${sandbox}`, error, pauseMs);
      }

      const looks = trail.looks + 1;
      let { feed: known } = seen;
      if (!known) {
        const pauseMs = jittered(watchIntervalMs);
        leave({ failures: 0, looks, lastRead: now }, now, pauseMs);
        throw notYet(`There are no runs in ${sandbox}`, pauseMs);
      }
      const news = untold(known, seen.runs).filter(({ flowId }) => !(now < (unwatched.get(flowId) ?? 0)));
      const letters = lettersOf(news, { readAt: now, ...(lastRead === undefined ? {} : { lastRead }) });
      let lost = 0;
      for (let next = 0; next < letters.length; next += signalsAtOnce) {
        const batch = letters.slice(next, next + signalsAtOnce);
        const outcomes = await Promise.all(batch.map((letter) => send(sandbox, letter)));
        for (const [index, { flowId, told }] of batch.entries()) {
          if (outcomes[index] === 'told') known = remember(known, told.runs, now);
          if (outcomes[index] === 'unwatched') unwatched.set(flowId, now + unwatchedForMs);
          if (outcomes[index] === 'lost') lost += 1;
        }
        // Only what was told: who dies here tells the rest, and at most the last few, again.
        heartbeat({ ...trail, feed: known });
      }
      known = advance(known, seen.runs, now);
      const pauseMs = seen.more ? 0 : jittered(watchIntervalMs);
      const left: FollowTrail = { failures: 0, looks, feed: known, lastRead: now };
      leave(lost > 0 ? { ...left, behind: true } : left, now, pauseMs);
      const told = letters.length - lost;
      throw notYet(
        `${news.length} runs ended in ${sandbox} since the last look; ${told} watchers told`,
        pauseMs,
      );
    },
  };
}

interface Seen {
  /** Absent while the sandbox has no runs. */
  feed?: Feed;
  runs: Run[];
  /** There is more to read. */
  more: boolean;
}

async function readEnded(aep: Aep, call: Call, trail: FollowTrail, now: number): Promise<Seen> {
  const { looks, behind, lastRead = now } = trail;
  let { feed } = trail;
  let wide = looks % wideEvery === 0 || behind === true;
  if (!feed || now - lastRead > longAwayMs) {
    const newest = await newestRun(aep, call);
    if (!newest) return { runs: [], more: false };
    wide = !feed;
    feed = startFeed(newest.created, now, { wide });
  }
  const from = Math.floor(feedFrom(feed, { wide }));
  const runs: Run[] = [];
  const read = async (filters: string[], orderby: string): Promise<boolean> => {
    let pages = 0;
    for await (const page of aep.flowService.listRuns(call, { filters, orderby, limit: pageSize })) {
      runs.push(...page.map(readRun).filter(hasEnded));
      heartbeat(trail);
      pages += 1;
      if (pages === pagesPerLook) return true;
    }
    return false;
  };
  const more = await read([`${ended}>=${from}`], ended);
  // Some failed runs never say when they ended; what is known of those is when they changed last.
  const moreFailed = await read([`${status}==failed,Failed,FAILED`, `updatedAt>=${from}`], 'updatedAt');
  return { feed, runs, more: more || moreFailed };
}

async function newestRun(aep: Aep, call: Call): Promise<Run | undefined> {
  for await (const [run] of aep.flowService.listRuns(call, { filters: [], orderby: '-createdAt', limit: 1 }))
    return run && readRun(run);
  return undefined;
}

interface Letter {
  flowId: string;
  told: Told;
}

function lettersOf(runs: Run[], look: Omit<Told, 'runs'>): Letter[] {
  return [...Map.groupBy(runs, ({ flowId }) => flowId)].flatMap(([flowId, ofFlow]) => {
    const letters: Letter[] = [];
    for (let next = 0; next < ofFlow.length; next += runsInSignal)
      letters.push({ flowId, told: { ...look, runs: ofFlow.slice(next, next + runsInSignal) } });
    return letters;
  });
}

async function send(sandbox: string, { flowId, told }: Letter): Promise<'told' | 'unwatched' | 'lost'> {
  const workflowId = watcherWorkflowId({ sandbox, flowId });
  try {
    await Context.current().client.workflow.getHandle(workflowId).signal(runsEndedName, told);
    return 'told';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'unwatched';
    log.warn(`The watcher ${workflowId} could not be told of ${told.runs.length} runs`, { error });
    return 'lost';
  }
}

/** Whether anybody watches a flow of this sandbox. Where that cannot be told: yes. */
async function isNeeded(sandbox: string): Promise<boolean> {
  const query = `WorkflowType = "${watcherType}" AND ExecutionStatus = "Running" AND AepSandbox = "${sandbox}"`;
  try {
    const { count } = await Context.current().client.workflow.count(query);
    return count > 0;
  } catch {
    return true;
  }
}
