import { currentUpdateInfo, log, setHandler } from '@temporalio/workflow';
import type { Watch } from '../../definition/watch.ts';
import { isPaused } from '../../runs/flow.ts';
import { makesUp, type Health } from '../../runs/health.ts';
import type { Asked, Reactions } from '../../runs/reactions.ts';
import type { JudgedRun } from '../../runs/verdict.ts';
import type { WatchState } from '../../runs/watch-state.ts';
import { fail, thrownBy } from '../failures.ts';
import { noteAsked, type NotedAsk } from './noted-asks.ts';
import { mustNotBeReplaced, type Responses } from './responses.ts';
import { receiverProblems } from '../known-receivers.ts';
import { checkRetryRun, checkWatch, mustBeGood, takesNothing } from './watch-input.ts';
import {
  acceptDriftUpdate,
  checkNowUpdate,
  pauseUpdate,
  resumeUpdate,
  retryRunUpdate,
  setWatchSignal,
  setWatchUpdate,
  stopUpdate,
  type RetryRun,
} from './watch-messages.ts';

/** A watch that goes on, and what people can have it do. */
export interface Watching {
  state(): WatchState | undefined;
  health(): Health;
  /** Looks at AEP, and ends when what was seen is taken in. False: that is left to the next execution. */
  look(more?: { readsParts?: boolean }): Promise<boolean>;
  responses: Responses;
  setWatch(watch: Watch): void;
  /** Takes the flow as it was seen last. */
  accept(): void;
  stop(): void;
  /** Why nothing can be asked of it any more, once it ends. */
  over(): string | undefined;
  /** Fails when the watch ends, and nobody waits any longer for what AEP has not answered. */
  cutOff: PromiseLike<never>;
}

/** Takes what people ask of a watcher. What makes no sense is refused before it is in the history. */
export function takeUpdates(watching: Watching): void {
  const { state, health, look, responses, setWatch, accept, stop } = watching;
  const mustGoOn = () => {
    const why = watching.over();
    if (why !== undefined) throw fail('Conflict', why);
  };
  /** What AEP said is what whoever asked should read, not that an activity failed. */
  const answerOf = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await Promise.race([ask(), watching.cutOff]);
    } catch (error) {
      throw thrownBy(error) ?? error;
    }
  };
  /** The same, noted for whoever asks later who had it done, as soon as AEP has answered. */
  const noted = async <Answer>(what: NotedAsk['what'], ask: () => Promise<Answer>): Promise<Answer> => {
    const asked = { what, at: Date.now(), updateId: currentUpdateInfo()?.id ?? '' };
    try {
      const answer = await answerOf(ask);
      noteAsked(asked);
      return answer;
    } catch (error) {
      noteAsked(asked, error);
      throw error;
    }
  };
  /** What is checked before an update is taken, besides that the watch goes on. */
  const taken = <Args extends unknown[]>(
    check: (...args: Args) => void = (...args) => takesNothing(args[0]),
  ) => ({
    validator(...args: Args) {
      mustGoOn();
      check(...args);
    },
  });
  const lookAndAnswer = async (done: { what: string; note?: string | undefined; readsParts?: boolean }) => {
    const seen = await look({ readsParts: done.readsParts === true });
    mustGoOn();
    if (seen) return health();
    const message = `${done.what}AEP was not read before the watcher went on in a new execution. Send checkNow.`;
    const { note } = done;
    throw fail('Unavailable', message, { sendAgain: 'checkNow', ...(note === undefined ? {} : { note }) });
  };
  setHandler(checkNowUpdate, () => lookAndAnswer({ what: '', readsParts: true }), taken());

  const failedRun = (asked: RetryRun | undefined) => runToRetry(state(), responses.reactions, asked);
  setHandler(
    retryRunUpdate,
    async (asked?: RetryRun) => {
      const runId = await noted('retry', async () => responses.retry(failedRun(asked)));
      return { runId };
    },
    taken((asked?: RetryRun) => {
      checkRetryRun(asked);
      failedRun(asked);
    }),
  );

  setHandler(
    pauseUpdate,
    async () => {
      await noted('pause', () => responses.disable());
      return lookAndAnswer({ what: 'The flow is disabled. ' });
    },
    taken((asked?: unknown) => {
      takesNothing(asked);
      mustNotBePaused(state());
    }),
  );

  setHandler(
    resumeUpdate,
    async () => {
      const known = state();
      const note = known && makesUp({ ...known, reactions: responses.reactions }, Date.now());
      await noted('resume', () => responses.enable());
      return { ...(await lookAndAnswer({ what: 'The flow is enabled. ', note })), ...(note ? { note } : {}) };
    },
    taken((asked?: unknown) => {
      takesNothing(asked);
      mustBePaused(state());
    }),
  );

  /** Settings count in the order in which they were accepted, however long it takes to check them. */
  let accepted = 0;
  let counts = 0;
  const put = (turn: number, watch: Watch) => {
    if (turn < counts) return;
    counts = turn;
    setWatch(watch);
  };
  const takeChecked = async (asked: Watch) => {
    const turn = (accepted += 1);
    const watch = checkWatch(asked);
    mustBeGood(await answerOf(() => receiverProblems(watch)).finally(mustGoOn));
    put(turn, watch);
    return watch;
  };
  setHandler(
    setWatchUpdate,
    takeChecked,
    taken((asked: Watch) => void checkWatch(asked)),
  );
  setHandler(setWatchSignal, (asked) => {
    try {
      put((accepted += 1), checkWatch(asked));
    } catch (error) {
      log.warn('Settings that cannot be taken were sent', { error: String(error) });
    }
  });

  setHandler(
    acceptDriftUpdate,
    async () => {
      await noted('accept-drift', async () => accept());
      return health();
    },
    taken((asked?: unknown) => {
      takesNothing(asked);
      if (!state()?.drift)
        throw fail('Conflict', 'Nobody else has changed the flow, as far as its watcher has seen.');
    }),
  );

  // It may be asked to twice.
  setHandler(
    stopUpdate,
    () => {
      stop();
      return health();
    },
    { validator: takesNothing },
  );
}

