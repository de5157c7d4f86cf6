import type { Definition } from '../../src/definition/definition.ts';
import { sourceFacts } from '../../src/definition/source-facts.ts';
import { resources } from '../../src/resources/index.ts';
import type { Kind, ResourceIds } from '../../src/resources/kinds.ts';
import { neededKinds } from '../../src/resources/orders.ts';
import type { FlowContext, JsonObject } from '../../src/resources/resource.ts';

/** The two calls that the tutorials consist of, however they are made. */
export interface Calls {
  flowSpec(sandbox: string, name: string): Promise<FlowContext['flowSpec']>;
  create(sandbox: string, kind: Kind, body: JsonObject): Promise<string>;
}

/** When an immediate flow is to start: AEP refuses what has passed. Seconds. */
const leadSeconds = 60;

function bodyOf(definition: Definition, kind: Kind, ids: ResourceIds, context?: FlowContext): JsonObject {
  const body = resources[kind].body(definition, ids, context);
  if (kind !== 'flow') return body;
  const startTime = Math.ceil(Date.now() / 1000) + leadSeconds;
  return { ...body, scheduleParams: { startTime, ...(body['scheduleParams'] as JsonObject) } };
}

/** One call after the other, as the tutorials' readers and their scripts do. */
export async function oneByOne(definition: Definition, calls: Calls): Promise<string> {
  const { sandbox, source } = definition;
  const flowSpec = await calls.flowSpec(sandbox, sourceFacts(source).family.flowSpec);
  const ids: ResourceIds = {};
  for (const kind of neededKinds(definition))
    ids[kind] = await calls.create(sandbox, kind, bodyOf(definition, kind, ids, { flowSpec }));
  return ids.flow!;
}

/** As much at once as the references allow, and nothing else: no look before, no mark, no promise. */
export async function asOneGraph(definition: Definition, calls: Calls): Promise<string> {
  const { sandbox, source } = definition;
  const needed = neededKinds(definition);
  const ids: ResourceIds = {};
  const flowSpec = calls.flowSpec(sandbox, sourceFacts(source).family.flowSpec);
  const create = async (kind: Kind, ...needs: Promise<unknown>[]) => {
    if (!needed.includes(kind)) return;
    await Promise.all(needs);
    const context = kind === 'flow' ? { flowSpec: await flowSpec } : undefined;
    ids[kind] = await calls.create(sandbox, kind, bodyOf(definition, kind, ids, context));
  };
  const adHocClass = create('adHocClass');
  const adHocSchema = create('adHocSchema', adHocClass);
  const sourceConnection = create('sourceConnection', adHocSchema);
  const schema = create('schema');
  const dataset = create('dataset', schema);
  const datasetBaseConnection = create('datasetBaseConnection');
  const targetConnection = create('targetConnection', dataset, datasetBaseConnection);
  const mappingSet = create('mappingSet', schema);
  await create('flow', sourceConnection, targetConnection, mappingSet);
  return ids.flow!;
}
