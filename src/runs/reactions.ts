import { durationMs } from '../definition/duration.ts';
import type { ChannelKind, Watch } from '../definition/watch.ts';
import { keyOf } from './drift.ts';
import { isPaused } from './flow.ts';
import type { Health } from './health.ts';
import {
  isPast,
  reportOf,
  type FlowMessage,
  type GivenUp,
  type Message,
  type Notification,
  type Reported,
} from './notification.ts';
import { causeOf } from './read-run.ts';
import { emptyRecord, type Cause, type JudgedRun } from './verdict.ts';
import { lastNews, type Inherited, type WatchState } from './watch-state.ts';

/** What a watcher has done about what it saw. Its size is bounded; it goes from one execution to the next. Times are epoch milliseconds. */
export interface Reactions {
  /** The verdict that was reported last. */
  reported?: Reported;
  /** The drift that was notified of. */
  drift?: string[];
  /** The latest runs, as far as they were seen to. */
  seen: string[];
  /** The retry chains of failed runs that AEP is asked to run again. */
  chains: RetryChain[];
  /** What became of requests to run one of the latest runs again, by the run's id. */
  asked?: Record<string, Asked>;
  /** As many failures as there were when failures in a row were last counted anew. */
  forgiven: number;
  /** Set while the flow is disabled because its watcher asked for it: after failures, or since a person had it do so. */
  pausedBy?: { failures: number; cause?: Cause } | 'person';
  /** Messages that nobody has taken yet. */
  outbox: Delivery[];
  /** Messages that nobody took in time. */
  undelivered: number;
  /** What the first window left out, or takes twice, has been notified of. */
  firstWindowTold?: true;
}

/** A message on its way: to a webhook, by a channel, or to a workflow. */
export interface Delivery<M extends Message = FlowMessage> {
  message: M;
  webhook?: string;
  channel?: { kind: ChannelKind; name: string };
  workflow?: { workflowId: string; signal: string };
}

/** What is to be done now. */
export interface Actions {
  notify: Notification[];
  /** Failures in a row, where they are enough to disable the flow. */
  pause?: number;
  /** Set where others have changed something more about the flow. */
  drifted?: true;
}

export const noReactions: Reactions = { seen: [], chains: [], forgiven: 0, outbox: [], undelivered: 0 };

/** What to do after a look. Pure, and the same look twice asks for nothing twice. */
export function react(
  before: Reactions,
  state: WatchState,
  health: Health,
  watch: Watch,
): { reactions: Reactions; actions: Actions } {
  const { record, flow, expected, replacing = false } = state;
  const fresh = record.last.filter((run) => !before.seen.includes(run.id) && !isPast(run, state));
  const paused = isPaused(flow);
  const { chains, gaveUp } = followRetries(before.chains, fresh.toReversed(), state, watch);
  const reactions: Reactions = {
    ...before,
    seen: record.last.map(({ id }) => id),
    // A disabled flow runs nothing, and what has failed before it was disabled is a person's to decide; but where an update
    // keeps it disabled, it may enable it again, or has, and that was not seen yet.
    chains: paused && !replacing && expected.pending?.['state']?.at(-1) !== 'enabled' ? [] : chains,
  };
  if (before.asked) {
    const latest = Object.entries(before.asked).filter(([id]) => reactions.seen.includes(id));
    reactions.asked = Object.fromEntries(latest);
  }
  // What failed before anybody watched is no reason to disable a flow.
  if (!before.reported || before.reported.silent) reactions.forgiven = record.totals.failed - failed(fresh);
  const actions: Actions = { notify: [] };

  const failures = failuresInARow(reactions, state, fresh);
  if (watch.pauseAfter !== undefined && !paused && !replacing && failures >= watch.pauseAfter) {
    actions.pause = failures;
    reactions.forgiven = record.totals.failed;
    reactions.chains = [];
    const cause = record.last[0]?.cause;
    reactions.pausedBy = { failures, ...(cause ? { cause } : {}) };
  } else if (!paused && before.pausedBy && before.reported?.verdict === 'paused') {
    delete reactions.pausedBy;
    reactions.forgiven = record.totals.failed;
  }

  const { reported, change } = reportOf(before.reported, state, health);
  if (reported) reactions.reported = reported;
  if (change) actions.notify.push(change);
  if (state.firstWindow && !before.firstWindowTold) {
    reactions.firstWindowTold = true;
    actions.notify.push({ event: state.firstWindow.is });
  }
  const drift = state.drift?.changes.map(keyOf) ?? [];
  const freshDrift = drift.filter((one) => !before.drift?.includes(one));
  if (freshDrift.length > 0) {
    actions.drifted = true;
    // That somebody has enabled or disabled it is told with the verdict, and every message tells drift.
    const isTold = change !== undefined && freshDrift.every((one) => one.startsWith('state='));
    if (!isTold) actions.notify.push({ event: 'drift' });
  }
  if (drift.length > 0) reactions.drift = drift;
  else delete reactions.drift;
  actions.notify.push(...gaveUp.map((one): Notification => ({ event: 'gaveUp', ...one })));
  return { reactions, actions };
}

