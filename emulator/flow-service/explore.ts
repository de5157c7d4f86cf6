/** Exploring a source: which tables or files there are, and the columns of one. */
import { findConnector } from '../data/connectors.ts';
import { tablesOf } from '../data/tables.ts';
import type { Column } from '../data/tables.ts';
import { flowError } from '../errors.ts';
import type { Json } from '../json.ts';

const files = [
  { type: 'folder', name: 'acme', path: '/acme', canPreview: false, canFetchSchema: false },
  {
    type: 'file',
    name: 'customers.csv',
    path: '/acme/customers.csv',
    canPreview: true,
    canFetchSchema: true,
  },
];
const fileColumns: Column[] = [
  { name: 'id', type: 'string', xdm: { type: 'string' } },
  { name: 'firstName', type: 'string', xdm: { type: 'string' } },
  { name: 'lastName', type: 'string', xdm: { type: 'string' } },
];

/** What a request may say of a file, unless AEP is to find it out. */
const fileProperties = ['columnDelimiter', 'encoding', 'compressionType'];

function sample({ name, xdm }: Column): Json {
  if (xdm.type === 'integer') return 1;
  return xdm.format === 'date-time' ? '2024-01-31T12:00:00Z' : `${name} 1`;
}

function described(columns: Column[], withData: boolean): Json {
  const data = [Object.fromEntries(columns.map((column) => [column.name, sample(column)]))];
  return { format: 'flat', schema: { columns }, ...(withData ? { data } : {}) };
}

/** Answers `explore` of a connector; `query` reads a parameter. */
export function exploreByQuery(specId: string, query: (name: string) => string | undefined): Json {
  const connector = findConnector(specId);
  if (connector === undefined)
    throw flowError('CONNECTOR-1336-400', `Explore is not supported for the connection spec ${specId}.`);
  const objectType = query('objectType')?.toLowerCase() ?? '';
  if (objectType === '') throw flowError('CONNECTOR-1334-400', 'The query param objectType cannot be empty.');
  const required = (name: string): string => {
    const value = query(name) ?? '';
    if (value === '')
      throw flowError('CONNECTOR-1337-400', `The ${name} cannot be empty for objectType=${objectType}.`);
    return value;
  };
  const preview = query('preview') === 'true';
  const isTables = connector.formats.includes('tabular');

  if (objectType === 'root' || objectType === 'folder') {
    if (!isTables) return files;
    return tablesOf(connector.family).map(({ name, path }) => ({
      type: 'table',
      name,
      path,
      canPreview: true,
      canFetchSchema: true,
    }));
  }
  if (objectType === 'table') {
    const object = required('object');
    const table = tablesOf(connector.family).find(({ path }) => path === object);
    if (table === undefined)
      throw flowError('CONNECTOR-1330-400', `No columns were found for the table ${object}.`);
    return described(table.columns, preview);
  }
  if (objectType === 'file') {
    required('object');
    required('fileType');
    if (query('determineProperties') === 'true' && fileProperties.some((name) => query(name) !== undefined)) {
      throw flowError(
        'CONNECTOR-1374-400',
        'The determineProperties flag and user-defined properties are not allowed in one request.',
      );
    }
    return described(fileColumns, preview);
  }
  if (objectType === 'rest') return described(fileColumns, true);
  throw flowError('CONNECTOR-1358-400', `The objectType ${objectType} is not valid.`);
}