function runToRetry(
  state: WatchState | undefined,
  reactions: Reactions,
  asked: RetryRun | undefined,
): string {
  if (!state) throw fail('Conflict', 'Nothing is known of the flow yet: it has not been read.');
  mustNotBeReplaced(state);
  if (isPaused(state.flow))
    throw fail('Conflict', 'The flow is disabled: AEP runs nothing of it. Send resume first.');
  const { last } = state.record;
  const failed = last.filter(({ verdict }) => verdict === 'failed');
  const empty = last.filter((run) => !failed.includes(run) && wroteNothing(run));
  const [newest, ...others] = [...failed, ...empty].map(({ id }) => id);
  if (newest === undefined)
    throw fail(
      'Conflict',
      'None of the last runs has failed or was without rows: there is nothing to run again.',
    );
  const runId = asked?.runId ?? newest;
  if (runId !== newest && !others.includes(runId))
    throw fail(
      'Conflict',
      `${runId} is not among the last runs that failed or were without rows: ${[newest, ...others].join(', ')}.`,
    );
  const before = reactions.asked?.[runId];
  if (before) throw fail('Conflict', `${runId} is not run again twice: ${whatBecame(before)}`);
  return runId;
}

/** AEP runs successes without rows again, too: nothing can come twice. */
function wroteNothing({ recordsRead, recordsWritten }: JudgedRun): boolean {
  return (recordsWritten ?? recordsRead) === 0;
}

/** The same rows twice is worse than a person who has to look. */
function whatBecame(asked: Asked): string {
  if (asked === 'underWay') return 'AEP is being asked just now.';
  if (asked === 'inDoubt')
    return 'AEP was asked, and nobody knows whether it heard. Look in AEP whether a run has started since, and run it again there if not.';
  return `AEP made the run ${asked.newRun} of it. If that fails, it can be run again.`;
}

function mustNotBePaused(state: WatchState | undefined): void {
  const { flow } = mayBeSwitched(state);
  if (isPaused(flow)) throw fail('Conflict', `The flow is ${flow.state}: AEP runs nothing of it already.`);
}

function mustBePaused(state: WatchState | undefined): void {
  const { flow } = mayBeSwitched(state);
  if (!isPaused(flow)) throw fail('Conflict', `The flow is ${flow.state}: there is nothing to resume.`);
}

function mayBeSwitched(state: WatchState | undefined): WatchState {
  if (!state) throw fail('Conflict', 'Nothing is known of the flow yet: it has not been read.');
  mustNotBeReplaced(state);
  return state;
}
