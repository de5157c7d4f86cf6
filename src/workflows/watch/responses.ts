import {
  isCancellation,
  log,
  proxyActivities,
  sleep,
  uuid4,
  workflowInfo,
  rootCause,
} from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { Watch } from '../../definition/watch.ts';
import { isPaused } from '../../runs/flow.ts';
import type { Health } from '../../runs/health.ts';
import { noReactions, react } from '../../runs/reactions.ts';
import type { Delivery, Reactions, Tidings } from '../../runs/reactions.ts';
import { asking, doubted, givenUp, putOff, replace, retried } from '../../runs/retries.ts';
import type { Asked, Story } from '../../runs/retries.ts';
import { messageOf } from '../../runs/tell.ts';
import type { WatchState } from '../../runs/watch.ts';
import { doubtTypes, retry } from '../calls.ts';
import { deliver, deliveriesOf } from './deliver.ts';
import { isDoubt, thrownBy } from '../failures.ts';

/** The oldest go first: newer ones say how things are. */
const messagesToKeep = 20;
const noAnswer = 'Nobody knows whether AEP has heard the last request, and no run has shown since.';

/** Passing trouble ends a request after this: a watcher has a later time for it, and must end its executions meanwhile. Milliseconds. */
const giveUpAfterMs = 30 * 60_000;

const switching = { startToCloseTimeout: '5 minutes', heartbeatTimeout: '5 seconds', retry } as const;
const { enableFlow } = proxyActivities<Activities>({ ...switching, summary: 'Enable the flow' });
const { disableFlow } = proxyActivities<Activities>({ ...switching, summary: 'Disable the flow' });
const { retriggerRun } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
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
  /** The flow's health as it is now. */
  health(): Health;
  /** Looks at AEP, and ends when what was seen is taken in. False: that is left to the next execution. */
  look(): Promise<boolean>;
}

/** What a watcher does about what it sees: it tells, runs again and pauses, beside the watcher's loop and never holding that up. */
export class Responses {
  reactions: Reactions;
  readonly #watcher: Watcher;
  readonly #timed = new Set<string>();
  readonly #beingTold = new Set<string>();
  #state: WatchState | undefined;
  #requests = 0;

  /** @param carried what an earlier execution had done, or left to do */
  constructor(watcher: Watcher, carried: WatchState | undefined) {
    this.#watcher = watcher;
    this.#state = carried;
    this.reactions = carried?.reactions ?? noReactions;
    this.#sendOutbox();
    this.#keepTime();
  }

  /** Whether no request to AEP is under way. Else an execution must not end: the answer would be lost. */
  get areQuiet(): boolean {
    return this.#requests === 0;
  }

  /** Whether nothing is left to be told either. */
  get areDone(): boolean {
    return this.areQuiet && this.reactions.outbox.length === 0;
  }

  /** What has not been taken by now never is. */
  leaveUntold(): void {
    const { outbox, untold } = this.reactions;
    this.reactions = { ...this.reactions, outbox: [], untold: untold + outbox.length };
  }

  /** Sees to what a look, or the follower, has brought. */
  see(state: WatchState): void {
    this.#state = state;
    const { forgiven } = this.reactions;
    const { reactions, deeds } = react(this.reactions, state, this.#watcher.health(), this.#watcher.watch());
    this.reactions = reactions;
    for (const tidings of deeds.tell) this.#tell(tidings);
    if (deeds.pause !== undefined) beside(this.#pause(forgiven));
    this.#keepTime();
  }

  /** Tells that there is no flow any more, and so nothing to watch. */
  seeOff(): void {
    this.#tell({ event: 'gone' });
  }

  /** Asks AEP to run a run again, for a person. Answers the id of the new run. */
  async retry(runId: string): Promise<string> {
    const story = this.reactions.stories.find(({ run }) => run === runId);
    try {
      return await this.#ask(runId);
    } catch (error) {
      // AEP surely did nothing: what was to be done without the person still is.
      if (story && !isDoubt(error)) this.#put(replace(this.reactions.stories, story));
      this.#keepTime();
      throw error;
    }
  }

  async enable(): Promise<void> {
    const { sandbox, flowId } = this.#watcher;
    await this.#request(() => enableFlow({ sandbox, flowId, giveUpAfterMs }));
  }

  #tell(tidings: Tidings): void {
    const watch = this.#watcher.watch();
    if (!watch.notify) return;
    const envelope = { id: uuid4(), at: Date.now(), watcherWorkflowId: workflowInfo().workflowId };
    const message = messageOf(this.#watcher.health(), tidings, envelope, watch);
    const outbox = [...this.reactions.outbox, ...deliveriesOf(watch, message)];
    const dropped = Math.max(0, outbox.length - messagesToKeep);
    const untold = this.reactions.untold + dropped;
    this.reactions = { ...this.reactions, outbox: outbox.slice(dropped), untold };
    this.#sendOutbox();
  }

  /** To each receiver one message after the other: an old one that arrives last would say how things are not. */
  #sendOutbox(): void {
    for (const receiver of new Set(this.reactions.outbox.map(receiverOf)))
      if (!this.#beingTold.has(receiver)) void this.#sendTo(receiver);
  }

  async #sendTo(receiver: string): Promise<void> {
    this.#beingTold.add(receiver);
    const next = () => this.reactions.outbox.find((delivery) => receiverOf(delivery) === receiver);
    for (let delivery = next(); delivery; delivery = next()) await this.#deliver(delivery);
    this.#beingTold.delete(receiver);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    let untold = 0;
    try {
      await deliver(delivery);
    } catch (error) {
      log.warn('A message was not delivered', { error: rootCause(error) ?? String(error) });
      untold = 1;
    }
    const { outbox } = this.reactions;
    // One that was dropped meanwhile is counted already.
    if (!outbox.includes(delivery)) return;
    const rest = outbox.filter((one) => one !== delivery);
    this.reactions = { ...this.reactions, outbox: rest, untold: this.reactions.untold + untold };
  }

  /** @param forgiven failures that did not count before: where the flow cannot be disabled, the next failure is reason enough */
  async #pause(forgiven: number): Promise<void> {
    const { sandbox, flowId } = this.#watcher;
    try {
      await this.#request(() => disableFlow({ sandbox, flowId, giveUpAfterMs }));
    } catch (error) {
      log.warn('The flow could not be disabled', { error: rootCause(error) ?? String(error) });
      const { pausedBy: _, ...rest } = this.reactions;
      this.reactions = { ...rest, forgiven };
    }
    await this.#watcher.look();
  }

