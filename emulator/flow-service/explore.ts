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
    throw flowError('1413-400', `The connection spec ${specId} can't be explored.`);
  const objectType = query('objectType')?.toLowerCase();
  if (objectType === undefined) throw flowError('CONNECTOR-1334-400', 'The parameter objectType is missing.');
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
  const object = query('object');
  if (object === undefined || object === '')
    throw flowError('CONNECTOR-1335-400', 'The parameter object is missing.');
  if (objectType === 'table') {
    const table = tablesOf(connector.family).find(({ path }) => path === object);
    if (table === undefined)
      throw flowError('CONNECTOR-1330-400', `No columns were found for the table ${object}.`);
    return described(table.columns, preview);
  }
  if (objectType === 'file') {
    if (query('fileType') === undefined)
      throw flowError('CONNECTOR-1336-400', 'The parameter fileType is missing.');
    return described(fileColumns, preview);
  }
  if (objectType === 'rest') return described(fileColumns, true);
  throw flowError('CONNECTOR-1337-400', `The objectType ${objectType} is not valid.`);
}
