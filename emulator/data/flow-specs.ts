/**
 * The flow specs that the documented connectors use, as `GET /flowSpecs` answers them: JSON Schemas
 * for schedule, options, transformations and on-demand runs.
 */
import { connectors, dataLakeSpecId } from './connectors.ts';

export const sourcesProviderId = '0ed90a81-07f4-4586-8190-b40eccef1c5a';

const draft7 = 'http://json-schema.org/draft-07/schema#';

/** Minimum interval by frequency: 15 for `minute`, otherwise 1. */
export const minimumInterval: Record<string, number> = { minute: 15, hour: 1, day: 1, week: 1 };
export const frequencies = ['once', 'minute', 'hour', 'day', 'week'];

// `if`, `then` and `else` are keywords of JSON Schema.
/* oxlint-disable unicorn/no-thenable */
const scheduleSpec = {
  name: 'PeriodicSchedule',
  type: 'Periodic',
  spec: {
    $schema: draft7,
    type: 'object',
    properties: {
      startTime: { description: 'epoch time', type: 'integer' },
      frequency: { type: 'string', enum: frequencies },
      interval: { type: 'integer' },
      backfill: { type: 'boolean', default: true },
    },
    required: ['startTime', 'frequency'],
    if: { properties: { frequency: { const: 'once' } } },
    then: { allOf: [{ not: { required: ['interval'] } }, { not: { required: ['backfill'] } }] },
    else: {
      required: ['interval'],
      if: { properties: { frequency: { const: 'minute' } } },
      then: { properties: { interval: { minimum: 15 } } },
      else: { properties: { interval: { minimum: 1 } } },
    },
  },
};
/* oxlint-enable unicorn/no-thenable */

const optionSpec = {
  name: 'OptionSpec',
  spec: {
    $schema: draft7,
    type: 'object',
    properties: {
      errorDiagnosticsEnabled: { title: 'Error diagnostics.', type: 'boolean', default: false },
      partialIngestionPercent: { title: 'Partial ingestion threshold.', type: 'number', exclusiveMinimum: 0 },
    },
  },
};

const deltaColumn = {
  type: 'object',
  properties: { name: { type: 'string' }, dateFormat: { type: 'string' }, timezone: { type: 'string' } },
  required: ['name'],
};

const copySpec = {
  name: 'Copy',
  spec: { $schema: draft7, type: 'object', properties: { deltaColumn }, required: ['deltaColumn'] },
};

const mappingSpec = {
  name: 'Mapping',
  spec: {
    $schema: draft7,
    type: 'object',
    description: 'defines various params required for different mapping from source to target',
    properties: { mappingId: { type: 'string' }, mappingVersion: { type: 'string' } },
  },
};

const encryptionSpec = {
  name: 'Encryption',
  spec: {
    $schema: draft7,
    type: 'object',
    properties: { publicKeyId: { type: 'string' }, signVerificationKeyId: { type: 'string' } },
    required: ['publicKeyId'],
  },
};

const runTimes = {
  startTime: { type: 'integer' },
  windowStartTime: { type: 'integer' },
  windowEndTime: { type: 'integer' },
};

function runSpec(withDeltaColumn: boolean) {
  return {
    name: 'ProviderParams',
    spec: {
      $schema: draft7,
      type: 'object',
      description: 'defines various params required for creating flow run.',
      properties: withDeltaColumn ? { ...runTimes, deltaColumn } : runTimes,
      required: [...Object.keys(runTimes), ...(withDeltaColumn ? ['deltaColumn'] : [])],
    },
  };
}

const permissionsInfo = {
  view: [{ '@type': 'lowLevel', name: 'EnterpriseSource', permissions: ['read'] }],
  manage: [{ '@type': 'lowLevel', name: 'EnterpriseSource', permissions: ['write'] }],
};

type Transformation = { name: string; spec: object };

export type FlowSpec = {
  id: string;
  name: string;
  providerId: string;
  version: string;
  attributes: { isSourceFlow: boolean; frequency: 'batch' | 'streaming' } & Record<string, unknown>;
  sourceConnectionSpecIds: string[];
  targetConnectionSpecIds: string[];
  permissionsInfo: typeof permissionsInfo;
  transformationSpecs: Transformation[];
  scheduleSpec?: typeof scheduleSpec;
  optionSpec?: typeof optionSpec;
  runSpec?: ReturnType<typeof runSpec>;
};

type Row = [id: string, name: string, connectorsOf: string, transformations: Transformation[]];

function flowSpec(
  frequency: 'batch' | 'streaming',
  [id, name, connectorsOf, transformationSpecs]: Row,
): FlowSpec {
  const usesDeltaColumn = transformationSpecs.includes(copySpec);
  return {
    id,
    name,
    providerId: sourcesProviderId,
    version: '1.0',
    attributes: {
      isSourceFlow: true,
      flacValidationSupported: true,
      frequency,
      notification: { category: 'sources', flowRun: { enabled: true } },
    },
    sourceConnectionSpecIds: connectors.filter((c) => c.flowSpec === connectorsOf).map((c) => c.specId),
    targetConnectionSpecIds: [dataLakeSpecId],
    permissionsInfo,
    transformationSpecs,
    ...(frequency === 'batch' ? { scheduleSpec, optionSpec, runSpec: runSpec(usesDeltaColumn) } : {}),
  };
}

// Only CRMToAEP has been published in full. What the others hold beside id and name is a guess by analogy.
export const flowSpecs: FlowSpec[] = [
  flowSpec('batch', [
    '14518937-270c-4525-bdec-c2ba7cce3860',
    'CRMToAEP',
    'CRMToAEP',
    [copySpec, mappingSpec],
  ]),
  flowSpec('batch', [
    '9753525b-82c7-4dce-8a9b-5ccfce2b9876',
    'CloudStorageToAEP',
    'CloudStorageToAEP',
    [mappingSpec, encryptionSpec],
  ]),
  flowSpec('batch', [
    '6499120c-0b15-42dc-936e-847ea3c24d72',
    'RestStorageToAEP',
    'RestStorageToAEP',
    [mappingSpec],
  ]),
  flowSpec('batch', [
    '15f8402c-ba66-4626-b54c-9f8e54244d61',
    'MarketoToAEP', // Guess: the page that uses this id does not show the name.
    'Marketo',
    [mappingSpec],
  ]),
  flowSpec('streaming', [
    'c1a19761-d2c7-4702-b9fa-fe91f0613e81',
    'Steam data with transformation', // AEP's own spelling.
    'StreamWithTransformation',
    [mappingSpec],
  ]),
  flowSpec('streaming', [
    'd8a6f005-7eaf-4153-983e-e8574508b877',
    'Stream data without transformation',
    'StreamWithTransformation',
    [],
  ]),
  flowSpec('streaming', [
    'd69717ba-71b4-4313-b654-49f9cf126d7a',
    'Stream data with optional transformation',
    'StreamWithOptionalTransformation',
    [mappingSpec],
  ]),
  flowSpec('streaming', [
    'e77fde5a-22a8-11ed-861d-0242ac120002',
    'GenericStreamingAEP',
    'GenericStreamingAEP',
    [mappingSpec],
  ]),
];

const byId = new Map(flowSpecs.map((spec) => [spec.id, spec]));

export function findFlowSpec(id: string): FlowSpec | undefined {
  return byId.get(id);
}
