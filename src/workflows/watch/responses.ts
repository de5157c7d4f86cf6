import {
  isCancellation,
  log,
  proxyActivities,
  sleep,
  upsertMemo,
  uuid4,
  workflowInfo,
  rootCause,
} from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { Watch } from '../../definition/watch.ts';
import type { Drift, Expectation } from '../../runs/drift.ts';
import { isPaused } from '../../runs/flow.ts';
import { beingReplaced, tellDrift, type Health } from '../../runs/health.ts';
import { messageOf, type Notification } from '../../runs/notification.ts';
import {
  asking,
  doubted,
  givenUp,
  noReactions,
  putOff,
  react,
  replace,
  retried,
} from '../../runs/reactions.ts';
import type { Asked, Reactions, RetryChain } from '../../runs/reactions.ts';
import type { WatchState } from '../../runs/watch-state.ts';
import { doubtTypes, retry } from '../calls.ts';
import { fail, isDoubt, isRefusal, thrownBy } from '../failures.ts';
import { withNote } from './noted-asks.ts';
import { Outbox, deliveriesOf } from './outbox.ts';

const noAnswer = 'Nobody knows whether AEP has heard the last request, and no run has shown since.';

/** Passing trouble ends a request after this: a watcher has a later time for it, and must end its executions meanwhile. Milliseconds. */
const giveUpAfterMs = 30 * 60_000;

/** What no worker has taken by then is not sent any more: who replaces the flow waits for it a little longer (`make-way.ts`). */
const scheduleToCloseTimeout = '34 minutes';

const switching = {
  startToCloseTimeout: '5 minutes',
  scheduleToCloseTimeout,
  heartbeatTimeout: '5 seconds',
  retry,
} as const;
const { enableFlow } = proxyActivities<Activities>({ ...switching, summary: 'Enable the flow' });
const { disableFlow } = proxyActivities<Activities>({ ...switching, summary: 'Disable the flow' });
const { retriggerRun } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout,
  heartbeatTimeout: '5 seconds',
  retry: { ...retry, nonRetryableErrorTypes: doubtTypes },
  summary: 'Run a failed run again',
});

/** What responses need of the watcher they belong to. */
export interface Watcher {
  sandbox: string;
  flowId: string;
  /** As it is now: it can be changed while the watch goes on. */
  watch(): Watch;
  state(): WatchState | undefined;
  /** The flow's health as it is now. */
  health(): Health;
  /** Looks at AEP, and ends when what was seen is taken in. False: that is left to the next execution. */
  look(): Promise<boolean>;
  /** Takes down what this watcher is about to change itself. */
  expect(expectation: Expectation): void;
}

/** What a watcher does about what it sees: it notifies, runs again and pauses, beside the watcher's loop and never holding that up. */
export class Responses {
  readonly #watcher: Watcher;
  readonly #outbox: Outbox;
  readonly #timed = new Set<string>();
  #state: WatchState | undefined;
  #reactions: Reactions;
  #requests = 0;

  /** @param state what an earlier execution knew. @param reactions what was done, or left to do */
  constructor(watcher: Watcher, state: WatchState | undefined, reactions: Reactions = noReactions) {
    this.#watcher = watcher;
    this.#state = state;
    this.#reactions = reactions;
    this.#outbox = new Outbox(this.#reactions);
    this.#keepTime();
  }

