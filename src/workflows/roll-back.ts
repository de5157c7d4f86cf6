import { CancellationScope } from '@temporalio/workflow';
import type { LookBack } from '../activities/index.ts';
import type { Definition } from '../definition/definition.ts';
import { resources } from '../resources/index.ts';
import type { Kind } from '../resources/kinds.ts';
import { deletionOrder } from '../resources/plan.ts';
import type { CreateOnce } from './create-once.ts';
import { outsideOf } from './outside.ts';
import { outcomeOf, type ProgressReport } from './progress.ts';

/** What is known of the attempts to create a dataflow, should the last one fail. */
export interface Attempts {
  earlier?: LookBack;
  /** One for each attempt that came to create anything, the last one last. */
  protocols: CreateOnce[];
}

/**
 * Deletes what this execution made, and what its requests of unknown outcome made, once that must show. Nothing else that
 * carries the mark: that is an earlier run's, and may be in use. What AEP does not let us delete stays listed as made.
 */
export function rollBack(definition: Definition, attempts: Attempts, report: ProgressReport): Promise<void> {
  return CancellationScope.nonCancellable(() => deleteOwn(definition, attempts, report));
}

async function deleteOwn(definition: Definition, { earlier, protocols }: Attempts, report: ProgressReport) {
  // Nothing is made before the look back.
  if (!earlier) return;
  const outside = outsideOf(definition, earlier.bounds);
  const open = protocols.map((protocol) => protocol.unaccounted());
  const inDoubt = new Set<Kind>([...open.flatMap(({ kinds }) => kinds), ...outcomeOf(report).unknown]);
  const shownBy = Math.max(outside.now() + earlier.bounds.settleMs, ...open.map(({ shownBy }) => shownBy));
  if (inDoubt.size > 0) await outside.sleepUntil(shownBy);

  const { steps } = report.progress;
  const given = new Set(steps.filter(({ state }) => state === 'given').map(({ id }) => id));
  for (const kind of deletionOrder) {
    const ids = new Set(report.made.filter((one) => one.kind === kind).map(({ id }) => id));
    for (const id of inDoubt.has(kind) ? await found(kind) : []) ids.add(id);
    for (const id of ids) {
      if (given.has(id)) continue;
      if (!(await outside.remove(kind, id))) report.deleted(kind, id);
    }
  }

  /** What cannot be looked for now stays unknown. */
  async function found(kind: Kind): Promise<string[]> {
    const name = resources[kind].name(definition);
    const traces = protocols.at(-1)?.traces(kind);
    const look = await outside.look(kind, { name, ...traces }).catch(() => undefined);
    if (!look) return [];
    const own = look.found.filter((one) => protocols.some((protocol) => protocol.isOwn(kind, one)));
    if (own.length === 0 && report.stateOf(kind) === 'unknown') report.step(kind, 'notTried');
    return own.map(({ id }) => id);
  }
}
