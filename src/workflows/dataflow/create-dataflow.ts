import {
  CancellationScope,
  CancelledFailure,
  isCancellation,
  sleep,
  log,
  upsertMemo,
} from '@temporalio/workflow';
import { z } from 'zod';
import type { Definition } from '../../definition/definition.ts';
import { passedThrough } from '../../families/columns.ts';
import { isWrapped } from '../../definition/wrapped.ts';
import type { Kind } from '../../resources/kinds.ts';
import { neededKinds } from '../../resources/orders.ts';
import { accept, announceAnew, type Accepted } from './accept.ts';
import { apply, type Applied } from './apply.ts';
import { requireApproval, takeApprovals, type Approvals } from './approval.ts';
import { humanDecisions } from './decisions.ts';
import { endingOf, reasonOf } from '../failures.ts';
import { checkInput, readOrRefuse } from '../inputs.ts';
import type { CreateDataflowInput, CreateDataflowResult } from '../messages.ts';
import { Ledger } from './ledger.ts';
import { notesAtEnd } from './noted.ts';
import { prepare, takeBackHeadStarts, type Attempt, type Prepared, type Work } from './prepare.ts';
import { outcomeOf, reportProgress, workFor, type ProgressReport } from './progress.ts';
import { mustChangeNoLivingFlow, mustHaveNoConflict, mustHaveNoProblem } from './refuse-plan.ts';
import { rollBack } from './roll-back.ts';
import { tellThatItWaits } from './tell-waiting.ts';
import { watchAndSweep } from './watch-and-sweep.ts';

/**
 * Creates everything that one dataflow needs in AEP: in the order of Adobe's tutorials, as much at once as the
 * references allow, one of each whatever fails. Then starts the watcher of its flow runs.
 *
 * Runs under the workflow id `dataflow:<sandbox>:<name>`. Started again after it ended, well or badly, it finds in place
 * what is in place and makes what is missing. Where AEP refuses for good, the definition's `onFailure` says what becomes
 * of what was made; with `wait`, the updates `resume` and `giveUp` do. With `requireApproval` nothing is made before a person
 * has approved the plan, by the update `approve`.
 *
 * @param input a definition, as `examples/dataflow.schema.json` says what it can ask for; or one inside of an object that
 * says more (`CreateDataflowInput`).
 * @throws ApplicationFailure of one of the types of `failure-types.ts`, with the lists of what was made, adopted, failed,
 * not tried and unknown in `details[0]`.
 */
export async function createDataflow(input: unknown): Promise<CreateDataflowResult> {
  const asked = readOrRefuse(() => readInput(input));
  let accepted = accept(asked.definition);
  const report = reportProgress(workFor(accepted.definition));
  for (const warning of accepted.warnings) report.warn(warning);
  const decisions = humanDecisions(report, () => accepted);
  const approvals = takeApprovals(report);
  const ledger = new Ledger();
  const outcome = () => outcomeOf(report, ledger.unaccounted().kinds);

  const correct = (corrected: Accepted) => {
    accepted = corrected;
    announceAnew(accepted.definition);
    report.again(accepted.definition, accepted.warnings);
  };

  /** Returns where the create is to go on. */
  const afterRefusal = async (error: unknown) => {
    const { definition } = accepted;
    const ending = endingOf(error, outcome());
    if (CancellationScope.current().consideredCancelled)
      throw new CancelledFailure('The create was cancelled');
    if (!ending || isCancellation(error)) throw error;
    // Who rejects a plan has decided what becomes of it.
    let how = ending.type === 'RejectedByPerson' ? 'keep' : (definition.onFailure ?? 'keep');
    if (how === 'wait') {
      report.become('waiting', { type: ending.type!, message: ending.message });
      log.warn(`waits for the update resume or giveUp: ${ending.message}`);
      const tellNoMore = tellThatItWaits(definition, ending);
      const decided = await decisions.next();
      tellNoMore();
      if ('resume' in decided) {
        correct(decided.resume);
        return;
      }
      how = decided.giveUp;
      // An end that an event crosses, such as the end of the telling, is taken back by the server, and with it an answer
      // given in the same moment.
      await sleep(1, { summary: 'Until the update is answered' });
    }
    if (how === 'rollback') await rollBack(definition, ledger, report);
    throw endingOf(error, outcome())!;
  };

  try {
    const corrected = decisions.takeEarly();
    if (corrected) correct(corrected);
    for (;;) {
      const { definition, elsewhere } = accepted;
      const approval = asked.requireApproval ? approvals : undefined;
      const attempt = { definition, elsewhere, report, ledger };
      const created = await createResources(attempt, approval).catch(afterRefusal);
      if (!created) continue;
      // Its watcher reads the flow when a run does not come, which can be a week.
      const wake = report.progress.warnings.some(({ code }) => code === 'flow-disabled');
      const result = await watchAndSweep(created.work, created.applied, wake);
      report.become('done');
      return { ...result, made: Object.keys(outcomeOf(report).made) as Kind[] };
    }
  } catch (error) {
    const ending = endingOf(error, outcome());
    const told = ending && { type: ending.type!, message: ending.message };
    report.become(isCancellation(error) ? 'cancelled' : 'failed', told);
    throw ending ?? error;
  } finally {
    // A cancelled workflow's failure reaches nobody, its memo does; and the next run begins with what it says.
    upsertMemo(notesAtEnd(report, outcome()));
  }
}

