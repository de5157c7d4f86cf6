import type { LookBack } from '../activities/index.ts';
import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import { resources } from '../resources/index.ts';
import type { Kind } from '../resources/kinds.ts';
import { surplusOf } from '../resources/surplus.ts';
import type { CreateOnce } from './create-once.ts';
import { outsideOf } from './outside.ts';
import type { ProgressReport } from './progress.ts';
import { deletionOrder } from './sweep.ts';

/** What is known of an attempt to create a dataflow, should it fail. */
export interface Attempt {
  earlier?: LookBack;
  protocol?: CreateOnce;
}

/**
 * Deletes what this execution made, and what a request of unknown outcome may have made, once that must show. What AEP
 * does not let us delete stays listed as made.
 */
export async function rollBack(
  definition: Definition,
  { earlier, protocol }: Attempt,
  report: ProgressReport,
): Promise<void> {
  // Nothing is made before the look back.
  if (!earlier) return;
  const outside = outsideOf(definition, earlier.bounds);
  const { kinds, shownBy } = protocol?.unaccounted() ?? { kinds: [], shownBy: 0 };
  const inDoubt = new Set<Kind>([...kinds, ...unknown(report)]);
  if (inDoubt.size > 0) await outside.sleepUntil(shownBy);

  const kept = new Set(
    report.progress.steps
      .filter(({ state }) => state === 'adopted' || state === 'given')
      .map(({ id }) => id!),
  );
  for (const kind of deletionOrder) {
    const ids = new Set(report.made.filter((one) => one.kind === kind).map(({ id }) => id));
    if (inDoubt.has(kind)) {
      const { found } = await outside.look(kind, { name: resources[kind].name(definition) });
      for (const { id } of surplusOf(found, kept, dataflowId(definition))) ids.add(id);
    }
    for (const id of ids) {
      if (kind === 'mappingSet') continue;
      const removed = await outside.remove(kind, id).then(
        () => true,
        () => false,
      );
      report.step(kind, removed ? 'deleted' : 'made', { id });
    }
  }
}

function unknown({ progress }: ProgressReport): Kind[] {
  return progress.steps.filter(({ state }) => state === 'unknown').map(({ step }) => step as Kind);
}
