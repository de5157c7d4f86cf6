import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { RunsRequest } from '../activities/read-runs.ts';
import { judgedSince, readFrom } from '../runs/cursor.ts';
import { readTold } from '../runs/told.ts';
import { settingsOf } from '../runs/watch-settings.ts';
import { absorb, hear, isOver, planLook } from '../runs/watch.ts';
import type { PlannedLook, Told, WatchState } from '../runs/watch.ts';
import { invalidDefinition } from './failures.ts';
import { historyIsLong, historyIsTooLong, liveThroughReleases } from './long-lived.ts';
import { Looks } from './looks.ts';
import { Responses } from './responses.ts';
import { currentHealth, showHealth } from './show-health.ts';
import { checkWatchInput } from './watch-input.ts';
import { healthQuery, runsEndedSignal, wakeSignal } from './watch-messages.ts';
import type { WatchInput, WatchResult } from './watch-messages.ts';
import { takeUpdates } from './watch-updates.ts';

/** How long a watch that ends waits for its last messages to be taken. Milliseconds. */
const lastWordsMs = 60_000;
/** The same where somebody stops it, who may want to begin another. */
const lastWordsOfStoppedMs = 5_000;

/**
 * Watches the runs of one flow for as long as the flow lives, and judges each of them once. The follower of its
 * sandbox tells it which runs have ended; that one did not come it finds out by a look of its own; and once a day it
 * reads everything, so that it is right whatever it was told. It makes and deletes nothing in AEP, and runs something
 * again, or enables or disables the flow, only where it was asked to. `carried` is what one execution hands to the next;
 * others leave it out.
 */
export async function watchFlowRuns(input: WatchInput, carried?: WatchState): Promise<WatchResult> {
  const { sandbox, flowId } = checkWatchInput(input, workflowInfo().workflowId);
  let { watch = {} } = input;
  let state = carried;
  let isStopped = false;
  const told: Told[] = [];
  const looks = new Looks();
  if (carried?.wanted) looks.want(carried.wanted);
  const look = async () => {
    looks.want({ readsFlow: true });
    await condition(() => looks.areDone || isStopped || historyIsTooLong());
    return looks.areDone;
  };
  const responses = new Responses({ sandbox, flowId, watch: () => watch, health, look }, carried);
  setHandler(healthQuery, health);
  setHandler(runsEndedSignal, (runs) => void told.push(readTold(runs, Date.now(), flowId)));
  setHandler(wakeSignal, (wake) => looks.want({ readsFlow: wake?.flow === true }));
  takeUpdates({
    state: () => state,
    health,
    look,
    responses,
    setWatch(wanted) {
      if (JSON.stringify(wanted) === JSON.stringify(watch)) return;
      watch = wanted;
      looks.want({ readsFlow: false });
    },
    stop: () => void (isStopped = true),
    isStopped: () => isStopped,
  });
  showHealth(health());

  for (;;) {
    const settings = settingsOf(watch);
    const plan = planLook(state, settings);
    const first = plan.at === 0 ? plan : looks.wanted;
    if (first && !looks.underWay) looks.start(requestOf(input, state, first));

    // What is told before the first look waits until there is a state to take it in.
    const hasNews = () =>
      isStopped || looks.haveEnded || looks.wanted !== undefined || (state && told.length > 0) || mayEnd();
    if (looks.underWay) await condition(hasNews);
    else if (!(await condition(hasNews, untilAbout(plan.at), { summary: whatFor(plan) }))) {
      looks.start(requestOf(input, state, plan));
      continue;
    }

    const looked = looks.take();
    if (looked?.flow === null && !state) throw noSuchFlow(sandbox, flowId);
    if (looked) state = absorb(state, looked, settings);
    while (state && told[0]) state = hear(state, told.shift()!, settings);

    if (state) responses.see(state);
    showHealth(health());
    if (looked?.flow === null && !looked.cutShort) {
      responses.seeOff();
      return end('gone');
    }
    if (state && isOver(state)) return end('done');
    if (isStopped) {
      // An end that a signal crosses is taken back by the server, and with it an answer given in the same moment.
      await sleep(1, { summary: 'Until the update is answered' });
      return end('stopped');
    }
    if (mayEnd()) {
      const { reactions } = responses;
      const next = { ...input, watch };
      // What was told before the first look, that look finds itself: it begins anew.
      if (!state) await continueAsNew<typeof watchFlowRuns>(next);
      else await continueAsNew<typeof watchFlowRuns>(next, { ...state, reactions, wanted: looks.unseen });
    }
  }

  /** A look that still waits for AEP is made again by the next execution, and messages go on their way again. */
  function mayEnd(): boolean {
    return historyIsLong({ isBusy: !looks.areDone }) && responses.areQuiet && allHandlersFinished();
  }

  function health() {
    const { reactions } = responses;
    return currentHealth({ ...input, watch }, state && { ...state, reactions });
  }

  async function end(reason: WatchResult['reason']): Promise<WatchResult> {
    const isDone = () => responses.areDone && allHandlersFinished();
    const patience = reason === 'stopped' ? lastWordsOfStoppedMs : lastWordsMs;
    if (!isDone()) await condition(isDone, patience, { summary: 'Until the last messages are taken' });
    responses.leaveUntold();
    return { reason, health: health() };
  }
}

liveThroughReleases(watchFlowRuns);

/** The judged ids are history each time they are handed over: all of them only for a full pass. */
function requestOf(
  { sandbox, flowId }: WatchInput,
  state: WatchState | undefined,
  { full, readsFlow }: PlannedLook,
): RunsRequest {
  const look = { sandbox, flowId, full, readsFlow };
  if (!state) return { ...look, judged: [], open: [] };
  const { cursor } = state;
  const from = full ? cursor.floor : readFrom(cursor);
  return { ...look, from, judged: judgedSince(cursor, from), open: cursor.open.map(({ id }) => id) };
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
  const message = `There is no flow ${flowId} in the sandbox ${sandbox}.`;
  return invalidDefinition(message, [{ field: 'flowId', message }]);
}