/** Observes, plans and applies. Nothing is made while a problem stands, but what a title keeps unique, and that goes again. */
function createResources(
  attempt: Attempt,
  approvals: Approvals | undefined,
): Promise<{ work: Work; applied: Applied }> {
  const plan = () => planned(attempt, { startsAhead: approvals === undefined });
  // In a scope of their own: when one step has failed, the others begin nothing more.
  return CancellationScope.cancellable(async () => {
    const prepared = await (approvals ? approvals.approved(attempt.definition, plan) : plan());
    for (const warning of prepared.planned.plan.warnings) attempt.report.warn(warning);
    await takeBackHeadStarts(prepared, { all: false });
    return { work: prepared, applied: await apply(prepared) };
  });
}

/** A plan that can be carried out. */
async function planned(attempt: Attempt, how: { startsAhead: boolean }): Promise<Prepared> {
  const { definition, report } = attempt;
  let prepared: Prepared;
  try {
    prepared = await prepare(attempt, how);
  } catch (error) {
    notTried(definition, report);
    throw error;
  }
  const { planned } = prepared;
  report.plan(planned.plan);
  try {
    mustHaveNoConflict(planned);
    mustChangeNoLivingFlow(planned);
    mustHaveNoProblem(planned);
  } catch (error) {
    refused(prepared, error);
    notTried(definition, report);
    await takeBackHeadStarts(prepared, { all: true });
    throw error;
  }
  return prepared;
}

const createInput = () =>
  z.strictObject({
    definition: passedThrough().describe('What is to be made.'),
    requireApproval: requireApproval(),
  }) satisfies z.ZodType<CreateDataflowInput>;

function readInput(input: unknown): { definition: unknown; requireApproval?: boolean | undefined } {
  return isWrapped(input) ? checkInput(createInput(), input, 'This is no create') : { definition: input };
}

/** Notes of what was never begun that it is not tried. */
function notTried(definition: Definition, report: ProgressReport): void {
  for (const kind of neededKinds(definition))
    if (report.stateOf(kind) === 'waiting') report.step(kind, 'notTried');
}

/** Notes which steps the plan is refused for. */
function refused({ planned, report }: Prepared, error: unknown): void {
  const inTheWay = planned.plan.steps.filter(({ action }) => action === 'conflict').map(({ kind }) => kind);
  if (planned.living && inTheWay.length === 0) inTheWay.push('flow');
  for (const kind of inTheWay) report.step(kind, 'failed', { note: reasonOf(error) });
}
