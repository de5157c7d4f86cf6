import { CancellationScope } from '@temporalio/workflow';
import type { Definition } from '../../definition/definition.ts';
import type { Kind } from '../../resources/kinds.ts';
import { deletionOrder } from '../../resources/orders.ts';
import type { Ledger } from './ledger.ts';
import { outcomeOf, type ProgressReport } from './progress.ts';
import { resourceCalls } from './resource-calls.ts';
import { untilShown } from './sweep.ts';

/**
 * Deletes what this execution made, and what its requests of unknown outcome made, once that must show. Nothing else that
 * carries the mark: that is an earlier run's, and may be in use. What AEP does not let us delete stays listed as made.
 */
export function rollBack(definition: Definition, ledger: Ledger, report: ProgressReport): Promise<void> {
  return CancellationScope.nonCancellable(() => deleteOwn(definition, ledger, report));
}

async function deleteOwn(definition: Definition, ledger: Ledger, report: ProgressReport) {
  const { earlier } = ledger;
  if (!earlier) return;
  const calls = resourceCalls(definition, earlier.bounds, report);
  const open = ledger.unaccounted();
  const inDoubt = new Set<Kind>([...open.kinds, ...outcomeOf(report).unknown]);
  const shownBy = Math.max(Date.now() + earlier.bounds.settleMs, open.shownBy);
  if (inDoubt.size > 0) await untilShown(shownBy);

  const { steps } = report.progress;
  const given = new Set(steps.filter(({ state }) => state === 'given').map(({ id }) => id));
  for (const kind of deletionOrder) {
    const ids = new Set(report.made.filter((one) => one.kind === kind).map(({ id }) => id));
    for (const id of inDoubt.has(kind) ? await found(kind) : []) ids.add(id);
    for (const id of ids) {
      if (given.has(id)) continue;
      if (!(await calls.remove(kind, id))) report.deleted(kind, id);
      else if (!report.made.some((one) => one.id === id)) report.step(kind, 'made', { id });
    }
  }

  /** What cannot be looked for now stays unknown. */
  async function found(kind: Kind): Promise<string[]> {
    const shown = await ledger.lookForAll(kind).catch(() => undefined);
    if (!shown) return [];
    ledger.accounted(kind);
    const own = shown.filter((one) => ledger.isOwn(kind, one));
    if (own.length === 0 && report.stateOf(kind) === 'unknown') report.step(kind, 'notTried');
    return own.map(({ id }) => id);
  }
}
