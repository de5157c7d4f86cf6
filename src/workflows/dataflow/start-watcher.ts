import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import { sourceFacts } from '../../definition/source-facts.ts';
import { ensureWatch } from '../watch/start-watch.ts';
import { watcherWorkflowId, type WatchInput } from '../watch/watch-messages.ts';

/**
 * Starts the flow's watcher. One that is there already is signalled how the definition wants the flow to be watched: that
 * is no change of the flow. Where the definition says nothing of it, all stays as it is.
 *
 * @param how see `ensureWatch`.
 */
export async function startWatcher(
  definition: Definition,
  flowId: string,
  how: Parameters<typeof ensureWatch>[1],
): Promise<string> {
  const input = watchInputOf(definition, flowId);
  await ensureWatch(input, how);
  return watcherWorkflowId(input);
}

/** What the watcher of a dataflow's flow is started with. */
export function watchInputOf({ sandbox, name, source, watch }: Definition, flowId: string): WatchInput {
  return {
    sandbox,
    flowId,
    dataflow: dataflowId({ sandbox, name }),
    connector: sourceFacts(source).label,
    ...(watch ? { watch } : {}),
  };
}
