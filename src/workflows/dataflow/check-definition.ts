import { resources, titleOf } from '../../resources/index.ts';
import { proxyLocalActivities } from '@temporalio/workflow';
import type {
  Activities,
  BaseConnection,
  FlowSpecAnswer,
  LookBack,
  Recalled,
} from '../../activities/index.ts';
import { tellSpec } from '../../definition/connectors.ts';
import type { Definition } from '../../definition/definition.ts';
import type { Problem } from '../../definition/problems.ts';
import { sourceFacts } from '../../definition/source-facts.ts';
import { givenStartSeconds } from '../../definition/start.ts';
import { flowSettings } from '../../resources/flow.ts';
import { activityName, type Kind, type ResourceIds } from '../../resources/kinds.ts';
import { givenIds } from '../../resources/orders.ts';
import type { FlowContext, Observed } from '../../resources/resource.ts';
import { summarized } from '../calls.ts';
import { invalid } from '../failures.ts';
import { webhookProblems } from '../known-webhook.ts';
import { fieldsToRecall, mappingProblems } from './check-mapping.ts';
import type { ProgressReport } from './progress.ts';

const { recall } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '1 second',
  retry: { maximumAttempts: 1 },
  summary: 'Recall what needs no call to AEP',
});

export interface Checked {
  context: FlowContext;
  /** The ids that are given, and the schema of a dataset that is given alone. */
  given: ResourceIds;
}

/** What earlier executions under this id left: see `activities/dataflow/look-back.ts`. */
export function lookBack(): Promise<LookBack> {
  return summarized('Look what ran before').lookBack();
}

/**
 * Asks for what needs no call to AEP, as a local activity: it is no step that could fail or take long, and an activity
 * would cost two ways through the server before the first create. What is not known is read as usual.
 *
 * @param again whether this run has tried before: then it needs no look back.
 */
export async function recallFacts(definition: Definition, again: boolean): Promise<Recalled> {
  const { sandbox, source } = definition;
  const id = source.baseConnectionId;
  const fields = fieldsToRecall(definition);
  try {
    const { baseConnection, ...facts } = await recall({
      flowSpec: flowSpecRequest(definition),
      ...(id ? { baseConnection: { sandbox, id } } : {}),
      ...(fields ? { fields } : {}),
      ...(again ? {} : { lookBackAt: Date.now() }),
    });
    // Where there was trouble before, it may have been with this one, or somebody may have mended it.
    const doubted = again || facts.lookBack?.ranBefore;
    return baseConnection && !doubted ? { ...facts, baseConnection } : facts;
  } catch {
    return {};
  }
}

/** What was read for a definition, and everything that is wrong with it. */
export interface ReadFacts extends Checked {
  problems: Problem[];
  /** AEP does not know yet whether the base connection's credentials are good. */
  isInitializing: boolean;
}

type During = ProgressReport['during'];

/**
 * Reads what the definition takes for granted: the flow spec, every id it gives, and what its mapping goes to. All of it at
 * once, except for what was recalled.
 * @param during is told which calls are under way.
 */
export async function readFacts(
  definition: Definition,
  recalled: Recalled,
  giveUp: { giveUpAfterMs?: number },
  during: During,
): Promise<ReadFacts> {
  const { sandbox } = definition;
  const given = givenIds(definition);
  const read = async (kind: Kind) => {
    const activity = activityName('read', kind);
    const reading = summarized(`Read the ${titleOf(kind)} that is given`);
    return [
      kind,
      await during(activity, reading[activity]({ sandbox, id: given[kind]!, ...giveUp })),
    ] as const;
  };
  const readFlowSpec = () => {
    const request = { ...flowSpecRequest(definition), ...giveUp };
    return during('readFlowSpec', summarized('Read the flow spec').readFlowSpec(request));
  };
  const reading = Promise.all((Object.keys(given) as Kind[]).map(read));
  const checkMapping = async () => {
    // The schema of a dataset that is given alone is known only when that is read.
    const alone = given.dataset !== undefined && given.schema === undefined;
    const schemaId = alone ? schemaOf((Object.fromEntries(await reading) as Found).dataset) : given.schema;
    if (alone && schemaId === undefined) return [];
    return mappingProblems(definition, schemaId, { ...giveUp, recalled: recalled.fields, during });
  };
  const [flowSpec, baseConnection, webhook, mapping, reads] = await Promise.all([
    recalled.flowSpec ?? readFlowSpec(),
    recalled.baseConnection ?? readBaseConnection(definition, giveUp, during),
    webhookProblems(definition.watch),
    checkMapping(),
    reading,
  ]);
  const found = Object.fromEntries(reads) as Found;
  const schema = schemaOf(found.dataset);
  return {
    context: { flowSpec: { id: flowSpec?.id ?? '', version: flowSpec?.version ?? '' } },
    given: schema ? { ...given, schema } : given,
    problems: [
      ...problemsOfFlowSpec(definition, flowSpec),
      ...problemsOfBaseConnection(definition, baseConnection),
      ...problemsOfGiven(given, found, sandbox),
      ...mapping,
      ...webhook.map(({ field, message }) => ({ field: `watch.${field}`, message })),
    ],
    isInitializing: baseConnection?.state === initializing,
  };
}

