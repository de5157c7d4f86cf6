import { upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../messages.ts';
import type { Applied } from './apply.ts';
import type { Work } from './prepare.ts';
import { startWatcher } from './start-watcher.ts';
import { sweep } from './sweep.ts';

/**
 * What follows when the flow lives: nothing of it is a reason to undo anything. Returns what a create and an update tell
 * alike.
 * @param wakes whether a watcher that is there should look at the flow.
 */
export async function watchAndSweep(work: Work, { ids: resources, settled }: Applied, wakes: boolean) {
  const { definition, report, ledger, calls } = work;
  const flowId = resources.flow!;
  upsertSearchAttributes([{ key: searchAttributes.flowId, value: flowId }]);
  report.step('watch', 'running');
  const watcherWorkflowId = await startWatcher(definition, flowId, { wakes, settled });
  report.step('watch', 'done', { id: watcherWorkflowId });
  const surplus = await sweep(definition, ledger, resources, calls, report);
  return { flowId, resources, watcherWorkflowId, warnings: report.progress.warnings, surplus };
}
