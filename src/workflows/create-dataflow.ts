import { isCancellation, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import type { Kind } from '../resources/kinds.ts';
import { neededKinds } from '../resources/plan.ts';
import { accept } from './accept.ts';
import { Branches } from './branches.ts';
import { checkBeforeCreating, lookBack } from './checks.ts';
import { endingOf } from './failures.ts';
import { searchAttributes, type CreateDataflowResult } from './messages.ts';
import { giveUp, outsideOf } from './outside.ts';
import { outcomeOf, reportProgress, type ProgressReport } from './progress.ts';
import { startWatcher } from './start-watcher.ts';
import { sweep } from './sweep.ts';

/**
 * Creates everything that one dataflow needs in AEP: in the order of Adobe's tutorials, as much at once as the
 * references allow, one of each whatever fails. Then starts the watcher of its flow runs.
 *
 * Runs under the workflow id `dataflow/<sandbox>/<name>`. Started again after it ended, well or badly, it finds in place
 * what is in place and makes what is missing.
 *
 * @param input a definition; `examples/dataflow.schema.json` says what it can ask for.
 * @throws ApplicationFailure of one of the types of `failure-types.ts`, with the lists of what was made, adopted, not
 * tried and unknown in `details[0]`.
 */
export async function createDataflow(input: unknown): Promise<CreateDataflowResult> {
  const accepted = accept(input);
  const { definition } = accepted;
  const report = reportProgress(dataflowId(definition), ['check', ...neededKinds(definition), 'watch']);
  for (const warning of accepted.warnings) report.warn(warning);
  try {
    const result = await create(definition, report);
    report.end('done');
    return result;
  } catch (error) {
    const outcome = outcomeOf(report.progress);
    const ending = endingOf(error, outcome);
    report.end(
      isCancellation(error) ? 'cancelled' : 'failed',
      ending && { type: ending.type!, message: ending.message },
    );
    throw ending ?? error;
  } finally {
    // A cancelled workflow's failure reaches nobody, its memo does; and the next run begins with what it says.
    upsertMemo({ outcome: outcomeOf(report.progress) });
  }
}

async function create(definition: Definition, report: ProgressReport): Promise<CreateDataflowResult> {
  report.step('check', 'running');
  const earlier = await lookBack();
  const checked = await checkBeforeCreating(definition, earlier, giveUp(definition));
  report.step('check', 'done');

  const outside = outsideOf(definition, earlier.bounds);
  const branches = new Branches(definition, earlier, checked, report, outside);
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
  return {
    flowId,
    resources: ids,
    made: Object.keys(outcomeOf(report.progress).made) as Kind[],
    watcherWorkflowId,
    warnings: report.progress.warnings,
    surplus,
  };
}
