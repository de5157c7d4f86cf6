import { readFileSync } from 'node:fs';
import type { WholeParts } from '../../src/plan/read-definition.ts';
import { resources } from '../../src/resources/index.ts';
import type { Kind, ResourceIds } from '../../src/resources/kinds.ts';
import type { JsonObject } from '../../src/resources/resource.ts';
import { answerFor } from '../resources/answers.ts';
import { ids } from '../resources/sample-ids.ts';

/** What somebody else sent to make a flow and what it needs, by kind. `flow` may lack its references. */
export type Bodies = Partial<Record<Kind, JsonObject>>;

export const flowSpec = { id: '14518937-270c-4525-bdec-c2ba7cce3860', version: '1.0' };
const bigQuery = { id: '3c9b37f8-13a6-43d8-bad3-b863b941fedd', version: '1.0' };
const dataLake = { id: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', version: '1.0' };
export const baseConnectionId = '6990abad-977d-41b9-a85d-17ea8cf1c0e4';

/** What the calls of a page of Adobe's tutorials make. */
export function tutorial(page: string): { bodies: Bodies; ids: ResourceIds } {
  const file = new URL(`../fixtures/tutorials/${page}.json`, import.meta.url);
  const { calls, ids } = JSON.parse(readFileSync(file, 'utf8')) as {
    ids: ResourceIds;
    calls: { kind?: Kind; body: JsonObject }[];
  };
  return { bodies: Object.fromEntries(calls.flatMap(({ kind, body }) => (kind ? [[kind, body]] : []))), ids };
}

export const tutorials = [
  'tutorial-databases',
  'tutorial-protocols',
  'tutorial-customer-success-legacy',
  'tutorial-customer-success-transitional',
];

/** As the client aepp makes one: no columns, no descriptions, an interval that is text, and a version that is a number. */
export const byAepp: Bodies = {
  sourceConnection: {
    name: 'Source 0',
    baseConnectionId,
    data: { format: 'tabular' },
    params: { tableName: 'test1.Mytable' },
    connectionSpec: bigQuery,
  },
  targetConnection: {
    name: 'Target 0',
    data: { schema: { id: ids.schema, version: 'application/vnd.adobe.xed-full+json;version=1' } },
    params: { dataSetId: ids.dataset },
    connectionSpec: dataLake,
  },
  mappingSet: {
    outputSchema: {
      schemaRef: { id: ids.schema, contentType: 'application/vnd.adobe.xed-full+json;version=1' },
    },
    mappings: [
      { sourceType: 'ATTRIBUTE', source: 'TestID', destination: '_id' },
      { sourceType: 'EXPRESSION', source: 'upper(Name)', destination: 'person.name.lastName' },
    ],
  },
  flow: {
    name: 'Flow 0',
    flowSpec,
    transformations: [
      { name: 'Copy', params: { deltaColumn: { name: 'Datefield' } } },
      { name: 'Mapping', params: { mappingId: ids.mappingSet, mappingVersion: 0 } },
    ],
    scheduleParams: { startTime: 1_893_456_000, frequency: 'hour', interval: '1' },
  },
};

/** As AEP's UI makes one: names with the time, columns that are none, options of its own. */
export const byUi: Bodies = {
  sourceConnection: {
    ...byAepp.sourceConnection,
    name: 'New Source Connection - 2026-03-01T09:30:00.123Z',
    description: '',
    params: { tableName: 'test1.Mytable', columns: [] },
  },
  targetConnection: {
    ...byAepp.targetConnection,
    name: 'New Target Connection - 2026-03-01T09:30:01.456Z',
  },
  mappingSet: { ...byAepp.mappingSet, name: 'New Mapping Set - 2026-03-01' },
  flow: {
    ...byAepp.flow,
    name: 'Orders of the day',
    description: 'Made in the UI',
    options: { isSampleDataflow: false, errorDiagnosticsEnabled: true, partialIngestionPercent: '10' },
    scheduleParams: { startTime: '1893456000', frequency: 'day', interval: '1', backfill: 'true' },
  },
};

/** The parts that these bodies make, as AEP answers them. */
export function partsMadeBy(bodies: Bodies, own: ResourceIds = {}): WholeParts {
  const all = { ...ids, ...own };
  const referring: Bodies = {
    ...bodies,
    flow: {
      ...bodies.flow,
      sourceConnectionIds: [all.sourceConnection],
      targetConnectionIds: [all.targetConnection],
    },
  };
  const parts: WholeParts = {};
  for (const [kind, body] of Object.entries(referring) as [Kind, JsonObject][]) {
    // What the body says of the state counts here.
    const { state } = body;
    const answer = { ...answerFor(kind, body, all[kind]), ...(state === undefined ? {} : { state }) };
    parts[kind] = { ...resources[kind].observe(answer), answer };
  }
  return parts;
}
