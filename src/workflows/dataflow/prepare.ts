import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Recalled } from '../../activities/index.ts';
import type { ObservedDataflow } from '../../plan/observed-dataflow.ts';
import type { Definition } from '../../definition/definition.ts';
import type { SourceAnswer } from '../../explore/source-answer.ts';
import { sourceOf } from '../../plan/make-plan.ts';
import { observe } from '../../plan/observe.ts';
import type { Choices, StepKind } from '../../plan/plan.ts';
import { problemsAtSource } from '../../plan/source-problems.ts';
import { planOf, type Planned } from '../../plan/plan-of.ts';
import { resources } from '../../resources/index.ts';
import type { Kind } from '../../resources/kinds.ts';
import { neededKinds } from '../../resources/orders.ts';
import type { Observed } from '../../resources/resource.ts';
import { reasonOf } from '../failures.ts';
import { handled } from '../handled.ts';
import type { Accepted } from './accept.ts';
import {
  checkBeforeCreating,
  lookBack,
  readNotes,
  recallFacts,
  sourceReads,
  type Checked,
} from './check-definition.ts';
import type { Found, Ledger } from './ledger.ts';
import type { ProgressReport } from './progress.ts';
import { Conflicting } from './refusals.ts';
import { giveUp, resourceCalls, type ResourceCalls } from './resource-calls.ts';

/** The definition that counts now, and what was sent and told so far. */
export interface Attempt extends Pick<Accepted, 'definition' | 'elsewhere'> {
  report: ProgressReport;
  ledger: Ledger;
}

/** What an execution has to hand once it has begun: also what was read for the definition. */
export interface Work extends Attempt {
  checked: Checked;
  calls: ResourceCalls;
  recalled: Recalled;
}

/** A plan that can be carried out. */
export interface Prepared extends Work {
  observed: ObservedDataflow;
  /** What the source has, where it was asked. */
  source: SourceAnswer | undefined;
  planned: Planned;
  /** What was asked for before there was a plan, since AEP refuses a second one of its title: its create is the look. */
  headStarts: Map<Kind, Promise<Found>>;
}

/**
 * Begins an attempt: checks what the definition takes for granted, looks at all that AEP has of the dataflow, and plans. On a
 * fresh start of a create the kinds whose title is unique and that refer to nothing are created beside the looks, so that
 * four round trips stay the longest path; nothing else is.
 * @throws InvalidDefinition with everything that AEP has against it.
 */
export async function prepare(
  attempt: Attempt,
  { choices = {}, startsAhead }: { choices?: Choices; startsAhead: boolean },
): Promise<Prepared> {
  const work = await begin(attempt);
  const { definition, checked, ledger, calls } = work;
  const { given, context } = checked;
  const headStarts = new Map<Kind, Promise<Found>>();
  const isHeadStart = (kind: Kind) => {
    const { hasUniqueTitle, needs } = resources[kind];
    return startsAhead && hasUniqueTitle && needs.length === 0 && !given[kind] && !ledger.ranBefore;
  };
  for (const kind of neededKinds(definition).filter(isHeadStart)) {
    work.report.step(kind, 'running');
    headStarts.set(kind, handled(ledger.create(kind, resources[kind].body(definition, {}, context))));
  }

  const look = (kind: Kind): Promise<Observed[]> => {
    const headStart = headStarts.get(kind);
    return headStart ? madeAhead(kind, headStart) : ledger.look(kind);
  };
  const madeAhead = async (kind: Kind, headStart: Promise<Found>): Promise<Observed[]> => {
    try {
      const { adopted } = await headStart;
      return adopted ? [adopted] : [];
    } catch (error) {
      if (!(error instanceof Conflicting)) throw error;
      // What is in the way is told in the plan.
      headStarts.delete(kind);
      return ledger.look(kind);
    }
  };
  // A visibility store that was away may show the create before the delete that came after it.
  const isStillLeft = async (flowId: string): Promise<boolean> => {
    await sleep(ledger.earlier!.bounds.settleMs, { summary: 'Until Temporal must list what ran before' });
    return (await readNotes(definition)).flowLeft === flowId;
  };
  const scope = CancellationScope.current();
  const during = work.report.during.bind(work.report);
  const observing = observe(definition, {
    look,
    lookAgain: (kind, found) => ledger.lookAgain(kind, found),
    read: calls.read,
    given,
    notes: ledger.earlier!,
    flowLeft: ledger.earlier!.flowLeft,
    ...(choices.missingFlow === undefined ? { isStillLeft } : {}),
    stop: () => scope.cancel(),
  });
  const reading = sourceOf(definition, sourceReads(definition, work.recalled, giveUp(definition), during));
  if (reading) void handled(reading);
  let observed: ObservedDataflow;
  let source: SourceAnswer | undefined;
  try {
    observed = await observing;
    source = reading && (await reading);
  } catch (error) {
    for (const [kind, headStart] of headStarts) await noteEnd(kind, headStart, work);
    throw error;
  }
  const facts = {
    context,
    connection: checked.step,
    now: Date.now(),
    problems: [],
    warnings: [],
    source,
    choices,
    watching: ledger.earlier!.watching,
  };
  return { ...work, observed, source, planned: planOf(definition, observed, facts), headStarts };
}