/**
 * What still means something when another flow has taken the place of this one: what was counted, when the last success
 * was, what was reported last, and what nobody has taken yet. What is usual is learnt anew, since the new flow may read
 * another source, or everything again; failures in a row and runs to run again were those of a flow that is no more.
 */
export function inheritanceOf({ began, cursor, record }: WatchState, reactions: Reactions): Inherited {
  const { totals, lastSuccess } = record;
  const { reported, outbox, undelivered, pausedBy } = reactions;
  return {
    began,
    record: { ...emptyRecord(), totals, ...(lastSuccess ? { lastSuccess } : {}) },
    tooLate: cursor.tooLate,
    reactions: {
      ...noReactions,
      forgiven: totals.failed,
      ...(reported ? { reported } : {}),
      // What takes the place of a flow that a person has paused is disabled, too.
      ...(pausedBy === 'person' ? { pausedBy } : {}),
      outbox,
      undelivered,
    },
  };
}

function failuresInARow({ forgiven }: Reactions, { record }: WatchState, fresh: JudgedRun[]): number {
  const { streak, totals } = record;
  if (streak?.verdict !== 'failed' || failed(fresh) === 0) return 0;
  return Math.min(streak.runs, totals.failed - forgiven);
}

function failed(runs: JudgedRun[]): number {
  return runs.filter(({ verdict }) => verdict === 'failed').length;
}

/** A retry chain: a failed run, and the runs that AEP made of it when it was asked to run it again. Times are epoch milliseconds. */
export interface RetryChain {
  /** The run that failed first. */
  root: string;
  /** The run that stands for it now. */
  run: string;
  /** How often AEP was asked. */
  tried: number;
  /** When to ask next. Absent while an answer, or the end of a run, is waited for. */
  dueAt?: number;
  /** When AEP was asked, while nobody knows whether it heard: a run that starts after this moment is taken for its answer. */
  doubtSince?: number;
}

/** What became of AEP being asked to run a run again: the new run, or nobody knows yet, or nobody knows for good. */
export type Asked = { newRun: string } | 'underWay' | 'inDoubt';

const chainsToKeep = 10;
const newerWait = `${chainsToKeep} newer failed runs wait to be run again.`;
const usualPauseMs = 5 * 60_000;
/** AEP's clock and ours may differ a little; a run that started this much before the request still counts as its answer. */
const slackMs = 60_000;

