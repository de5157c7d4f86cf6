import { upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../messages.ts';
import type { Applied } from './apply.ts';
import type { Work } from './prepare.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { flowMadeOf } from '../../runs/flow.ts';
import { beginMade, type WatchState } from '../../runs/watch-state.ts';
import { startWatcher } from './start-watcher.ts';
import { sweep } from './sweep.ts';

/**
 * What follows when the flow lives: nothing of it is a reason to undo anything. Returns what a create and an update tell
 * alike.
 * @param wakes whether a watcher that is there should look at the flow.
 */
export async function watchAndSweep(
  work: Work,
  { ids: resources, settled, madeOf }: Applied,
  wakes: boolean,
) {
  const { definition, report, ledger, calls } = work;
  const flowId = resources.flow!;
  upsertSearchAttributes([{ key: searchAttributes.flowId, value: flowId }]);
  report.step('watch', 'running');
  const watcherWorkflowId = await startWatcher(definition, flowId, {
    wakes,
    settled,
    known: madeOf && knownOf(madeOf),
  });
  report.step('watch', 'done', { id: watcherWorkflowId });
  const surplus = await sweep(definition, ledger, resources, calls, report);
  return { flowId, resources, watcherWorkflowId, warnings: report.progress.warnings, surplus };
}

const dayMs = 24 * 3_600_000;

/** Of a flow that was made just now. Those that are made together read everything at different times. */
function knownOf(madeOf: JsonObject): WatchState {
  const now = Date.now();
  return beginMade(flowMadeOf(madeOf, now), now, Math.round(dayMs * (0.1 + 0.9 * Math.random())));
}
