import { readFileSync } from 'node:fs';
import {
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  record,
  uniqueArray,
  type Arbitrary,
} from 'fast-check';
import {
  changedParts,
  hits,
  points,
  shelves,
  type Act,
  type CallFault,
  type ChangedPart,
  type Commit,
  type Incident,
  type Loss,
  type Refusal,
} from './faults.ts';
import type { AepSettings } from './simulated-aep.ts';
import type { TemporalSettings } from './simulated-temporal.ts';

export const generations = [
  'newer',
  'older',
  'once',
  'given schema',
  'given dataset',
  'given base',
  'given ad-hoc',
] as const;
export type Generation = (typeof generations)[number];

/** One simulated life of a dataflow, whole: played again, it goes the same way. */
export interface Scenario {
  /** Of all that is left to chance. */
  seed: number;
  generation: Generation;
  name: string;
  /** Whether others have resources of the same names. */
  foreign: boolean;
  workers: number;
  aep: AepSettings;
  temporal: TemporalSettings;
  faults: CallFault[];
  incidents: Incident[];
  acts: Act[];
  /**
   * A person has just had a flow paused when another is to take its place, and its watcher has AEP enable it again for so long.
   * Milliseconds.
   */
  resumesForMs?: number;
}

const part = constantFrom(0, 0.05, 0.3, 0.6, 0.9, 1).map((part): Commit => ({ part }));
const commit: Arbitrary<Commit> = oneof(
  { weight: 3, arbitrary: constant<Commit>('never') },
  { weight: 8, arbitrary: part },
  { weight: 1, arbitrary: integer({ min: 1, max: 600 }).map((beyondSeconds) => ({ beyondSeconds })) },
);
const forMs = constantFrom(50, 800, 1_400, 2_500, 7_900, 9_000, 30_000);
const how: Arbitrary<CallFault['how']> = oneof(
  {
    weight: 2,
    arbitrary: record({
      refusal: constantFrom<Refusal>('notReached', 'rateLimited', 'rateLimitedLong', 'unauthorized'),
    }),
  },
  {
    weight: 5,
    arbitrary: record({
      loss: constantFrom<Loss>('reset', 'error', 'truncated', 'hang'),
      afterMs: constantFrom(0, 100, 3_000, 7_000),
      commit,
    }),
  },
  {
    weight: 4,
    arbitrary: record({
      hit: constantFrom(...hits),
      point: constantFrom(...points),
      forMs,
      commit,
    }),
  },
);
/** What only updates do. */
const changes = [
  ...Array.from({ length: 3 }, () => ({ verb: 'act' as const, shelf: 'flows' as const })),
  { verb: 'update' as const, shelf: 'mappingSets' as const },
  ...(['flows', 'flows', 'sourceConnections', 'dataSets', 'schemas'] as const).map((shelf) => ({
    verb: 'update' as const,
    shelf,
  })),
];
const fault: Arbitrary<CallFault> = oneof(
  {
    weight: 4,
    arbitrary: record({ of: constantFrom(...changes), nth: nat(3), how }).map(({ of, ...rest }) => ({
      ...of,
      ...rest,
    })),
  },
  {
    weight: 8,
    arbitrary: record({
      verb: constant('create' as const),
      shelf: constantFrom(...shelves),
      nth: constantFrom(0, 0, 0, 1, 1, 2),
      how,
    }),
  },
  {
    weight: 2,
    arbitrary: record({
      verb: constantFrom('list' as const, 'get' as const, 'remove' as const),
      shelf: constantFrom(...shelves),
      nth: nat(4),
      how,
    }),
  },
  {
    weight: 1,
    arbitrary: record({
      verb: constant('create' as const),
      shelf: constantFrom(...shelves),
      nth: constantFrom(0, 1),
      how: constant({ refusal: 'refused' as const }),
    }),
  },
);

const atMs = oneof(nat(3_000), nat(40_000));
const incident: Arbitrary<Incident> = oneof(
  record({
    what: constantFrom('kill' as const, 'stop' as const, 'shutdown' as const),
    atMs,
    worker: nat(2),
    forMs,
  }),
  record({ what: constant('serverDown' as const), atMs, forMs }),
  record({
    what: constant('listsStop' as const),
    atMs: oneof(constant(0), atMs),
    forMs: constantFrom(5_000, 40_000, 90_000, 240_000),
  }),
);
const againAfterMs = constantFrom(0, 100, 2_000, 12_000, 60_000);
const disturbance: Arbitrary<Act> = oneof(
  record({ what: constant('terminate' as const), atMs, againAfterMs }),
  record({ what: constant('cancel' as const), atMs, againAfterMs }),
  record({ what: constant('reset' as const), atMs, to: nat(20).map((part) => part / 20) }),
  record({ what: constant('again' as const), afterMs: againAfterMs }),
);
const decision: Arbitrary<Act> = oneof(
  record({ what: constant('delete' as const), againAfterMs }),
  record({ what: constant('change' as const), part: constantFrom(...changedParts), to: nat(2) }),
);
const update: Arbitrary<Act> = record({
  what: constant('update' as const),
  part: constantFrom('source' as const, ...changedParts),
  to: nat(2),
});
const afterMs = constantFrom(100, 5_000, 60_000);
const others: Arbitrary<Act> = record({ what: constant('others' as const), afterMs });
const approval: Arbitrary<Act> = record({
  what: constant('approve' as const),
  part: constantFrom('source' as const, ...changedParts),
  to: nat(2),
  afterMs,
});
const acts: Arbitrary<Act[]> = oneof(
  array(oneof(disturbance, approval, others, update), { maxLength: 5 }),
  array(oneof(disturbance, update, update), { maxLength: 5 }),
  array(disturbance, { maxLength: 2 }),
  array(oneof(disturbance, decision, decision), { maxLength: 5 }),
);

