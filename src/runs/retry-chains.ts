import type { Watch } from '../definition/watch.ts';
import { durationMs } from '../definition/duration.ts';
import { causeOf } from './read-run.ts';
import type { JudgedRun } from './verdict.ts';
import { lastNews, type WatchState } from './watch-state.ts';

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

/** A failed run that is not run again any more. */
export interface GivenUp {
  run: Pick<JudgedRun, 'id' | 'cause'>;
  /** Why not, where that is not because it was run again as often as asked for. */
  refusal?: string | undefined;
}

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
    if (!chain && !retry) continue;
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
