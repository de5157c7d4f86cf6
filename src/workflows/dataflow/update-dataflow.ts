import { CancellationScope, CancelledFailure, isCancellation, upsertMemo } from '@temporalio/workflow';
import { z } from 'zod';
import { passedThrough } from '../../families/columns.ts';
import { openChoices, tellChoices } from '../../plan/choices-of.ts';
import { fittingPlan } from '../../plan/fitting-plan.ts';
import { planOf } from '../../plan/plan-of.ts';
import { isEmpty, setsWatch, type Choices } from '../../plan/plan.ts';
import { fail, endingOf } from '../failures.ts';
import { checkInput, readOrRefuse } from '../inputs.ts';
import type { UpdateDataflowInput, UpdateDataflowResult } from '../messages.ts';
import { accept } from './accept.ts';
import { apply } from './apply.ts';
import { requireApproval, takeApprovals } from './approval.ts';
import { Ledger } from './ledger.ts';
import { noted, notesAtEnd } from './noted.ts';
import { prepare, type Prepared } from './prepare.ts';
import { outcomeOf, reportProgress, workFor } from './progress.ts';
import { mustHaveNoConflict, mustHaveNoProblem, stalePlan } from './refuse-plan.ts';
import { giveUpMissing } from './replace-flow.ts';
import { watchAndSweep } from './watch-and-sweep.ts';

const updateInput = () =>
  z.strictObject({
    definition: passedThrough().describe('The definition as it is to be from now on.'),
    digest: z.string().optional().describe('The digest of a plan: exactly that one is carried out, or none.'),
    replaceFlow: z
      .enum(['from-now', 'backfill'])
      .optional()
      .describe('What the new flow loads, where the living one has to be replaced.'),
    missingFlow: z
      .enum(['recreate'])
      .optional()
      .describe('Make a flow, or a part of one, anew that AEP does not show any more.'),
    requireApproval: requireApproval(),
  }) satisfies z.ZodType<UpdateDataflowInput>;

/**
 * Changes a living dataflow so that it is as a definition asks for: in place where AEP can, and by a new flow in the old
 * one's place where it cannot and the choice `replaceFlow` says what that one is to load. Nothing to change is success.
 *
 * With `requireApproval` nothing is changed before a person has approved the plan, by the update `approve`.
 *
 * Runs under the dataflow's id `dataflow:<sandbox>:<name>`, so that it never meets a create or a delete. Started again
 * after it failed it goes on where AEP is.
 *
 * @throws ApplicationFailure `RejectedByPerson`; `StalePlan` where the plan is not the one whose digest was given, or somebody changed what it
 * rests on meanwhile; `ChoiceNeeded` where a choice of the plan was not made; `Conflict` where no flow lives or something
 * is in the way; `InvalidDefinition`. `details[0].plan` is the plan that counts now, but where somebody was quicker than a
 * step: then `details[0]` names the resource and its field.
 */
export async function updateDataflow(input: unknown): Promise<UpdateDataflowResult> {
  const {
    definition: asked,
    digest,
    requireApproval: mustBeApproved,
    ...choices
  } = readOrRefuse(() => checkInput(updateInput(), input, 'This is no update'));
  const { definition, elsewhere, warnings } = accept(asked);
  const report = reportProgress(workFor(definition));
  for (const warning of warnings) report.warn(warning);
  const approvals = takeApprovals(report);
  const ledger = new Ledger({ isUpdate: true });
  const outcome = () => outcomeOf(report, ledger.unaccounted().kinds);
  try {
    const { prepared, applied } = await CancellationScope.cancellable(async () => {
      const prepared = await (mustBeApproved ? approvals.approved(definition, planned) : planned());
      const { plan } = prepared.planned;
      // While it lives: what was cut off, too, may have changed something.
      if (!isEmpty(plan) || setsWatch(plan)) upsertMemo({ plan: noted(plan) });
      for (const warning of plan.warnings) report.warn(warning);
      return { prepared, applied: await apply(prepared, choices) };
    });
    const { plan } = prepared.planned;
    const { missingFlow } = prepared.observed;
    if (missingFlow !== undefined && choices.missingFlow !== undefined)
      await giveUpMissing(prepared, missingFlow, applied.ids.flow!);
    const result = await watchAndSweep(prepared, applied, !isEmpty(plan));
    report.become('done');
    return { ...result, plan: fittingPlan(plan) };
  } catch (error) {
    const ending = endingOf(error, outcome());
    report.become(
      isCancellation(error) ? 'cancelled' : 'failed',
      ending && { type: ending.type!, message: ending.message },
    );
    if (isCancellation(error) && CancellationScope.current().consideredCancelled)
      throw new CancelledFailure('The update was cancelled');
    throw ending ?? error;
  } finally {
    upsertMemo(notesAtEnd(report, outcome()));
  }

  /** A plan that can be carried out. */
  async function planned(): Promise<Prepared> {
    const prepared = await prepare(
      { definition, elsewhere, report, ledger },
      { choices, startsAhead: false },
    );
    report.plan(prepared.planned.plan);
    mustBeAsAsked(prepared, digest, choices);
    return prepared;
  }
}

/** @throws ApplicationFailure where this plan must not be carried out. */
function mustBeAsAsked(
  { definition, observed, source, planned, checked }: Prepared,
  digest: string | undefined,
  choices: Choices,
): void {
  const { plan, living } = planned;
  if (digest !== undefined) {
    // What was looked at was planned before any choice.
    const { context, step: connection } = checked;
    const facts = { context, connection, now: Date.now(), problems: [], warnings: [], source, choices: {} };
    const looked = planOf(definition, observed, facts).plan;
    if (looked.digest !== digest) throw stalePlan(looked);
  }
  mustHaveNoConflict(planned);
  mustHaveNoProblem(planned);
  if (!living && (choices.missingFlow === undefined || observed.missingFlow === undefined)) {
    const message = `No flow of ${plan.dataflow} lives in AEP: createDataflow makes one`;
    throw fail('Conflict', message, { reason: 'no-flow', ids: [], differences: [], plan: fittingPlan(plan) });
  }
  const open = openChoices(plan, choices);
  if (open.length > 0) throw fail('ChoiceNeeded', tellChoices(open), { plan: fittingPlan(plan) });
}
