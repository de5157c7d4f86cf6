import { CancellationScope, sleep, upsertMemo } from '@temporalio/workflow';
import type { LastWindow } from '../../activities/index.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import type { Warning } from '../../definition/problems.ts';
import { givenStartSeconds, startLeadSeconds } from '../../definition/start.ts';
import type { Parts } from '../../plan/observed-dataflow.ts';
import type { Choices } from '../../plan/plan.ts';
import { isDisabled, isDraft } from '../../plan/which-flow.ts';
import { titleOf } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { JsonObject, Observed } from '../../resources/resource.ts';
import { readSchedule, type Schedule } from '../../runs/flow.ts';
import { summarized } from '../calls.ts';
import { fail, reasonOf, thrownBy } from '../failures.ts';
import { expectChange } from '../watch/start-watch.ts';
import { handOver } from '../watch/hand-over.ts';
import { makeWay } from '../watch/make-way.ts';
import type { Work } from './prepare.ts';
import { outcomeOf } from './progress.ts';
import { giveUp } from './resource-calls.ts';
import { watchInputOf } from './start-watcher.ts';

const slow = (summary: string) =>
  summarized(summary, {
    startToCloseTimeout: '1 minute',
    // What a request did that is under way is only known when it has ended.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });

/** A run appears two to three minutes after it is due. Milliseconds. */
const appearsWithinMs = 3 * 60_000;
/** How often to ask whether the last run of the old flow has ended. Milliseconds. */
const firstPauseMs = 5_000;
const longestPauseMs = 5 * 60_000;

/**
 * A run that has not ended a period and this long after it was due does not end by itself. Longer waits would leave nothing
 * loading, and fill the history. Milliseconds.
 */
const longestRunMs = 12 * 60 * 60_000;

/**
 * The schedule of the flow that takes another's place. `from-now` begins at the old one's next slot and takes only what
 * is new; `backfill` takes every row there is. A start that the definition gives and that lies ahead counts.
 * @param now epoch milliseconds.
 */
export function successorSchedule(
  definition: Definition,
  old: Observed,
  choice: NonNullable<Choices['replaceFlow']>,
  now: number,
): JsonObject {
  const { frequency, interval } = definition.schedule;
  const given = givenStartSeconds(definition);
  const soon = Math.ceil(now / 1000) + startLeadSeconds;
  const startTime =
    given !== undefined && given >= soon ? given : nextSlot(old.fields['scheduleParams'], soon);
  if (frequency === 'once') return { startTime, frequency };
  return { startTime, frequency, interval, backfill: choice === 'backfill' };
}

/** A flow's first slot from `soon` on. Epoch seconds. */
function nextSlot(scheduleParams: unknown, soon: number): number {
  const { startTime, periodMs } = readSchedule(scheduleParams) ?? {};
  if (startTime === undefined || periodMs === undefined) return soon;
  const slots = Math.max(0, Math.ceil((soon * 1000 - startTime) / periodMs));
  return Math.round((startTime + slots * periodMs) / 1000);
}

/**
 * Notes for later runs, before anything is made, whether the flow that is to be replaced loads: once it is disabled beside
 * a draft, nothing in AEP tells who disabled it.
 */
export function noteReplaced({ report, ledger }: Work, flowId: string, wasEnabled: boolean): void {
  report.replacing = { flowId, wasEnabled };
  upsertMemo({ outcome: outcomeOf(report, ledger.unaccounted().kinds) });
}

/**
 * Puts one flow in the place of another: disables the old one, waits for its last run, publishes the new one and deletes
 * the old one with its pair. Old and new are never enabled together, and each step finds out what was done before, so that
 * a crash at any point ends, once resumed, in one enabled flow. Until the new one is published, all of it is taken back
 * where it fails or is cancelled, and AEP makes up what the old one missed; after that it goes only forward.
 *
 * Adobe has no page on it: the order is inferred from its single steps.
 * @param next.isPublished it has taken the place already: only what comes after that is still to do.
 * @param wasEnabled whether the new flow is to load: it takes over the pause of the old one, too.
 */
export async function putInPlace(
  work: Work,
  old: Parts | undefined,
  next: { id: string; schedule: JsonObject; isPublished?: boolean },
  wasEnabled: boolean,
): Promise<void> {
  const { definition, report, calls, ledger } = work;
  const { sandbox } = definition;
  const oldId = old?.flow!.id;
  let last: LastWindow | undefined;
  /** Whether it is disabled because of an update: of this one, or of one that was cut off and of which the draft is. */
  let isOurs = old !== undefined && isDisabled(old.flow!);
  try {
    if (old) {
      note(`until the watcher of ${oldId} asks AEP for nothing more: 35 minutes at most`);
      await makeWay({ sandbox, flowId: old.flow!.id });
    }
    if (!(await disableOld())) {
      // A request to enable it that was sent before, and of which nobody has seen the end, is as good as when it was sent.
      await sleep(ledger.earlier!.afterCutOff.settleMs, { summary: 'Until late requests must show' });
      await disableOld();
    }
    if (old) {
      note(`until the last run of ${oldId} has ended`);
      last = await lastWindowOf(definition, old.flow!);
      // That may have taken hours.
      await disableOld();
    }
    await publish();
  } catch (error) {
    await CancellationScope.nonCancellable(() => takeBack(error));
  }
  await CancellationScope.nonCancellable(async () => {
    if (!wasEnabled) await slow('Disable the new flow').disableFlow({ sandbox, flowId: next.id });
    if (old) await retire(work, old, next, last);
  });
  report.step('replace', 'done', {
    note: `${next.id} ${old ? `has taken the place of ${oldId}` : 'is published'}`,
  });

  function note(text: string): void {
    report.step('replace', 'running', { note: text });
  }

  /**
   * Whatever state it was in: somebody may have enabled it since. Returns whether AEP was asked to: then it takes no request of
   * before any more, each of which goes by the version of the flow.
   */
  async function disableOld(): Promise<boolean> {
    if (oldId === undefined) return true;
    note(
      `${oldId} is disabled: AEP starts no more runs of it, and would make them up if it were enabled again`,
    );
    await expectChange({ sandbox, flowId: oldId }, { pending: { state: 'disabled' }, replacing: true });
    isOurs = true;
    return slow('Disable the old flow').disableFlow({ sandbox, flowId: oldId, ...giveUp(definition) });
  }

  /** @throws what went wrong, where it is not too late to take it back. */
  async function takeBack(error: unknown): Promise<void> {
    // Of what was asked for last nobody may have seen the end: by then it has taken effect, if it ever does.
    await sleep(ledger.earlier!.afterCutOff.settleMs, { summary: 'Until late requests must show' });
    // However long AEP is away: the old flow loads nothing meanwhile.
    const flow = await slow('Read the new flow').readFlow({ sandbox, id: next.id });
    if (flow && !isDraft(flow)) return;
    report.step('replace', 'failed', { note: reasonOf(error) });
    if (old && wasEnabled && isOurs) {
      try {
        await enableAgain(work, oldId!);
      } catch (why) {
        // The draft stays beside it: so the next update knows that it was disabled by this one.
        note(`${oldId} could not be enabled again: ${reasonOf(why)}`);
        throw error;
      }
    } else if (old) await expectChange({ sandbox, flowId: oldId! }, { replacing: false });
    // After the other is enabled, so that a crash between the two leaves the draft to know it by.
    const why = await calls.remove('flow', next.id);
    if (why) report.warn(leftOver('flow', next.id, why));
    const pair = report.made.filter(({ kind }) => kind === 'sourceConnection' || kind === 'targetConnection');
    for (const { kind, id } of pair) if (!(await calls.remove(kind, id))) report.deleted(kind, id);
    report.step('replace', 'failed', { note: `Taken back: ${reasonOf(error)}` });
    throw error;
  }

  /** A start that has passed while the old flow's last run was waited for is put off by whole slots. */
  async function publish(): Promise<void> {
    if (next.isPublished) return;
    const { startTime } = next.schedule;
    const soon = Math.ceil(Date.now() / 1000) + startLeadSeconds / 2;
    if (Number(startTime) < soon) {
      const later = nextSlot(next.schedule, Math.ceil(Date.now() / 1000) + startLeadSeconds);
      const edits = [{ field: 'scheduleParams.startTime', from: startTime, to: later }];
      await calls.update('flow', { id: next.id, edits });
      next.schedule['startTime'] = later;
    }
    note(`${next.id} is published: AEP loads from ${moment(next.schedule['startTime'])} on`);
    try {
      await slow('Publish the new flow').publishFlow({ sandbox, flowId: next.id, ...giveUp(definition) });
    } catch (error) {
      // A worker may have lain still for longer than the start lay ahead.
      if (
        !/1360/.test(String(thrownBy(error)?.message)) ||
        Number(next.schedule['startTime']) * 1000 > Date.now()
      )
        throw error;
      await publish();
    }
  }
}

/**
 * Waits until no run of the flow can appear any more and none is under way. Returns the last window that a run had.
 * @throws ApplicationFailure `Conflict` where a run does not end.
 */
async function lastWindowOf(definition: Definition, flow: Observed): Promise<LastWindow> {
  const schedule = readSchedule(flow.fields['scheduleParams']);
  const due = schedule && lastDue(schedule, Date.now());
  const shownBy = due === undefined ? 0 : due + appearsWithinMs;
  if (shownBy > Date.now())
    await sleep(shownBy - Date.now(), { summary: 'Until the last run that was due must show' });
  const latest = Date.now() + (schedule?.periodMs ?? 0) + longestRunMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const window = await slow("Read the old flow's last window").readLastWindow({
      sandbox: definition.sandbox,
      flowId: flow.id,
      ...giveUp(definition),
    });
    if (window.ended) return window;
    if (Date.now() > latest) throw neverEnds(flow.id, window);
    await sleep(pauseMs, { summary: "Until the old flow's last run has ended" });
  }
}

function neverEnds(flowId: string, { runId }: LastWindow) {
  const message = `A run of the flow ${flowId} does not end${runId === undefined ? '' : ` (the last with a window is ${runId})`}: see to it in AEP, then start the update again`;
  return fail('Conflict', message, { reason: 'run-under-way', ids: [flowId], differences: [] });
}

/** Disables a flow that has taken the place of one that was paused. */
export async function pauseToo({ definition, report }: Work, flowId: string): Promise<void> {
  const { sandbox } = definition;
  report.step('replace', 'running', { note: `${flowId} is disabled, as the one before it was` });
  await slow('Disable the new flow').disableFlow({ sandbox, flowId, ...giveUp(definition) });
}

/**
 * Enables a flow that an update has disabled and not replaced, and goes on where it is cancelled meanwhile: the flow's watcher
 * does nothing until it is told.
 */
export async function enableAgain({ definition, report }: Work, flowId: string): Promise<void> {
  const { sandbox } = definition;
  report.step('replace', 'running', {
    note: `${flowId} is enabled again: AEP makes up the runs that it missed`,
  });
  await CancellationScope.nonCancellable(async () => {
    await expectChange({ sandbox, flowId }, { pending: { state: 'enabled' } });
    await slow('Enable the old flow again').enableFlow({ sandbox, flowId });
    // Not before: a pause that its watcher took meanwhile would be undone.
    await expectChange({ sandbox, flowId }, { replacing: false });
  });
}

/**
 * Deletes a flow that another has taken the place of, with its pair. Its watcher is told first, so that it does not take it
 * for gone, and so are the notes for later runs, so that they do not take it for deleted by others.
 * @param last where its windows end, if that is known.
 */
export async function retire(
  work: Work,
  old: Parts,
  successor: { id: string; schedule: JsonObject } | undefined,
  last?: LastWindow,
): Promise<void> {
  const { definition, report, ledger, calls } = work;
  const flowId = old.flow!.id;
  if (successor) await handOverWatch(work, flowId, successor, last);
  report.deletedFlows.push(flowId);
  upsertMemo({ outcome: outcomeOf(report, ledger.unaccounted().kinds) });
  report.step('replace', 'running', { note: `${flowId} is deleted, with its connections` });
  for (const kind of ['flow', 'targetConnection', 'sourceConnection'] as const) {
    const one = old[kind];
    if (one?.mark?.dataflow !== dataflowId(definition)) continue;
    const why = await calls.remove(kind, one.id);
    if (why) report.warn(leftOver(kind, one.id, why));
  }
}

/** A flow that AEP does not show, and that another was made for, is looked for no more, and its watch goes on for the other. */
export async function giveUpMissing(
  { definition, report }: Work,
  missing: string,
  by: string,
): Promise<void> {
  const { flowId: to, ...how } = watchInputOf(definition, by);
  report.deletedFlows.push(missing);
  await handOver({ ...how, from: missing, to, missing: true });
}

/** A new flow that does not take all that the source has is to go on where the old one has ended: its watcher tells whether it does. */
async function handOverWatch(
  { definition, report }: Work,
  flowId: string,
  { id, schedule }: { id: string; schedule: JsonObject },
  known: LastWindow | undefined,
): Promise<void> {
  const { sandbox } = definition;
  const { flowId: to, ...how } = watchInputOf(definition, id);
  const goesOn = String(schedule['backfill']) === 'false';
  const last = goesOn
    ? (known ?? (await slow("Read the old flow's last window").readLastWindow({ sandbox, flowId })))
    : undefined;
  const follows = last && { flowId, loadedUntil: last.loadedUntil, failed: last.failed };
  const isTold = await handOver({ ...how, from: flowId, to, ...(follows ? { follows } : {}) });
  if (last) warnOfWindows(last, isTold);

  /** What AEP loads of the time between the two nobody knows before the new flow's first run. */
  function warnOfWindows({ windowEnd, failed = [] }: LastWindow, isCompared: boolean): void {
    const told: string[] = [];
    if (windowEnd !== undefined)
      told.push(
        `The last window of ${flowId} ended at ${moment(windowEnd / 1000)}, and ${to} begins at ${moment(schedule['startTime'])}: ${isCompared ? 'its watcher tells of a gap or an overlap between the two once its first run has ended' : 'the window of its first run should begin where the other ended'}`,
      );
    if (failed.length > 0)
      told.push(
        `The last runs of ${flowId} failed, and what they should have loaded is lost with it: ${failed.join(', ')}`,
      );
    if (told.length > 0) report.warn({ code: 'window-to-compare', message: told.join('. ') });
  }
}

/** The warning about what is not needed any more, and stays. */
function leftOver(kind: Kind, id: string, why: string): Warning {
  return { code: 'left-of-replaced-flow', message: `The ${titleOf(kind)} ${id} stays: ${why}` };
}

/** When a run of the flow was due last. Epoch milliseconds. */
function lastDue({ startTime, periodMs }: Schedule, now: number): number | undefined {
  if (startTime > now) return undefined;
  return periodMs === undefined ? startTime : startTime + Math.floor((now - startTime) / periodMs) * periodMs;
}

/** Epoch seconds, as people read them. */
function moment(seconds: unknown): string {
  const time = new Date(Number(seconds) * 1000);
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString();
}