/** Reads what the definition takes for granted and what ran before, all at once. */
async function begin(attempt: Attempt): Promise<Work> {
  const { definition, report, ledger } = attempt;
  report.step('check', 'running');
  const recalled = await recallFacts(definition, ledger.earlier !== undefined);
  /**
   * Of what is there already it is no mistake of the definition's that its source has changed. Called when the first reads of the
   * check have come: `lookingBack`, which is asked for after them, is there by then.
   */
  const besides = async (checked: Definition) => {
    if ((await lookingBack).ranBefore) return [];
    const during = report.during.bind(report);
    return problemsAtSource(checked, sourceReads(checked, recalled, giveUp(checked), during));
  };
  const checking = handled(checkBeforeCreating(attempt, recalled, giveUp(definition), report, besides));
  const lookingBack = Promise.resolve(ledger.earlier ?? recalled.lookBack ?? lookBack());
  const earlier = await lookingBack;
  let checked: Checked;
  try {
    checked = await checking;
  } catch (error) {
    if (!isCancellation(error)) report.step('check', 'failed', { note: reasonOf(error) });
    throw error;
  }
  report.step('check', 'done');
  const calls = resourceCalls(definition, earlier.bounds, report);
  ledger.begin(definition, earlier, calls);
  return { ...attempt, definition: checked.definition, checked, calls, recalled };
}

/** Notes what became of a head start that no plan followed. */
async function noteEnd(kind: Kind, headStart: Promise<Found>, { report, ledger }: Work): Promise<void> {
  try {
    const { id, made } = await headStart;
    report.step(kind, made ? 'made' : 'adopted', { id });
  } catch (error) {
    noteFailure(kind, error, { report, ledger });
  }
}

/** Notes what is known of a resource of which nothing came. */
export function noteFailure(
  kind: StepKind,
  error: unknown,
  { report, ledger }: Pick<Work, 'report' | 'ledger'>,
): void {
  const state = report.stateOf(kind);
  const begun = state === 'running';
  // What is unknown of a base connection is told by the workflow that makes it, and settled by the next one.
  if (kind !== 'baseConnection' && ledger.inDoubt(kind)) report.step(kind, 'unknown');
  else if (begun && !isCancellation(error)) report.step(kind, 'failed', { note: reasonOf(error) });
  else if (begun || state === 'waiting') report.step(kind, 'notTried');
}

/**
 * Deletes what was made before there was a plan and has no place in it: all of it where the plan is refused. What cannot
 * be deleted stays told as made.
 */
export async function takeBackHeadStarts(
  { calls, headStarts, report, planned }: Prepared,
  { all }: { all: boolean },
): Promise<void> {
  for (const [kind, headStart] of [...headStarts].toReversed()) {
    const steps = all ? [] : planned.plan.steps.filter((step) => step.kind === kind);
    if (steps.some(({ action }) => action === 'create' || action === 'replace')) continue;
    const { id, made } = await headStart;
    // After a doubt, what was made is found like anything else.
    if (!made || steps.some((step) => step.id === id)) continue;
    report.step(kind, 'made', { id });
    const why = await calls.remove(kind, id);
    if (!why) report.deleted(kind, id);
  }
}
