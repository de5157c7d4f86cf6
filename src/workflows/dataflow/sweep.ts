import { isCancellation, sleep } from '@temporalio/workflow';
import { dataflowId } from '../../definition/identity.ts';
import type { Definition } from '../../definition/definition.ts';
import type { ResourceIds } from '../../resources/kinds.ts';
import { deletionOrder } from '../../resources/orders.ts';
import { isLateTwin, surplusOf } from '../../resources/surplus.ts';
import type { Observed } from '../../resources/resource.ts';
import { holdsRows } from './holds-rows.ts';
import type { Ledger, Surplus } from './ledger.ts';
import { partsOf } from '../../plan/observe.ts';
import type { ProgressReport } from './progress.ts';
import type { ResourceCalls } from './resource-calls.ts';

/**
 * The last step of create-once: a request whose outcome was never seen can take effect after everything else is made.
 * Once even that must show, looks once more and deletes what is one too many. Returns what stays: what AEP cannot
 * delete, what others use, and datasets that may hold data. The flow lives by now, so that trouble here is told and is no
 * failure: the next create or `listOrphans` finds the rest.
 */
export async function sweep(
  definition: Definition,
  ledger: Ledger,
  ids: ResourceIds,
  calls: ResourceCalls,
  report: ProgressReport,
): Promise<Surplus[]> {
  const { kinds, shownBy } = ledger.unaccounted();
  const left: Surplus[] = ledger.staying;
  if (kinds.length === 0) return left;
  report.step('sweep', 'running', { note: `until late requests for the ${kinds.join(', ')} must show` });
  try {
    await untilShown(shownBy);
    const keep = new Set([...Object.values(ids), ...(await referredTo(ids.flow!, calls))]);
    for (const kind of deletionOrder.filter((one) => kinds.includes(one))) {
      const found = await ledger.lookForAll(kind);
      const kept = found.find(({ id }) => id === ids[kind]);
      for (const one of surplusOf(found, keep, dataflowId(definition))) {
        const { id } = one;
        const mayGo = kind !== 'dataset' || ledger.isOwn(kind, one) || (await isEmptyTwin(one, kept));
        const why = mayGo ? await calls.remove(kind, id) : 'it may hold data';
        if (why && !left.some((other) => other.id === id)) left.push({ kind, id, why });
      }
      ledger.accounted(kind);
    }
    report.step('sweep', 'done', left.length > 0 ? { note: `${left.length} left: ${left[0]!.why}` } : {});
  } catch (error) {
    if (isCancellation(error)) throw error;
    report.step('sweep', 'failed', { note: error instanceof Error ? error.message : String(error) });
  }
  return left;

  /** A dataset that no run was ever told of, and that is empty. */
  async function isEmptyTwin(one: Observed, kept: Observed | undefined): Promise<boolean> {
    if (!isLateTwin(one, kept, ledger.since) || ledger.noted('dataset').includes(one.id)) return false;
    return (await holdsRows(definition.sandbox, one.id)) === false;
  }
}

/** @param time when late requests must have shown. Epoch milliseconds. */
export function untilShown(time: number): Promise<void> {
  return sleep(Math.max(1, time - Date.now()), { summary: 'Until late requests must show' });
}

/** What the flow refers to now, for it may have been changed meanwhile: that stays. */
async function referredTo(flowId: string, { read }: ResourceCalls): Promise<string[]> {
  const flow = await read('flow', flowId);
  if (!flow) return [];
  return Object.values(await partsOf(flow, read)).map(({ id }) => id);
}