/** Goes on with the retry chains of failed runs. `gaveUp`: those that have come to a bad end. */
export function followRetries(
  before: RetryChain[],
  fresh: JudgedRun[],
  state: WatchState,
  { retry }: Watch,
): { chains: RetryChain[]; gaveUp: GivenUp[] } {
  const gaveUp: GivenUp[] = [];
  const answers = before.map((chain) => answered(chain, state));
  const isNewIn = ({ id }: JudgedRun) => answers.some((one, n) => one !== before[n] && one.run === id);
  const judgedBefore = state.record.last.filter((run) => isNewIn(run) && !fresh.includes(run));
  let chains = answers;
  for (const run of [...judgedBefore, ...fresh]) {
    const chain = chains.find((one) => one.run === run.id);
    if (run.verdict !== 'failed') {
      chains = chains.filter((one) => one !== chain);
      continue;
    }
    const { root, tried } = chain ?? { root: run.id, tried: 0 };
    const again = retry && tried < retry.times && causeOf(run.cause?.code).heals;
    chains = chains.filter((one) => one !== chain);
    if (again)
      chains.push({ root, run: run.id, tried, dueAt: lastNews(state) + pauseBefore(tried, retry.pause) });
    else if (chain) gaveUp.push({ run });
  }
  const tooMany = chains.splice(0, chains.length - chainsToKeep);
  return { chains, gaveUp: [...gaveUp, ...tooMany.map((chain) => givenUp(chain, state, newerWait))] };
}

/** The end of a chain that AEP was not to be asked about any more. */
export function givenUp(
  { run: id }: RetryChain,
  { record }: WatchState,
  refusal: string | undefined,
): GivenUp {
  return { run: record.last.find((run) => run.id === id) ?? { id }, refusal };
}

/** AEP was asked, and this is the run it made of the failed one. */
export function retried(chains: RetryChain[], chain: RetryChain, newRun: string): RetryChain[] {
  return replace(chains, { root: chain.root, run: newRun, tried: chain.tried + 1 });
}

/**
 * AEP was asked at `askedAt`, and nobody knows whether it heard. It counts as asked; only if no run shows by the next
 * time, it is asked again, or given up where that was the last time.
 */
export function doubted(
  chains: RetryChain[],
  chain: RetryChain,
  { askedAt, now }: { askedAt: number; now: number },
  { retry }: Watch,
): RetryChain[] {
  const { root, run } = chain;
  const tried = chain.tried + 1;
  const dueAt = now + pauseBefore(tried, retry?.pause);
  return replace(chains, { root, run, tried, dueAt, doubtSince: askedAt });
}

/** AEP is being asked: until it has answered, it is not asked again. */
export function asking(chains: RetryChain[], chain: RetryChain): RetryChain[] {
  const { root, run, tried } = chain;
  return replace(chains, { root, run, tried });
}

/** AEP was asked and surely did nothing: it is asked as if for the first time. */
export function putOff(chains: RetryChain[], chain: RetryChain, now: number, { retry }: Watch): RetryChain[] {
  const { root, run, tried } = chain;
  return replace(chains, { root, run, tried, dueAt: now + pauseBefore(tried, retry?.pause) });
}

/** How long to wait before a failed run is run again that was already run again `tried` times. Milliseconds. */
export function pauseBefore(tried: number, pause: string | undefined): number {
  return ((pause && durationMs(pause)) || usualPauseMs) * 2 ** tried;
}

/** The chains, with one as it is now. */
export function replace(chains: RetryChain[], by: RetryChain): RetryChain[] {
  return chains.map((one) => (one.root === by.root ? by : one));
}

/** Better a run too few than the same rows twice: whatever started since the doubt is taken for the answer. */
function answered(chain: RetryChain, { record, cursor, behindMs }: WatchState): RetryChain {
  const { doubtSince, root, tried } = chain;
  if (doubtSince === undefined) return chain;
  const since = doubtSince - behindMs - slackMs;
  const answer = [...record.last, ...cursor.open].find(({ id, start }) => id !== chain.run && start >= since);
  return answer ? { root, run: answer.id, tried } : chain;
}
