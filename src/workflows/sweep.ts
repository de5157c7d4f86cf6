import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import { resources } from '../resources/index.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import type { Observed } from '../resources/resource.ts';
import { surplusOf } from '../resources/surplus.ts';
import type { CreateOnce, Outside, Surplus } from './create-once.ts';
import { followReferences } from './living-flow.ts';
import type { ProgressReport } from './progress.ts';

/** What refers comes before what is referred to. */
export const deletionOrder: Kind[] = [
  'flow',
  'sourceConnection',
  'targetConnection',
  'datasetBaseConnection',
  'mappingSet',
  'dataset',
  'schema',
  'adHocSchema',
  'adHocClass',
];

/**
 * The last step of create-once: a request whose outcome was never seen can take effect after everything else is made.
 * Once even that must show, looks once more and deletes what is one too many; answers with what AEP cannot delete.
 */
export async function sweep(
  definition: Definition,
  protocol: CreateOnce,
  ids: ResourceIds,
  outside: Outside,
  report: ProgressReport,
): Promise<Surplus[]> {
  const { kinds, shownBy } = protocol.unaccounted();
  if (kinds.length === 0) return protocol.replaced;
  report.step('sweep', 'running', { note: `until late requests for the ${kinds.join(', ')} must show` });
  await outside.sleepUntil(shownBy);

  // The flow may have been changed meanwhile: whatever it refers to now stays.
  const flow = await outside.read('flow', ids.flow!);
  const parts = new Map<Kind, Observed>();
  if (flow) await followReferences('flow', flow, outside.read, parts);
  const keep = new Set([...Object.values(ids), ...[...parts.values()].map(({ id }) => id)]);

  const left: Surplus[] = [...protocol.replaced];
  for (const kind of deletionOrder.filter((one) => kinds.includes(one))) {
    const { found } = await outside.look(kind, { name: resources[kind].name(definition) });
    for (const { id } of surplusOf(found, keep, dataflowId(definition))) {
      // What AEP does not let us delete is told, and no reason to call a flow that lives a failure.
      const removed =
        kind !== 'mappingSet' &&
        (await outside.remove(kind, id).then(
          () => true,
          () => false,
        ));
      if (!removed && !left.some((one) => one.id === id)) left.push({ kind, id });
    }
  }
  report.step('sweep', 'done', left.length > 0 ? { note: `${left.length} that AEP cannot delete` } : {});
  return left;
}
