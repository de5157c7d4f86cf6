import {
  Trigger,
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { RunsRequest } from '../../activities/watch/read-runs.ts';
import { judgedSince, readFrom } from '../../runs/cursor.ts';
import { readExpectation, type Expectation } from '../../runs/drift.ts';
import { followedBy } from '../../runs/first-window.ts';
import { inheritanceOf } from '../../runs/reactions.ts';
import { isOver, planLook, type PlannedLook } from '../../runs/next-look.ts';
import { objectOf } from '../../runs/raw.ts';
import { readEndedRuns, type EndedRuns } from '../../runs/run.ts';
import {
  absorb,
  accepted,
  hear,
  settingsOf,
  told,
  type WantedLook,
  type WatchState,
} from '../../runs/watch-state.ts';
import { fail, invalidDefinition } from '../failures.ts';
import { liveThroughReleases, measureHistory } from './long-lived.ts';
import { Looks } from './looks.ts';
import { Responses } from './responses.ts';
import { currentHealth, noteHealth, noteWatch, showHealth } from './show-health.ts';
import { tellWayMade } from './make-way.ts';
import { startWatch, type Known } from './start-watch.ts';
import { checkSuccessor, checkWatchInput } from './watch-input.ts';
import {
  expectSignal,
  healthQuery,
  makeWaySignal,
  replacedSignal,
  runsEndedSignal,
  wakeSignal,
} from './watch-messages.ts';
import type { Successor, Wake, WatchInput, WatchResult } from './watch-messages.ts';
import { takeUpdates } from './watch-updates.ts';

/** How long a watch that ends waits for its last messages to be taken. Milliseconds. */
const lastWordsMs = 60_000;
/** The same where somebody stops it, who may want to begin another. */
const lastWordsOfStoppedMs = 5_000;
/** How long a watch that is replaced waits for its last look, and for what AEP is asked just now. Milliseconds. */
const lastLookMs = 60_000;
/**
 * In a long history, a look waits for so long: then those who ask again and again are answered all at once, and it can
 * end. The wait is doubled each time somebody came too late for it all the same, up to the second number. Milliseconds.
 */
const [gatheringMs, longestGatheringMs] = [250, 8_000];

/**
 * Watches the runs of one flow for as long as the flow lives, and judges each of them once. The follower of its
 * sandbox signals it which runs have ended; that one did not come it finds out by a look of its own; and once a day it
 * reads everything, so that it is right whatever it was signalled. It makes and deletes nothing in AEP, and runs something
 * again, or enables or disables the flow, only where it was asked to. `carried` is what one execution hands to the next;
 * others leave it out.
 */
export async function watchFlowRuns(given: WatchInput, carried?: Known): Promise<WatchResult> {
  const history = measureHistory();
  const input = checkWatchInput(given, workflowInfo().workflowId);
  const { sandbox, flowId } = input;
  let { watch = {} } = input;
  const { inherited } = carried && 'inherited' in carried ? carried : {};
  let state = carried && 'cursor' in carried ? carried : undefined;
  /** Why nothing can be asked of this watch any more, once it ends. */
  let over: string | undefined;
  let ended: WatchResult['reason'] | undefined;
  /** The flow that takes the place of this one. */
  let successor: Successor | undefined;
  /** Fails what AEP has not answered when the watch ends. */
  const cutOff = new Trigger<never>();
  const heard: EndedRuns[] = [];
  /** What workflows of ours have said before there was a state to take it in. */
  const expecting: Expectation[] = [];
  /** How often one has said whether another flow takes the place of this one. */
  let saidReplacing = 0;
  const looks = new Looks();
  if (state?.wanted) looks.want(state.wanted);
  const look = async ({ readsParts = false } = {}) => {
    const mine = looks.want({ readsFlow: true, ...(readsParts ? { readsParts } : {}) });
    let seen = false;
    const isSeen = () => (seen = looks.seen >= mine && state?.cutShort !== true);
    await condition(() => isSeen() || over !== undefined || history.isTooLong());
    return seen;
  };
  const responses = new Responses(
    { sandbox, flowId, watch: () => watch, state: () => state, health, look, expect },
    state,
    state?.reactions ?? inherited?.reactions,
  );
  setHandler(healthQuery, health);
  setHandler(runsEndedSignal, (runs) => void heard.push(readEndedRuns(runs, Date.now(), flowId)));
  setHandler(expectSignal, (expectation) => hearOf(readExpectation(expectation)));
  setHandler(makeWaySignal, async (asked) => {
    // What is heard before the first look may be lost. Whoever waits asks again.
    if (!state) return;
    hearOf({ replacing: true });
    const said = saidReplacing;
    await Promise.race([condition(() => responses.areQuiet), cutOff]).catch(() => undefined);
    // An update that has ended takes nothing back. It has disabled nothing: it would have said so since.
    if (!(await tellWayMade(asked)) && said === saidReplacing) hearOf({ replacing: false });
  });
  setHandler(wakeSignal, (wake) => void looks.want(wantedBy(wake)));
  setHandler(replacedSignal, async (asked) => {
    if (over !== undefined || successor) return;
    try {
      successor = checkSuccessor(asked, flowId);
    } catch (error) {
      log.warn('A flow that cannot take the place of this one was signalled', { error: String(error) });
      return;
    }
    if (!successor.missing) {
      // The runs that ended last are judged here: nobody asks for them any more.
      const last = looks.want({ readsFlow: false });
      const isSettled = () => over !== undefined || (looks.seen >= last && responses.areQuiet);
      await condition(isSettled, lastLookMs, { summary: 'Until the last runs of the flow are judged' });
    }
    over ??= `The watch has ended: the flow ${flowId} was replaced by ${successor.flowId}.`;
  });
  takeUpdates({
    state: () => state,
    health,
    look,
    responses,
    setWatch(wanted) {
      if (JSON.stringify(wanted) === JSON.stringify(watch)) return;
      watch = wanted;
      noteWatch(watch);
      looks.want({ readsFlow: false });
    },
    accept() {
      state &&= accepted(state);
      see();
    },
    stop: () => void (over ??= 'The watch is being stopped.'),
    over: () => over,
    cutOff,
  });
  showHealth(health());
  noteWatch(watch);
  // Temporal hands an execution the memo of the start of the one before, not what that one noted since.
  noteHealth(health(), state);

  let patienceMs = gatheringMs;
  for (;;) {
    const settings = settingsOf(watch);
    const plan = planLook(state, settings);
    const first = () => (plan.at === 0 ? plan : looks.wanted);
    if (first() && !looks.underWay) {
      const gathers = history.isLong({ isBusy: true }) && !allHandlersFinished();
      const summary = 'Until all who ask have asked';
      if (!gathers || !(await condition(mayEnd, patienceMs, { summary })))
        looks.start(requestOf(input, state, first()!));
      if (gathers) patienceMs = Math.min(patienceMs * 2, longestGatheringMs);
    }

    // What is heard before the first look waits until there is a state to take it in.
    const hasNews = () =>
      over !== undefined ||
      looks.haveEnded ||
      looks.wanted !== undefined ||
      (state && heard.length > 0) ||
      mayEnd();
    if (looks.underWay) await condition(hasNews);
    else if (!(await condition(hasNews, untilAbout(plan.at), { summary: whatFor(plan) }))) {
      looks.start(requestOf(input, state, plan));
      continue;
    }

    const looked = await taken();
    if (looked?.flow === null && !state) return failed(noSuchFlow(sandbox, flowId));
    if (looked) state = absorb(state, looked, settings, inherited);
    while (state && expecting[0]) state = told(state, expecting.shift()!);
    while (state && heard[0]) state = hear(state, heard.shift()!, settings);
    see();
    if (looked?.flow === null && !looked.cutShort && !successor) {
      responses.notifyGone();
      return end('gone', `The watch has ended: AEP has the flow ${flowId} no more.`);
    }
    if (state && isOver(state) && !successor)
      return end(
        'done',
        `The watch has ended: the flow ${flowId} was to run once, and that went well a day ago.`,
      );
    if (over) {
      // An end that a signal crosses is taken back by the server, and with it an answer given in the same moment.
      await sleep(1, { summary: 'Until the update is answered' });
      return successor ? handedOver(successor) : end('stopped');
    }
    if (mayEnd()) {
      const { reactions } = responses;
      const next = { ...input, watch };
      // What was heard before the first look, that look finds itself: it begins anew.
      if (!state && inherited)
        await continueAsNew<typeof watchFlowRuns>(next, { inherited: { ...inherited, reactions } });
      else if (!state) await continueAsNew<typeof watchFlowRuns>(next);
      else await continueAsNew<typeof watchFlowRuns>(next, { ...state, reactions, wanted: looks.unseen });
    }
  }

  /** A look that still waits for AEP is made again by the next execution, and messages go on their way again. */
  function mayEnd(): boolean {
    return history.isLong({ isBusy: !looks.areDone }) && responses.areQuiet && allHandlersFinished();
  }

  function expect(expectation: Expectation): void {
    state &&= told(state, expectation);
  }

  /** Takes in at once what a workflow of ours says: an update that comes in the same moment must be answered by it. */
  function hearOf(expectation: Expectation): void {
    if (!state) return void expecting.push(expectation);
    expect(expectation);
    if (expectation.replacing !== undefined) saidReplacing += 1;
    // What was to be run again waits for that flow to be seen enabled.
    if (expectation.replacing === false) looks.want({ readsFlow: true });
    if (over === undefined) see();
  }

  /** Sees to what has come to be known. */
  function see(): void {
    if (state) responses.see(state);
    showHealth(health());
    noteHealth(health(), state);
  }

  function health() {
    const { reactions } = responses;
    const now = currentHealth({ ...input, watch }, state && { ...state, reactions });
    if (!ended) return now;
    const replacedBy = ended === 'replaced' ? { replacedBy: successor!.flowId } : {};
    // Nobody is there any more to be asked for it.
    const { command: _, ...last } = now;
    return { ...last, watch: { ...now.watch, ended, ...replacedBy } };
  }

  async function taken() {
    try {
      return looks.take();
    } catch (error) {
      return failed(error);
    }
  }

  async function end(reason: WatchResult['reason'], why?: string): Promise<WatchResult> {
    ended = reason;
    over ??= why;
    const isDone = () => responses.areDone && allHandlersFinished();
    const patience = reason === 'stopped' ? lastWordsOfStoppedMs : lastWordsMs;
    if (!isDone()) await condition(isDone, patience, { summary: 'Until the last messages are taken' });
    await answerAll();
    responses.giveUpOutbox();
    showHealth(health());
    return { reason, health: health() };
  }

  /** The watcher of the other flow begins with what this one knows, and delivers what it has not. */
  async function handedOver(asked: Successor): Promise<WatchResult> {
    const { follows, missing: _, ...by } = asked;
    const why = `Its flow was replaced by the flow ${by.flowId}.`;
    responses.closeChains(why);
    const { reactions } = responses;
    const next = { dataflow: input.dataflow, connector: input.connector, watch, ...by, sandbox };
    // A watch that has not come to its first look passes on what it was given.
    const { follows: before, ...known } = state
      ? { ...inheritanceOf(state, reactions), follows: state.follows }
      : { ...inherited, reactions };
    const after = follows && followedBy(follows, before);
    if (await startWatch(next, { inherited: { ...known, ...(after ? { follows: after } : {}) } }))
      responses.handOverOutbox();
    return { ...(await end('replaced')), replacedBy: by.flowId };
  }

  /** Fails the watch, once all who asked something of it know why they have no answer. */
  async function failed(error: unknown): Promise<never> {
    over = error instanceof Error ? error.message : String(error);
    if (!isCancellation(error)) await answerAll();
    throw error;
  }

  /** Whoever still waits for an answer hears why there is none: like an answer to `stop`, that must be out before the end. */
  async function answerAll(): Promise<void> {
    if (allHandlersFinished()) return;
    cutOff.reject(fail('OutcomeUnknown', `${over} AEP has not answered: look there what became of it.`));
    await condition(allHandlersFinished);
    await sleep(1, { summary: 'Until the updates are answered' });
  }
}

liveThroughReleases(watchFlowRuns);

/** The judged ids are history each time they are handed over: all of them only for a full pass. */
function requestOf(
  { sandbox, flowId }: WatchInput,
  state: WatchState | undefined,
  { full, readsFlow, readsParts, isDeleted }: PlannedLook & Partial<WantedLook>,
): RunsRequest {
  const more = { ...(readsParts ? { readsParts } : {}), ...(isDeleted ? { isDeleted } : {}) };
  const look = { sandbox, flowId, full, readsFlow, ...more };
  if (!state) return { ...look, judged: [], open: [] };
  const { cursor, flow } = state;
  const { sourceConnectionId } = flow;
  const from = full ? cursor.floor : readFrom(cursor);
  return {
    ...look,
    ...(sourceConnectionId ? { sourceConnectionId } : {}),
    ...(state.flowReadAt === 0 ? { isUnread: true } : {}),
    from,
    judged: judgedSince(cursor, from),
    open: cursor.open.map(({ id }) => id),
  };
}

/** Anybody may send a signal, with anything in it. */
function wantedBy(wake: Wake | undefined): WantedLook {
  const { flow, deleted, parts } = objectOf(wake);
  return {
    readsFlow: flow === true || deleted === true || parts === true,
    ...(parts === true ? { readsParts: true } : {}),
    ...(deleted === true ? { isDeleted: true } : {}),
  };
}

/** What a watcher waits for, as the Temporal UI shows it beside the timer. */
function whatFor({ full }: PlannedLook): string {
  return full ? 'Until the daily look at everything' : 'Until a run is late, or takes too long';
}

/**
 * Milliseconds until a moment, and up to a minute more: flows share schedules, and their watchers should not ask at
 * once. Never 0, as that would be no timer: whether there is one must not hang on what the clock says in a replay.
 */
function untilAbout(moment: number): number {
  const wait = Math.max(1, moment - Date.now());
  return Math.ceil(wait + Math.random() * Math.min(60_000, wait / 20));
}

function noSuchFlow(sandbox: string, flowId: string) {
  const message = `There is no flow ${flowId} in the sandbox ${sandbox}, or an access label hides it.`;
  return invalidDefinition(message, [{ field: 'flowId', message }]);
}