/** Random lives, most of them with a few faults; they shrink to lives with fewer. */
export const scenarios: Arbitrary<Scenario> = record({
  seed: integer({ min: 1, max: 0x7fff_ffff }),
  generation: constantFrom(...generations),
  name: constantFrom('orders', 'Orders (EU) #2', "l'été à 7h"),
  foreign: boolean(),
  workers: integer({ min: 1, max: 3 }),
  aep: record({
    httpTimeoutMs: constantFrom(8_000, 5_000, 1_500),
    lateCommitMs: constantFrom(10_000, 2_000),
    listLagMs: constantFrom(0, 2_000, 10_000),
    flickering: boolean(),
    mappingSetNames: constantFrom('kept' as const, 'kept' as const, 'dropped' as const),
    titleTakenNamesIt: boolean(),
    latencyMs: constantFrom(40, 400, 1_200),
  }),
  temporal: record({
    latencyMs: constantFrom(4, 60),
    visibilityLagMs: constantFrom(0, 200, 800),
    visible: constantFrom(true, true, true, false),
  }),
  faults: uniqueArray(fault, {
    maxLength: 6,
    selector: ({ verb, shelf, nth }) => `${verb} ${shelf} ${nth}`,
  }),
  incidents: array(incident, { maxLength: 3 }),
  acts,
});

const file = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')) as Definition;
/** Nothing goes wrong in it, until a test adds something. */
export const quiet: Scenario = {
  seed: 1,
  generation: 'newer',
  name: 'orders',
  foreign: true,
  workers: 2,
  aep: {
    httpTimeoutMs: 8_000,
    lateCommitMs: 10_000,
    listLagMs: 10_000,
    flickering: false,
    mappingSetNames: 'kept',
    titleTakenNamesIt: true,
    latencyMs: 100,
  },
  temporal: { latencyMs: 4, visibilityLagMs: 0, visible: true },
  faults: [],
  incidents: [],
  acts: [],
};

export type Definition = Record<string, unknown> & {
  source: Record<string, unknown>;
  mapping: Record<string, unknown>[];
};
const examples = {
  newer: file('orders-from-bigquery'),
  older: file('tutorial-protocols'),
  once: file('accounts-once'),
};

/** A definition of the generation; `given` makes what it takes for granted, and answers its id. */
export function definitionOf(
  { generation, name }: Pick<Scenario, 'generation' | 'name'>,
  given: (what: 'base' | 'schema' | 'dataset' | 'datasetBase' | 'adHocSchema') => string,
): Definition {
  const based = (example: Definition): Definition => ({
    ...example,
    name,
    sandbox: 'prod',
    source: { ...example.source, baseConnectionId: given('base') },
  });
  const newer = based(examples.newer);
  const older = { ...based(examples.older), target: { datasetBaseConnection: {} } };
  switch (generation) {
    case 'newer':
      return newer;
    case 'older':
      return older;
    case 'once':
      return based(examples.once);
    case 'given schema':
      return { ...newer, schema: { id: given('schema') } };
    case 'given dataset': {
      const { schema: _, ...rest } = newer;
      return { ...rest, dataset: { id: given('dataset') } };
    }
    case 'given base':
      return { ...older, target: { datasetBaseConnection: { id: given('datasetBase') } } };
    case 'given ad-hoc':
      break;
  }
  return { ...older, source: { ...older.source, adHocSchema: { id: given('adHocSchema') } } };
}

/** The definition for another sandbox, as somebody writes it: with environments beside it. */
export function promoted(whole: Definition): Definition {
  const { sandbox, ...definition } = whole;
  const environments = { prod: { sandbox }, dev: { sandbox: 'dev' } };
  return { definition, environments, environment: 'dev' } as unknown as Definition;
}

/** The definition with another mapping or another source: 0 is the first one's, so that a change can be taken back. */
export function changed(definition: Definition, part: ChangedPart, to: number): Definition {
  if (to === 0) return definition;
  if (part === 'mapping') return { ...definition, mapping: [definition.mapping[to - 1]!] };
  if (part === 'description') return { ...definition, description: `Described again, ${to}` };
  const { source } = definition;
  const table = source['tableName'] === undefined ? 'path' : 'tableName';
  return { ...definition, source: { ...source, [table]: `another.Table${to}` } };
}
