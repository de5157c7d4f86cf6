import type { Definition } from '../../src/definition/definition.ts';
import { parseDefinition } from '../../src/definition/parse.ts';
import { InvalidDefinitionError, type Problem } from '../../src/definition/problems.ts';

/** A definition that passes without a warning; tests spoil a copy of it. */
export const sample = {
  name: 'orders-from-bigquery',
  sandbox: 'prod',
  source: {
    connector: 'google-bigquery',
    baseConnectionId: '6990abad-977d-41b9-a85d-17ea8cf1c0e4',
    tableName: 'test1.Mytable',
    columns: [
      { name: 'TestID', type: 'string' },
      { name: 'Name', type: 'string' },
      { name: 'Datefield', type: 'string', format: 'date-time' },
    ],
  },
  schema: {
    title: 'Orders',
    class: 'https://ns.adobe.com/xdm/context/profile',
    fieldGroups: ['https://ns.adobe.com/xdm/context/profile-person-details'],
  },
  dataset: { name: 'Orders' },
  mapping: [
    { source: 'TestID', destination: '_id' },
    { source: 'Name', destination: 'person.name.fullName' },
  ],
  deltaColumn: { name: 'Datefield' },
  schedule: { frequency: 'minute', interval: 15, backfill: true },
};

/** The sample in the legacy generation. */
export const legacySample = {
  ...sample,
  source: {
    connector: 'generic-odata',
    baseConnectionId: 'a5c6b647-e784-4b58-86b6-47e784ab580b',
    format: 'parquet_xdm',
    path: 'Orders',
    columns: sample.source.columns,
    adHocSchema: {},
  },
  target: { datasetBaseConnection: {} },
};

/** The sample reading files. */
export const fileSample = {
  ...sample,
  source: {
    connector: 'amazon-s3',
    baseConnectionId: '4c10e202-c428-4796-9208-5f1f5732b1cf',
    format: 'delimited',
    path: '/orders',
    params: { type: 'folder', recursive: true },
    data: { properties: { columnDelimiter: ',' } },
  },
  deltaColumn: undefined,
};

export function problemsOf(input: unknown): Problem[] {
  try {
    parseDefinition(input);
  } catch (error) {
    if (error instanceof InvalidDefinitionError) return error.problems;
    throw error;
  }
  return [];
}

export function fieldsOf(input: unknown): string[] {
  return problemsOf(input).map(({ field }) => field);
}

export function messageAt(input: unknown, field: string): string | undefined {
  return problemsOf(input).find((problem) => problem.field === field)?.message;
}

export function parsed(input: unknown): Definition {
  return parseDefinition(input).definition;
}
