/** Exploring a source: which tables or files there are, the columns of one, and its first rows. */
import type { Connector } from '../data/connectors.ts';
import { flowError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { DataFolder } from '../rows/data-folder.ts';
import { readFilters } from '../rows/filters.ts';
import { findFile, folderEntries, formOf, isNested, readFile } from '../rows/source-files.ts';
import type { FileForm } from '../rows/source-files.ts';
import { filesBehind, hasTables, tablesBehind } from '../rows/sources.ts';
import { columnsOf, textColumns } from '../rows/table.ts';
import type { Column, Row } from '../rows/table.ts';

/** What a request may say of a file, unless AEP is to find it out. */
const fileProperties = ['columnDelimiter', 'encoding', 'compressionType'];

/** Guess: how many rows a preview has. */
const previewed = 10;

type Ask = {
  connector: Connector;
  own: DataFolder | undefined;
  query: (name: string) => string | undefined;
  /** A parameter that has to be there. */
  required: (name: string) => string;
  preview: boolean;
};

function described(columns: Column[], rows: Row[], withData: boolean, format = 'flat'): Json {
  return { format, schema: { columns }, ...(withData ? { data: rows.slice(0, previewed) } : {}) };
}

const saidOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Row filters come as JSON in base64 here, and as they are in a source connection. Guess: which code refuses bad ones. */
function filtered(rows: Row[], columns: Column[], filters: string | undefined): Row[] {
  if (filters === undefined || filters === '') return rows;
  try {
    const read: Json = JSON.parse(Buffer.from(filters, 'base64').toString('utf8'));
    return rows.filter(
      readFilters(
        read,
        columns.map(({ name }) => name),
      ),
    );
  } catch (error) {
    const why = error instanceof SyntaxError ? 'The filters are no JSON in base64.' : saidOf(error);
    throw flowError('CONNECTOR-1304-400', why);
  }
}

async function root({ connector, own }: Ask): Promise<Json> {
  const shown = { canPreview: true, canFetchSchema: true };
  if (hasTables(connector))
    return (await tablesBehind(connector, own)).map(({ name, path }) => ({
      type: 'table',
      name,
      path,
      ...shown,
    }));
  return entries('/', own);
}

async function entries(folder: string, own: DataFolder | undefined): Promise<Json> {
  const found = folderEntries(await filesBehind(own), folder);
  // Guess: the code for a folder that is not there.
  if (found === undefined) throw flowError('CONNECTOR-1330-400', `The folder ${folder} was not found.`);
  return found.map(({ type, name, path }) => {
    const isFile = type === 'file';
    return { type, name, path, canPreview: isFile, canFetchSchema: isFile };
  });
}

async function table({ connector, own, query, required, preview }: Ask): Promise<Json> {
  const object = required('object');
  const found = (await tablesBehind(connector, own)).find(({ path }) => path === object);
  if (found === undefined)
    throw flowError('CONNECTOR-1330-400', `No columns were found for the table ${object}.`);
  return described(found.columns, filtered(found.rows, found.columns, query('filters')), preview);
}

async function file({ own, query, required, preview }: Ask): Promise<Json> {
  const object = required('object');
  const determines = query('determineProperties') === 'true';
  if (!determines) required('fileType');
  else if (fileProperties.some((name) => query(name) !== undefined)) {
    throw flowError(
      'CONNECTOR-1374-400',
      'The determineProperties flag and user-defined properties are not allowed in one request.',
    );
  }
  const found = findFile(await filesBehind(own), object);
  // Guess: the code for a file that is not there, or cannot be read.
  if (found === undefined) throw flowError('CONNECTOR-1330-400', `The file ${object} was not found.`);
  try {
    const said = Object.fromEntries(fileProperties.map((name) => [name, query(name)]));
    const form: FileForm = determines ? formOf(found) : { ...said, format: required('fileType') };
    const records = readFile(found, form);
    // A file of delimited values says no types.
    const columns = form.format === 'delimited' ? textColumns(records.names) : columnsOf(records);
    const { format: fileType, ...properties } = form;
    return {
      ...described(columns, records.rows, preview, isNested(records) ? 'hierarchical' : 'flat'),
      ...(determines ? { properties: { fileType, ...properties } } : {}),
    };
  } catch (error) {
    throw flowError('CONNECTOR-1330-400', saidOf(error));
  }
}

/** What a source of the SDK answers. Guess: that of every one is the same. */
async function rest(): Promise<Json> {
  const found = findFile(await filesBehind(undefined), '/acme/customers.csv');
  const { names, rows } =
    found === undefined ? { names: [], rows: [] } : readFile(found, { format: 'delimited' });
  return described(textColumns(names), rows, true);
}

/** Answers `explore` of a connector from `own` data or the samples; `query` reads a parameter. */
export async function exploreByQuery(
  connector: Connector | undefined,
  query: (name: string) => string | undefined,
  own: DataFolder | undefined,
): Promise<Json> {
  if (connector === undefined)
    throw flowError('CONNECTOR-1336-400', 'Explore is not supported for this connection spec.');
  const objectType = query('objectType')?.toLowerCase() ?? '';
  if (objectType === '') throw flowError('CONNECTOR-1334-400', 'The query param objectType cannot be empty.');
  const required = (name: string): string => {
    const value = query(name) ?? '';
    if (value === '')
      throw flowError('CONNECTOR-1337-400', `The ${name} cannot be empty for objectType=${objectType}.`);
    return value;
  };
  const ask: Ask = { connector, own, query, required, preview: query('preview') === 'true' };
  switch (objectType) {
    case 'root':
      return root(ask);
    case 'folder':
      return hasTables(connector) ? root(ask) : entries(required('object'), own);
    case 'table':
      return table(ask);
    case 'file':
      return file(ask);
    case 'rest':
      return rest();
    default:
      throw flowError('CONNECTOR-1358-400', `The objectType ${objectType} is not valid.`);
  }
}