  #keepTime(): void {
    for (const story of this.reactions.stories)
      if (story.dueAt !== undefined) beside(this.#runAgain(story, story.dueAt));
  }

  async #runAgain({ root, tried }: Story, dueAt: number): Promise<void> {
    const time = `${root} ${tried} ${dueAt}`;
    if (this.#timed.has(time)) return;
    this.#timed.add(time);
    await sleep(Math.max(1, dueAt - Date.now()), { summary: 'Until the failed run is run again' });
    this.#timed.delete(time);
    const find = () => this.reactions.stories.find((one) => one.root === root && one.dueAt === dueAt);
    // The follower only tells of runs that have ended; the answer to a request in doubt may be one in progress.
    if (find()?.doubtSince !== undefined && !(await this.#watcher.look())) return;
    const story = find();
    // Meanwhile it went well, or the flow was disabled.
    if (!story || (this.#state && isPaused(this.#state.flow))) return;
    const watch = this.#watcher.watch();
    if (!watch.retry) return this.#giveUp(story, 'The settings of the watch do not ask for it any more.');
    if (story.tried >= watch.retry.times)
      return this.#giveUp(story, story.doubtSince === undefined ? undefined : noAnswer);
    try {
      await this.#ask(story.run);
    } catch (error) {
      if (isDoubt(error) || isCancellation(error)) return;
      const refusal = thrownBy(error);
      if (refusal?.type !== 'RateLimited' && refusal?.type !== 'Unavailable')
        return this.#giveUp(story, refusal?.message);
      this.#put(putOff(this.reactions.stories, story, Date.now(), watch));
      this.#keepTime();
    }
  }

  /** Asks AEP to run a run again, and takes down what became of that. */
  async #ask(runId: string): Promise<string> {
    const { sandbox } = this.#watcher;
    const askedAt = Date.now();
    const story = this.reactions.stories.find(({ run }) => run === runId);
    if (story) this.#put(asking(this.reactions.stories, story));
    this.#note(runId, 'underWay');
    try {
      const newRun = await this.#request(() => retriggerRun({ sandbox, runId }));
      this.#note(runId, { newRun });
      if (story) this.#put(retried(this.reactions.stories, story, newRun));
      return newRun;
    } catch (error) {
      this.#note(runId, isDoubt(error) ? 'inDoubt' : undefined);
      if (story && isDoubt(error)) {
        const when = { askedAt, now: Date.now() };
        this.#put(doubted(this.reactions.stories, story, when, this.#watcher.watch()));
        this.#keepTime();
      }
      throw error;
    }
  }

  #note(runId: string, became: Asked | undefined): void {
    const { [runId]: _, ...others } = this.reactions.asked ?? {};
    this.reactions = { ...this.reactions, asked: became ? { ...others, [runId]: became } : others };
  }

  #giveUp(story: Story, refusal: string | undefined): void {
    this.#put(this.reactions.stories.filter((one) => one.root !== story.root));
    if (this.#state) this.#tell({ event: 'gaveUp', ...givenUp(story, this.#state, refusal) });
  }

  #put(stories: Story[]): void {
    this.reactions = { ...this.reactions, stories };
  }

  async #request<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    this.#requests += 1;
    try {
      return await send();
    } finally {
      this.#requests -= 1;
    }
  }
}

/** Does something beside the watcher's loop. A watcher that is cancelled waits for nothing of that. */
function beside(work: Promise<void>): void {
  work.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
}

function receiverOf({ webhook, workflow }: Delivery): string {
  return webhook ?? `${workflow?.workflowId} ${workflow?.signal}`;
}