/**
 * The same before anything is created: a base connection that AEP is still initializing is waited for.
 * @param report is told what is waited for.
 * @throws InvalidDefinition with everything that is wrong.
 */
export async function checkBeforeCreating(
  definition: Definition,
  recalled: Recalled,
  giveUp: { giveUpAfterMs?: number },
  report: ProgressReport,
): Promise<Checked> {
  const during = report.during.bind(report);
  const { problems, isInitializing, ...checked } = await readFacts(definition, recalled, giveUp, during);
  if (problems.length > 0) throw invalid(problems);
  if (isInitializing) {
    const { baseConnectionId } = definition.source;
    const note = `until AEP has enabled the base connection ${baseConnectionId}, which is ${initializing}`;
    report.step('check', 'running', { note });
    const enabled = await readBaseConnection(definition, { waits: true, ...giveUp }, during);
    const left = problemsOfBaseConnection(definition, enabled);
    if (left.length > 0) throw invalid(left);
  }
  return checked;
}

/** Null where the source has none. */
async function readBaseConnection(
  { sandbox, source }: Definition,
  more: { waits?: boolean; giveUpAfterMs?: number },
  during: During,
): Promise<BaseConnection> {
  const { baseConnectionId: id } = source;
  if (!id) return null;
  return during(
    'readBaseConnection',
    summarized('Read the base connection').readBaseConnection({ sandbox, id, ...more }),
  );
}

/** The state of a base connection of which AEP does not know yet whether its credentials are good. */
const initializing = 'initializing';

/** What AEP has of what is given; null where it has nothing. */
type Found = Partial<Record<Kind, Observed | null>>;

function problemsOfFlowSpec({ sandbox, source }: Definition, spec: FlowSpecAnswer): Problem[] {
  if (spec) return spec.problems;
  const { flowSpec } = sourceFacts(source);
  return [{ field: 'source', message: `AEP has no flow spec ${flowSpec} in the sandbox ${sandbox}` }];
}

function problemsOfBaseConnection({ sandbox, source }: Definition, found: BaseConnection): Problem[] {
  const id = source.baseConnectionId;
  if (!id) return [];
  const field = 'source.baseConnectionId';
  if (!found) return [{ field, message: notThere(id, 'base connection', sandbox) }];
  const { state, connectionSpecId } = found;
  const { connectionSpec } = sourceFacts(source);
  const problems: Problem[] = [];
  if (state && state !== 'enabled' && state !== initializing)
    problems.push({ field, message: `${id} is ${state}: it must be enabled` });
  if (connectionSpecId && connectionSpecId !== connectionSpec.id) {
    const message = `${id} is a base connection of ${tellSpec(connectionSpecId)}, not of ${tellSpec(connectionSpec.id)}`;
    problems.push({ field, message });
  }
  return problems;
}

function problemsOfGiven(given: ResourceIds, found: Found, sandbox: string): Problem[] {
  const problems = (Object.keys(found) as Kind[])
    .filter((kind) => !found[kind])
    .map((kind) => ({
      field: resources[kind].given!.field,
      message: notThere(given[kind]!, titleOf(kind), sandbox),
    }));
  if (!found.dataset || !given.schema || schemaOf(found.dataset) === given.schema) return problems;
  const message = `is ${given.schema}, but the dataset ${found.dataset.id} has the schema ${schemaOf(found.dataset)}`;
  return [...problems, { field: 'schema.id', message }];
}

function notThere(id: string, what: string, sandbox: string): string {
  return `${id} is not there: give the id of an existing ${what} in the sandbox ${sandbox}`;
}

function schemaOf(dataset: Observed | null | undefined): string | undefined {
  return dataset?.fields['schema'] as string | undefined;
}

function flowSpecRequest(definition: Definition) {
  return {
    sandbox: definition.sandbox,
    name: sourceFacts(definition.source).flowSpec,
    settings: flowSettings(definition, { mappingId: '', startTime: givenStartSeconds(definition) ?? 0 }),
  };
}
