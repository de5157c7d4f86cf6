import { isCancellation, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { LookBack } from '../activities/index.ts';
import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import type { Kind } from '../resources/kinds.ts';
import { neededKinds } from '../resources/plan.ts';
import { accept, announce } from './accept.ts';
import { Branches } from './branches.ts';
import { checkBeforeCreating, lookBack } from './checks.ts';
import { humanDecisions } from './decisions.ts';
import { endingOf } from './failures.ts';
import { searchAttributes, type CreateDataflowResult, type StepName } from './messages.ts';
import { giveUp, outsideOf } from './outside.ts';
import { outcomeOf, reportProgress, type ProgressReport } from './progress.ts';
import { rollBack, type Attempt } from './roll-back.ts';
import { startWatcher } from './start-watcher.ts';
import { sweep } from './sweep.ts';

/**
 * Creates everything that one dataflow needs in AEP: in the order of Adobe's tutorials, as much at once as the
 * references allow, one of each whatever fails. Then starts the watcher of its flow runs.
 *
 * Runs under the workflow id `dataflow/<sandbox>/<name>`. Started again after it ended, well or badly, it finds in place
 * what is in place and makes what is missing. Where AEP refuses for good, the definition's `onFailure` says what becomes
 * of what was made; with `wait`, the updates `resume` and `giveUp` do.
 *
 * @param input a definition; `examples/dataflow.schema.json` says what it can ask for.
 * @throws ApplicationFailure of one of the types of `failure-types.ts`, with the lists of what was made, adopted, not
 * tried and unknown in `details[0]`.
 */
export async function createDataflow(input: unknown): Promise<CreateDataflowResult> {
  let accepted = accept(input);
  const report = reportProgress(dataflowId(accepted.definition), stepsOf(accepted.definition));
  for (const warning of accepted.warnings) report.warn(warning);
  const decision = humanDecisions(report, () => accepted);
  const attempt: Attempt = {};

  /** Returns where the create is to go on. */
  const afterFailure = async (error: unknown) => {
    const { definition } = accepted;
    const ending = endingOf(error, outcomeOf(report.progress));
    if (!ending || isCancellation(error)) throw error;
    let how = definition.onFailure ?? 'keep';
    if (how === 'wait') {
      report.become('waiting', { type: ending.type!, message: ending.message });
      const decided = await decision();
      if ('resume' in decided) {
        accepted = decided.resume;
        attempt.earlier = asEarlierRun(attempt, report);
        announce(accepted.definition);
        report.again(stepsOf(accepted.definition), accepted.warnings);
        return;
      }
      how = decided.giveUp;
    }
    if (how === 'rollback') await rollBack(definition, attempt, report);
    throw endingOf(error, outcomeOf(report.progress))!;
  };

  try {
    for (;;) {
      try {
        const result = await create(accepted.definition, report, attempt);
        report.become('done');
        return result;
      } catch (error) {
        await afterFailure(error);
      }
    }
  } catch (error) {
    const ending = endingOf(error, {});
    const told = ending && { type: ending.type!, message: ending.message };
    report.become(isCancellation(error) ? 'cancelled' : 'failed', told);
    throw error;
  } finally {
    // A cancelled workflow's failure reaches nobody, its memo does; and the next run begins with what it says.
    upsertMemo({ outcome: outcomeOf(report.progress) });
  }
}

async function create(
  definition: Definition,
  report: ProgressReport,
  attempt: Attempt,
): Promise<CreateDataflowResult> {
  report.step('check', 'running');
  const earlier = (attempt.earlier ??= await lookBack());
  const checked = await checkBeforeCreating(definition, earlier, giveUp(definition));
  report.step('check', 'done');

  const outside = outsideOf(definition, earlier.bounds);
  const branches = new Branches(definition, earlier, checked, report, outside);
  attempt.protocol = branches.protocol;
  const once = branches.once.bind(branches);

  const adHocClass = once('adHocClass');
  const adHocSchema = once('adHocSchema', { adHocClass });
  const sourceConnection = once('sourceConnection', { adHocSchema });
  const schema = once('schema');
  const dataset = once('dataset', { schema });
  const datasetBaseConnection = once('datasetBaseConnection');
  const targetConnection = once('targetConnection', { schema, dataset, datasetBaseConnection });
  const mappingSet = once('mappingSet', { schema });
  const flow = once('flow', { sourceConnection, targetConnection, mappingSet });

  const ids = await branches.allEnded();
  const flowId = (await flow)!;
  upsertSearchAttributes([{ key: searchAttributes.flowId, value: flowId }]);

  report.step('watch', 'running');
  const watcherWorkflowId = await startWatcher(definition, flowId);
  report.step('watch', 'done', { id: watcherWorkflowId });

  const surplus = await sweep(definition, branches.protocol, ids, outside, report);
  const { warnings } = report.progress;
  const made = Object.keys(outcomeOf(report.progress).made) as Kind[];
  return { flowId, resources: ids, made, watcherWorkflowId, warnings, surplus };
}

/** What the attempt after this one needs to know: the same as a new run would, without asking Temporal for it. */
function asEarlierRun({ earlier, protocol }: Attempt, report: ProgressReport): LookBack {
  const { made, adopted } = outcomeOf(report.progress);
  return {
    runId: earlier!.runId,
    ranBefore: true,
    mayStillArrive: (protocol?.unaccounted().kinds.length ?? 0) > 0,
    ids: [{ ...adopted, ...made }, ...(earlier?.ids ?? [])],
    bounds: earlier!.bounds,
  };
}

function stepsOf(definition: Definition): StepName[] {
  return ['check', ...neededKinds(definition), 'watch'];
}
