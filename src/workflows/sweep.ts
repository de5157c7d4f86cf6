import { sleep } from '@temporalio/workflow';
import type { LookBack } from '../activities/index.ts';
import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import { resources } from '../resources/index.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import type { Observed } from '../resources/resource.ts';
import { surplusOf } from '../resources/surplus.ts';
import { callsFor } from './calls.ts';
import type { CreateOnce } from './create-once.ts';
import { followReferences } from './living-flow.ts';
import type { ProgressReport } from './progress.ts';

/** What refers comes before what is referred to. */
const order: Kind[] = [
  'flow',
  'sourceConnection',
  'targetConnection',
  'datasetBaseConnection',
  'dataset',
  'mappingSet',
];

/**
 * The last step of create-once: a request whose outcome was never seen can take effect after everything else is made.
 * Once even that must show, looks once more and deletes what is one too many; answers with what AEP cannot delete.
 */
export async function sweep(
  definition: Definition,
  { bounds }: LookBack,
  protocol: CreateOnce,
  ids: ResourceIds,
  report: ProgressReport,
) {
  const { kinds, shownBy } = protocol.unaccounted();
  const left: { kind: Kind; id: string }[] = [];
  if (kinds.length === 0) return left;

  report.step('sweep', 'running', {
    note: `until late requests for the ${kinds.join(', ')} must have shown`,
  });
  await sleep(Math.max(1, shownBy - Date.now()), { summary: 'Until late requests must have shown' });
  const { sandbox } = definition;
  const dataflow = dataflowId(definition);
  const keep = new Set([...Object.values(ids), ...(await referredTo(ids.flow!))]);
  for (const kind of order.filter((one) => kinds.includes(one))) {
    const calls = callsFor(kind, bounds);
    const { found } = await calls.lookFor({ sandbox, dataflow, name: resources[kind].name(definition) });
    for (const { id } of surplusOf(found, keep, dataflow)) {
      if (kind === 'mappingSet') left.push({ kind, id });
      else await calls.delete({ sandbox, id });
    }
  }
  report.step('sweep', 'done', left.length > 0 ? { note: `${left.length} that AEP cannot delete` } : {});
  return left;

  /** As the flow is now: whatever it refers to stays. */
  async function referredTo(flowId: string): Promise<string[]> {
    const flow = await callsFor('flow', bounds).read({ sandbox, id: flowId });
    const parts = new Map<Kind, Observed>();
    if (flow)
      await followReferences('flow', flow, (kind, id) => callsFor(kind, bounds).read({ sandbox, id }), parts);
    return [...parts.values()].map(({ id }) => id);
  }
}