  /** What was done so far, and what is left to do. */
  get reactions(): Reactions {
    return { ...this.#reactions, ...this.#outbox.left };
  }

  /** Whether no request to AEP is under way. Else an execution must not end: the answer would be lost. */
  get areQuiet(): boolean {
    return this.#requests === 0;
  }

  /** Whether nothing is left to be delivered either. */
  get areDone(): boolean {
    return this.areQuiet && this.#outbox.isEmpty;
  }

  /** Ends every retry chain: AEP runs nothing again of a flow that is no more. */
  closeChains(why: string): void {
    for (const chain of this.#reactions.chains) this.#giveUp(chain, why);
  }

  /** Leaves what is not delivered yet to another watcher. */
  handOverOutbox(): void {
    this.#outbox.handOver();
  }

  /** What has not been delivered by now never is. */
  giveUpOutbox(): void {
    this.#outbox.giveUp();
  }

  /** Sees to what a look, or the follower, has brought. */
  see(state: WatchState): void {
    this.#state = state;
    const { forgiven } = this.#reactions;
    const { reactions, actions } = react(
      this.reactions,
      state,
      this.#watcher.health(),
      this.#watcher.watch(),
    );
    this.#reactions = reactions;
    for (const notification of actions.notify) this.#notify(notification);
    if (state.drift && actions.drifted) this.#noteDrift(state.drift);
    if (actions.pause !== undefined) beside(this.#pause(forgiven));
    this.#keepTime();
  }

  /** Notifies that there is no flow any more, and so nothing to watch. */
  notifyGone(): void {
    this.#notify({ event: 'gone' });
  }

  /** Asks AEP to run a run again, for a person. Returns the id of the new run. */
  async retry(runId: string): Promise<string> {
    const chain = this.#reactions.chains.find(({ run }) => run === runId);
    try {
      return await this.#ask(runId);
    } catch (error) {
      // AEP surely did nothing: what was to be done without the person still is.
      if (chain && !isDoubt(error)) this.#put(replace(this.#reactions.chains, chain));
      this.#keepTime();
      throw error;
    }
  }

  /** Disables the flow, for a person: its health says so. */
  async disable(): Promise<void> {
    const { sandbox, flowId } = this.#watcher;
    this.#reactions = { ...this.#reactions, pausedBy: 'person' };
    try {
      await this.#expecting('disabled', () => disableFlow({ sandbox, flowId, giveUpAfterMs }));
    } catch (error) {
      this.#notPaused();
      throw error;
    }
  }

  async enable(): Promise<void> {
    const { sandbox, flowId } = this.#watcher;
    await this.#expecting('enabled', () => enableFlow({ sandbox, flowId, giveUpAfterMs }));
  }

  #notify(notification: Notification): void {
    const watch = this.#watcher.watch();
    if (!watch.notify) return;
    const envelope = { id: uuid4(), at: Date.now(), watcherWorkflowId: workflowInfo().workflowId };
    this.#outbox.add(deliveriesOf(watch, messageOf(this.#watcher.health(), notification, envelope, watch)));
  }

  #noteDrift(drift: Drift): void {
    upsertMemo({ drifts: withNote(workflowInfo().memo?.['drifts'], tellDrift(drift)) });
  }

  /** @param forgiven failures that did not count before: where the flow cannot be disabled, the next failure is reason enough */
  async #pause(forgiven: number): Promise<void> {
    const { sandbox, flowId } = this.#watcher;
    try {
      await this.#expecting('disabled', () => disableFlow({ sandbox, flowId, giveUpAfterMs }));
    } catch (error) {
      log.warn('The flow could not be disabled', { error: rootCause(error) ?? String(error) });
      this.#notPaused();
      this.#reactions = { ...this.#reactions, forgiven };
    }
    await this.#watcher.look();
  }

