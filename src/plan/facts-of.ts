import type { Definition } from '../definition/definition.ts';
import { toldElsewhere, type Elsewhere } from '../definition/environments.ts';
import type { Problem, Warning } from '../definition/problems.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import { givenStartSeconds } from '../definition/start.ts';
import { problemsOfReceivers } from '../definition/known-receivers.ts';
import { flowSettings, type FlowSettings } from '../resources/flow.ts';
import { resources, titleOf } from '../resources/index.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import { givenIds } from '../resources/orders.ts';
import type { FlowContext, Observed } from '../resources/resource.ts';
import { baseConnectionOf, type BaseConnectionFacts } from './base-connection-of.ts';
import { mappingProblems, type RecalledFields } from './mapping-problems.ts';
import type { BaseConnection, FactReads, FlowSpecAnswer } from './reads.ts';
import { checkSource } from './source-checks.ts';

/** What of it is known already. */
export interface RecalledFacts {
  flowSpec?: FlowSpecAnswer;
  baseConnection?: BaseConnection;
  fields?: RecalledFields;
}

/** What was read for a definition, and everything that is wrong with it. */
export interface ReadFacts extends Pick<BaseConnectionFacts, 'definition' | 'step' | 'isInitializing'> {
  context: FlowContext;
  /** The ids that are given, and the schema of a dataset that is given alone. */
  given: ResourceIds;
  problems: Problem[];
  warnings: Warning[];
}

/**
 * Reads what the definition takes for granted: the flow spec, every id it gives, and what its mapping goes to. All of it at
 * once.
 * @param known what need not be read, and which ids other environments of the definition give.
 */
export async function factsOf(
  definition: Definition,
  reads: FactReads,
  {
    recalled = {},
    elsewhere = {},
  }: { recalled?: RecalledFacts | undefined; elsewhere?: Elsewhere | undefined } = {},
): Promise<ReadFacts> {
  const { sandbox, source, watch } = definition;
  const given = givenIds(definition);
  const kinds = Object.keys(given) as Kind[];
  const reading =
    kinds.length > 0
      ? Promise.all(kinds.map(async (kind) => [kind, await reads.given(kind, given[kind]!)] as const))
      : undefined;
  // The schema of a dataset that is given alone is known only when that is read.
  const alone = given.dataset !== undefined && given.schema === undefined;
  const schemaOfDataset = async () => schemaOf((Object.fromEntries((await reading) ?? []) as Found).dataset);
  const checkMapping = (schemaId: string | undefined) =>
    mappingProblems(definition, schemaId, reads, recalled.fields);
  const checkMappingOfDataset = async () => {
    const schemaId = await schemaOfDataset();
    return schemaId === undefined ? [] : checkMapping(schemaId);
  };
  const asked = together([
    recalled.flowSpec ?? reads.flowSpec(sourceFacts(source).family.flowSpec, settingsOf(definition)),
    baseConnectionOf(definition, reads, recalled.baseConnection),
    watch?.notify ? reads.receivers(watch) : undefined,
    alone ? checkMappingOfDataset() : checkMapping(given.schema),
    reading,
    checkSource(definition, reads, async () => (alone ? schemaOfDataset() : given.schema)),
  ] as const);
  const [flowSpec, baseConnection, receivers, mapping, answers, ofSource] =
    asked instanceof Promise ? await asked : asked;
  const found = Object.fromEntries(answers ?? []) as Found;
  const schema = schemaOf(found.dataset);
  return {
    context: { flowSpec: { id: flowSpec?.id ?? '', version: flowSpec?.version ?? '' } },
    given: schema ? { ...given, schema } : given,
    problems: toldElsewhere(
      [
        ...problemsOfFlowSpec(definition, flowSpec),
        ...baseConnection.problems,
        ...ofSource.problems,
        ...problemsOfGiven(given, found, sandbox),
        ...mapping,
        ...problemsOfReceivers(watch, receivers ?? {}).map(({ field, message }) => ({
          field: `watch.${field}`,
          message,
        })),
      ],
      definition,
      elsewhere,
    ),
    definition: baseConnection.definition,
    ...(baseConnection.step ? { step: baseConnection.step } : {}),
    isInitializing: baseConnection.isInitializing,
    warnings: ofSource.warnings,
  };
}

type Known<Asked extends readonly unknown[]> = { -readonly [Index in keyof Asked]: Awaited<Asked[Index]> };

/** As `Promise.all`, without a promise where all is known: of each in a workflow the SDK takes a stack trace. */
function together<Asked extends readonly unknown[]>(asked: Asked): Known<Asked> | Promise<Known<Asked>> {
  if (asked.some((one) => one instanceof Promise)) return Promise.all(asked);
  return asked as unknown as Known<Asked>;
}

/** What of a definition's flow its flow spec has a say in. */
export function settingsOf(definition: Definition): FlowSettings {
  return flowSettings(definition, { mappingId: '', startTime: givenStartSeconds(definition) ?? 0 });
}

/** What AEP has of what is given; null where it has nothing. */
type Found = Partial<Record<Kind, Observed | null>>;

function problemsOfFlowSpec({ sandbox, source }: Definition, spec: FlowSpecAnswer): Problem[] {
  if (spec) return spec.problems;
  const { flowSpec } = sourceFacts(source).family;
  return [{ field: 'source', message: `AEP has no flow spec ${flowSpec} in the sandbox ${sandbox}` }];
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
