import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import { resources } from '../resources/index.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import { deletionOrder } from '../resources/plan.ts';
import type { Observed } from '../resources/resource.ts';
import { surplusOf } from '../resources/surplus.ts';
import type { CreateOnce, Outside, Surplus } from './create-once.ts';
import { followReferences } from './living-flow.ts';
import type { ProgressReport } from './progress.ts';

/**
 * The last step of create-once: a request whose outcome was never seen can take effect after everything else is made.
 * Once even that must show, looks once more and deletes what is one too many; answers with what stays, as AEP cannot delete it or another flow uses it. The
 * flow lives by now, so that trouble here is told and is no failure: the next create or `listOrphans` finds the rest.
 */
export async function sweep(
  definition: Definition,
  protocol: CreateOnce,
  ids: ResourceIds,
  outside: Outside,
  report: ProgressReport,
): Promise<Surplus[]> {
  const { kinds, shownBy } = protocol.unaccounted();
  const left: Surplus[] = [...protocol.replaced];
  if (kinds.length === 0) return left;
  report.step('sweep', 'running', { note: `until late requests for the ${kinds.join(', ')} must show` });
  try {
    await outside.sleepUntil(shownBy);
    const keep = new Set([...Object.values(ids), ...(await referredTo(ids.flow!, outside))]);
    for (const kind of deletionOrder.filter((one) => kinds.includes(one))) {
      const name = resources[kind].name(definition);
      const { found } = await outside.look(kind, { name, ...protocol.traces(kind) });
      for (const { id } of surplusOf(found, keep, dataflowId(definition))) {
        const why = await outside.remove(kind, id);
        if (why && !left.some((one) => one.id === id)) left.push({ kind, id, why });
      }
    }
    protocol.swept();
    report.step('sweep', 'done', left.length > 0 ? { note: `${left.length} left: ${left[0]!.why}` } : {});
  } catch (error) {
    if (outside.isCancellation(error)) throw error;
    report.step('sweep', 'failed', { note: error instanceof Error ? error.message : String(error) });
  }
  return left;
}

/** What the flow refers to now, for it may have been changed meanwhile: that stays. */
async function referredTo(flowId: string, { read }: Outside): Promise<string[]> {
  const flow = await read('flow', flowId);
  const parts = new Map<Kind, Observed>();
  if (flow) await followReferences('flow', flow, read, parts);
  return [...parts.values()].map(({ id }) => id);
}