  /** What was surely not done is drift where somebody else does it later. */
  #expecting(state: 'enabled' | 'disabled', ask: () => Promise<unknown>): Promise<void> {
    return this.#request(async () => {
      this.#watcher.expect({ pending: { state } });
      try {
        await ask();
      } catch (error) {
        // An update that replaces the flow says itself what it switches.
        const undone = () => {
          if (!this.#watcher.state()?.replacing) this.#watcher.expect({ undone: { state } });
        };
        if (isRefusal(error)) undone();
        // Any other may have been answered to a request that took effect all the same: a look shows that.
        else if (!isCancellation(error)) beside(this.#watcher.look().then(undone));
        throw error;
      }
    });
  }

  #notPaused(): void {
    const { pausedBy: _, ...rest } = this.#reactions;
    this.#reactions = rest;
  }

  #keepTime(): void {
    for (const chain of this.#reactions.chains)
      if (chain.dueAt !== undefined) beside(this.#runAgain(chain, chain.dueAt));
  }

  async #runAgain({ root, tried }: RetryChain, dueAt: number): Promise<void> {
    const time = `${root} ${tried} ${dueAt}`;
    if (this.#timed.has(time)) return;
    this.#timed.add(time);
    await sleep(Math.max(1, dueAt - Date.now()), { summary: 'Until the failed run is run again' });
    this.#timed.delete(time);
    const find = () => this.#reactions.chains.find((one) => one.root === root && one.dueAt === dueAt);
    // The follower only signals runs that have ended; the answer to a request in doubt may be one in progress.
    if (find()?.doubtSince !== undefined && !(await this.#watcher.look())) return;
    const chain = find();
    // Meanwhile it went well, or the flow was disabled.
    if (!chain || (this.#state && isPaused(this.#state.flow))) return;
    // Of a flow that is hidden AEP runs nothing for us. The next look that shows it again comes back to this, and so does an
    // update that has not replaced the flow after all.
    if (this.#state?.unreadableSince !== undefined || this.#watcher.state()?.replacing) return;
    const watch = this.#watcher.watch();
    if (!watch.retry) return this.#giveUp(chain, 'The settings of the watch do not ask for it any more.');
    if (chain.tried >= watch.retry.times)
      return this.#giveUp(chain, chain.doubtSince === undefined ? undefined : noAnswer);
    try {
      await this.#ask(chain.run);
    } catch (error) {
      if (isDoubt(error) || isCancellation(error)) return;
      const refusal = thrownBy(error);
      if (refusal?.type !== 'RateLimited' && refusal?.type !== 'Unavailable')
        return this.#giveUp(chain, refusal?.message);
      this.#put(putOff(this.#reactions.chains, chain, Date.now(), watch));
      this.#keepTime();
    }
  }

  /** Asks AEP to run a run again, and takes down what became of that. */
  async #ask(runId: string): Promise<string> {
    const { sandbox } = this.#watcher;
    const askedAt = Date.now();
    const chain = this.#reactions.chains.find(({ run }) => run === runId);
    if (chain) this.#put(asking(this.#reactions.chains, chain));
    this.#note(runId, 'underWay');
    try {
      const newRun = await this.#request(() => retriggerRun({ sandbox, runId }));
      this.#note(runId, { newRun });
      if (chain) this.#put(retried(this.#reactions.chains, chain, newRun));
      return newRun;
    } catch (error) {
      this.#note(runId, isDoubt(error) ? 'inDoubt' : undefined);
      if (chain && isDoubt(error)) {
        const when = { askedAt, now: Date.now() };
        this.#put(doubted(this.#reactions.chains, chain, when, this.#watcher.watch()));
        this.#keepTime();
      }
      throw error;
    }
  }

  #note(runId: string, became: Asked | undefined): void {
    const { [runId]: _, ...others } = this.#reactions.asked ?? {};
    this.#reactions = { ...this.#reactions, asked: became ? { ...others, [runId]: became } : others };
  }

  #giveUp(chain: RetryChain, refusal: string | undefined): void {
    this.#put(this.#reactions.chains.filter((one) => one.root !== chain.root));
    if (this.#state) this.#notify({ event: 'gaveUp', ...givenUp(chain, this.#state, refusal) });
  }

  #put(chains: RetryChain[]): void {
    this.#reactions = { ...this.#reactions, chains };
  }

  /** All that a watcher asks AEP to do goes through here: nothing, once another flow takes the place of its own. */
  async #request<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    mustNotBeReplaced(this.#watcher.state());
    this.#requests += 1;
    try {
      return await send();
    } finally {
      this.#requests -= 1;
    }
  }
}

/** @throws ApplicationFailure `Conflict` while another flow takes the place of this one. */
export function mustNotBeReplaced(state: Pick<WatchState, 'replacing'> | undefined): void {
  if (state?.replacing) throw fail('Conflict', `${beingReplaced.message} ${beingReplaced.next}`);
}

/** Does something beside the watcher's loop. A watcher that is cancelled waits for nothing of that. */
function beside(work: Promise<void>): void {
  work.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
}
