import { log, proxyActivities, sleep, uuid4, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Watch } from '../definition/watch.ts';
import { isPaused } from '../runs/flow.ts';
import type { Health } from '../runs/health.ts';
import { noReactions, react } from '../runs/reactions.ts';
import type { Delivery, Reactions, Tidings } from '../runs/reactions.ts';
import { doubted, retried, type Story } from '../runs/retries.ts';
import { messageOf } from '../runs/tell.ts';
import type { WatchState } from '../runs/watch.ts';
import { thrownBy } from './failures.ts';

/** A message that nobody has taken for so long is of no use any more. */
const messageLivesMs = 3 * 24 * 3_600_000;
/** The oldest go first: newer ones say how things are. */
const messagesToKeep = 20;

const { setFlowState } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  retry: { maximumInterval: '15 minutes' },
  summary: 'Enable or disable the flow',
});
const { retriggerRun } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: '5 seconds',
  retry: {
    maximumInterval: '15 minutes',
    nonRetryableErrorTypes: ['OutcomeUnknown', 'TemporalTimeout:StartToClose', 'TemporalTimeout:Heartbeat'],
  },
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
  /** Looks at AEP, and ends when what was seen is taken in. */
  look(): Promise<void>;
}

/** What a watcher does about what it sees: it tells, runs again and pauses, beside the watcher's loop and never holding that up. */
export class Responses {
  reactions: Reactions;
  readonly #watcher: Watcher;
  readonly #timed = new Set<string>();
  #state: WatchState | undefined;
  #requests = 0;

  /** @param carried what an earlier execution had done, or left to do */
  constructor(watcher: Watcher, carried: WatchState | undefined) {
    this.#watcher = watcher;
    this.#state = carried;
    this.reactions = carried?.reactions ?? noReactions;
    for (const delivery of this.reactions.outbox) void this.#deliver(delivery);
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

  /** Sees to what a look, or the follower, has brought. */
  see(state: WatchState): void {
    this.#state = state;
    const { reactions, deeds } = react(this.reactions, state, this.#watcher.health(), this.#watcher.watch());
    this.reactions = reactions;
    for (const tidings of deeds.tell) this.#tell(tidings);
    if (deeds.pause !== undefined) void this.#pause();
    this.#keepTime();
  }

  /** Asks AEP to run a run again, for a person. Answers the id of the new run. */
  async retry(runId: string): Promise<string> {
    const { sandbox } = this.#watcher;
    const ofRun = () => this.reactions.stories.find(({ run }) => run === runId);
    try {
      const newRun = await this.#request(() => retriggerRun({ sandbox, runId }));
      const story = ofRun();
      if (story) this.#put(retried(this.reactions.stories, story, newRun));
      return newRun;
    } catch (error) {
      const story = ofRun();
      if (story && thrownBy(error)?.type === 'OutcomeUnknown') this.#doubt(story);
      throw error;
    }
  }

  async enable(): Promise<void> {
    const { sandbox, flowId } = this.#watcher;
    await this.#request(() => setFlowState({ sandbox, flowId, state: 'enable' }));
  }

  #tell(tidings: Tidings): void {
    const { notify } = this.#watcher.watch();
    if (!notify) return;
    const envelope = { id: uuid4(), at: Date.now(), watcherWorkflowId: workflowInfo().workflowId };
    const message = messageOf(this.#watcher.health(), tidings, envelope, this.#watcher.watch());
    const deliveries: Delivery[] = [];
    if (notify.webhook) deliveries.push({ message, webhook: notify.webhook });
    if (notify.workflow) deliveries.push({ message, workflow: notify.workflow });
    const outbox = [...this.reactions.outbox, ...deliveries];
    const dropped = Math.max(0, outbox.length - messagesToKeep);
    const untold = this.reactions.untold + dropped;
    this.reactions = { ...this.reactions, outbox: outbox.slice(dropped), untold };
    for (const delivery of deliveries) void this.#deliver(delivery);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { message, webhook, workflow } = delivery;
    const { sendMessage, signalWorkflow } = proxyActivities<Activities>({
      startToCloseTimeout: '30 seconds',
      scheduleToCloseTimeout: Math.max(1_000, Date.parse(message.at) + messageLivesMs - Date.now()),
      retry: { maximumInterval: '1 hour' },
      summary: `Tell ${webhook ?? workflow?.workflowId}: ${message.event}, ${message.verdict}`,
    });
    let untold = 0;
    try {
      if (webhook) await sendMessage({ webhook, message });
      else if (workflow) await signalWorkflow({ ...workflow, message });
    } catch (error) {
      log.warn('A message was not delivered', { error: String(error) });
      untold = 1;
    }
    const { outbox } = this.reactions;
    // One that was dropped meanwhile is counted already.
    if (!outbox.includes(delivery)) return;
    const rest = outbox.filter((one) => one !== delivery);
    this.reactions = { ...this.reactions, outbox: rest, untold: this.reactions.untold + untold };
  }

  async #pause(): Promise<void> {
    const { sandbox, flowId } = this.#watcher;
    try {
      await this.#request(() => setFlowState({ sandbox, flowId, state: 'disable' }));
    } catch (error) {
      log.warn('The flow could not be disabled', { error: String(error) });
      const { pausedBy: _, ...rest } = this.reactions;
      this.reactions = rest;
    }
    await this.#watcher.look();
  }

  #keepTime(): void {
    for (const story of this.reactions.stories)
      if (story.dueAt !== undefined) void this.#runAgain(story, story.dueAt);
  }

  async #runAgain({ root, tried }: Story, dueAt: number): Promise<void> {
    const time = `${root} ${tried} ${dueAt}`;
    if (this.#timed.has(time)) return;
    this.#timed.add(time);
    await sleep(Math.max(1, dueAt - Date.now()), { summary: 'Until the failed run is run again' });
    this.#timed.delete(time);
    const isStill = (one: Story) => one.root === root && one.dueAt === dueAt;
    // The follower only tells of runs that have ended; the answer to a request in doubt may be one in progress.
    if (this.reactions.stories.find(isStill)?.doubtSince !== undefined) await this.#watcher.look();
    const story = this.reactions.stories.find(isStill);
    // Meanwhile it went well, or the flow was disabled.
    if (!story || (this.#state && isPaused(this.#state.flow))) return;
    const { sandbox } = this.#watcher;
    this.#put(this.reactions.stories.map((one) => (one === story ? { root, run: story.run, tried } : one)));
    try {
      const newRun = await this.#request(() => retriggerRun({ sandbox, runId: story.run }));
      this.#put(retried(this.reactions.stories, story, newRun));
    } catch (error) {
      const refusal = thrownBy(error);
      if (refusal?.type === 'Rejected' || refusal?.type === 'Unauthorized')
        this.#giveUp(story, refusal.message);
      else this.#doubt(story);
    }
  }

  #doubt(story: Story): void {
    this.#put(doubted(this.reactions.stories, story, Date.now(), this.#watcher.watch()));
    this.#keepTime();
  }

  #giveUp({ root, run: runId }: Story, refusal: string): void {
    this.#put(this.reactions.stories.filter((one) => one.root !== root));
    const run = this.#state?.record.last.find(({ id }) => id === runId);
    this.#tell({ event: 'gaveUp', refusal, ...(run ? { run } : {}) });
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
