import { proxyActivities } from '@temporalio/workflow';
import type { Definition } from '../../src/definition/definition.ts';
import type { ResourceIds } from '../../src/resources/kinds.ts';
import type { PlainActivities } from './plain-temporal.ts';

/** As the Temporal tutorials write it: one activity per call, the default retry policy, a time-out. */
const { readContext, postOne } = proxyActivities<PlainActivities>({ startToCloseTimeout: '10 seconds' });

/** Creates a dataflow; what `known` holds is there already. */
export async function plainCreate(definition: Definition, known: ResourceIds): Promise<ResourceIds> {
  const context = await readContext(definition);
  const make = async (kind: keyof ResourceIds, needs: ResourceIds) =>
    known[kind] ?? (await postOne(kind, definition, needs, context));
  const sourceConnection = make('sourceConnection', {});
  const schema = await make('schema', {});
  const mappingSet = make('mappingSet', { schema });
  const dataset = await make('dataset', { schema });
  const targetConnection = await make('targetConnection', { schema, dataset });
  const ids = {
    schema,
    dataset,
    targetConnection,
    sourceConnection: await sourceConnection,
    mappingSet: await mappingSet,
  };
  return { ...ids, flow: await make('flow', ids) };
}
