import { proxyActivities } from '@temporalio/workflow';
import type { Activities, LookBack } from '../activities/index.ts';
import type { Definition } from '../definition/definition.ts';
import type { Problem } from '../definition/problems.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import { givenStartSeconds } from '../definition/start.ts';
import { flowSettings } from '../resources/flow.ts';
import { activityName, kindTitles, type Kind, type ResourceIds } from '../resources/kinds.ts';
import { givenIds } from '../resources/plan.ts';
import type { FlowContext } from '../resources/resource.ts';
import { heartbeatTimeoutMs } from './calls.ts';
import { invalid } from './failures.ts';
import { webhookProblems } from './known-webhook.ts';

const readOnly = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: heartbeatTimeoutMs,
  retry: { maximumInterval: '30 minutes' },
});

export interface Checked {
  context: FlowContext;
  /** The ids that are given, and the schema of a dataset that is given alone. */
  given: ResourceIds;
}

/** What earlier executions under this id left: see `activities/look-back.ts`. */
export function lookBack(): Promise<LookBack> {
  return readOnly.lookBack();
}

/**
 * Reads what the definition takes for granted, before anything is created: the flow spec, and every id it gives.
 * @throws InvalidDefinition with everything that is wrong.
 */
export async function checkBeforeCreating(
  definition: Definition,
  giveUp: { giveUpAfterMs?: number },
): Promise<Checked> {
  const { sandbox, source } = definition;
  const facts = sourceFacts(source);
  const given = givenIds(definition);
  const problems: Problem[] = [];
  const missing = (field: string, what: string, id: string) =>
    problems.push({
      field,
      message: `${id} is not there: give the id of an existing ${what} in the sandbox ${sandbox}`,
    });

  const read = async (kind: Kind, field: string) => {
    const id = given[kind];
    if (!id) return undefined;
    const found = await readOnly[activityName('read', kind)]({ sandbox, id, ...giveUp });
    if (!found) missing(field, kindTitles[kind], id);
    return found ?? undefined;
  };
  const readFlowSpec = async () => {
    const spec = await readOnly.readFlowSpec({
      sandbox,
      name: facts.flowSpec,
      settings: flowSettings(definition, { mappingId: '', startTime: givenStartSeconds(definition) ?? 0 }),
      ...giveUp,
    });
    if (spec) problems.push(...spec.problems);
    else
      problems.push({
        field: 'source',
        message: `AEP has no flow spec ${facts.flowSpec} in the sandbox ${sandbox}`,
      });
    return { id: spec?.id ?? '', version: spec?.version ?? '' };
  };
  const checkBaseConnection = async () => {
    const id = source.baseConnectionId;
    if (!id) return;
    const field = 'source.baseConnectionId';
    const found = await readOnly.readBaseConnection({ sandbox, id, ...giveUp });
    if (!found) missing(field, 'base connection', id);
    const { state, connectionSpecId } = found ?? {};
    if (state && state !== 'enabled')
      problems.push({ field, message: `${id} is ${state}: it must be enabled` });
    if (connectionSpecId && connectionSpecId !== facts.connectionSpec.id) {
      problems.push({
        field,
        message: `${id} is a connection of spec ${connectionSpecId}, not of ${facts.label} (${facts.connectionSpec.id})`,
      });
    }
  };

  const checkWebhook = async () => {
    for (const { field, message } of await webhookProblems(definition.watch))
      problems.push({ field: `watch.${field}`, message });
  };

  const [flowSpec, , dataset] = await Promise.all([
    readFlowSpec(),
    checkBaseConnection(),
    read('dataset', 'dataset.id'),
    read('schema', 'schema.id'),
    read('adHocSchema', 'source.adHocSchema.id'),
    read('datasetBaseConnection', 'target.datasetBaseConnection.id'),
    checkWebhook(),
  ]);
  const schemaOfDataset = dataset?.fields['schema'] as string | undefined;
  if (dataset && given.schema && schemaOfDataset !== given.schema) {
    problems.push({
      field: 'schema.id',
      message: `is ${given.schema}, but the dataset ${dataset.id} has the schema ${schemaOfDataset}`,
    });
  }
  if (problems.length > 0) throw invalid(problems);
  return { context: { flowSpec }, given: schemaOfDataset ? { ...given, schema: schemaOfDataset } : given };
}
