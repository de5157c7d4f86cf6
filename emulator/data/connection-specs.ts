/**
 * The connection specs as `GET /connectionSpecs` answers them: JSON Schemas of what a connector wants to sign in, of
 * the params of a source connection, and of what can be explored. Recorded answers show their form.
 */
import { connectors, dataLakeSpecId } from './connectors.ts';
import type { Connector } from './connectors.ts';
import { sourcesProviderId } from './flow-specs.ts';
import type { JsonObject } from '../json.ts';

const draft7 = 'http://json-schema.org/draft-07/schema#';
const text = { type: 'string' };
const flag = { type: 'boolean', default: false };

const object = (properties: JsonObject, required: string[] = []): JsonObject => ({
  $schema: draft7,
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});

function permissions(name: string): JsonObject {
  return {
    view: [{ '@type': 'lowLevel', name, permissions: ['read'] }],
    manage: [{ '@type': 'lowLevel', name, permissions: ['write'] }],
  };
}

/** Guess for the ways to sign in of which no answer is recorded. */
function authType(specName: string, params: string[]): string {
  if (params.includes('refreshToken')) return 'OAuth2.0';
  if (/connection ?string/i.test(specName)) return 'ConnectionString';
  if (/^basic/i.test(specName)) return 'BasicAuthentication';
  if (/oauth/i.test(specName)) return 'OAuth2.0';
  if (/anonymous/i.test(specName)) return 'Anonymous';
  if (/service principal/i.test(specName)) return 'servicePrincipalAuthentication';
  return 'KeyBased';
}

const authSpec = ({ specName, params, optional, secrets }: Connector['auth'][number]): JsonObject => ({
  name: specName,
  type: authType(specName, params),
  spec: object(
    Object.fromEntries(
      [...params, ...optional].map((name) => [
        name,
        secrets.includes(name) ? { ...text, format: 'password' } : text,
      ]),
    ),
    params,
  ),
});

const column = {
  type: 'object',
  properties: { name: text, type: text, meta: { type: 'object' } },
  required: ['name', 'type'],
};
const tableParams = object({ tableName: text, columns: { type: 'array', items: column } }, [
  'tableName',
  'columns',
]);
const fileParams = object({ path: text, recursive: flag }, ['path']);

const entries = {
  $schema: draft7,
  type: 'array',
  items: {
    type: 'object',
    properties: { type: text, name: text, path: text, canPreview: flag, canFetchSchema: flag },
  },
};
const described = object({
  format: text,
  schema: { type: 'object', properties: { columns: { type: 'array', items: column } } },
  data: { type: 'array', items: { type: 'object' } },
});

// `if` and `then` are keywords of JSON Schema.
/* oxlint-disable unicorn/no-thenable */
const given = (objectType: string, properties: JsonObject, required: string[]): JsonObject => ({
  if: { properties: { objectType: { enum: [objectType] } } },
  then: { properties, required },
});
/* oxlint-enable unicorn/no-thenable */

const exploreTables: JsonObject = {
  name: 'Tabular',
  type: 'Tabular',
  requestSpec: {
    ...object({ objectType: { ...text, enum: ['table', 'root'] } }),
    allOf: [given('table', { object: text, preview: flag }, ['object'])],
  },
  responseSpec: { root: entries, table: described },
};

const exploreFiles = (formats: string[]): JsonObject => ({
  name: 'FileSystem',
  type: 'FileSystem',
  requestSpec: {
    ...object({ objectType: { ...text, enum: ['file', 'folder', 'root'] } }),
    allOf: [
      given('file', { object: text, fileType: { ...text, enum: formats }, preview: flag }, [
        'object',
        'fileType',
      ]),
      given('folder', { object: text }, ['object']),
    ],
  },
  responseSpec: {
    root: entries,
    folder: entries,
    file: Object.fromEntries(formats.map((format) => [format, described])),
  },
});

const categories: Record<string, string> = {
  database: 'Database / NoSQL',
  crm: 'CRM',
  'customer-success': 'CRM',
  protocols: 'CRM',
  'cloud-storage': 'Cloud Storage',
  streaming: 'Streaming',
};

/** What the page on filters shows of BigQuery; of the others it only says that they can. */
const filterAtSource: Record<string, JsonObject> = {
  'google-big-query': {
    enabled: true,
    queryLanguage: 'SQL',
    logicalOperators: ['and', 'or', 'not'],
    comparisonOperators: ['=', '!=', '<', '<=', '>', '>=', 'like', 'in'],
    columnNameEscapeChar: '`',
    valueEscapeChar: "'",
  },
  ...Object.fromEntries(
    ['amazon-redshift', 'snowflake', 'dynamics-online', 'salesforce', 'marketo'].map((name) => [
      name,
      { enabled: true },
    ]),
  ),
};

function specOf({ specId, aepName, family, formats, auth }: Connector): JsonObject {
  const isTables = formats.includes('tabular');
  const filters = filterAtSource[aepName];
  return {
    id: specId,
    name: aepName,
    providerId: sourcesProviderId,
    version: '1.0',
    authSpec: auth.map(authSpec),
    // Guess for streams: their params differ from one to the next.
    sourceSpec: {
      spec: isTables ? tableParams : formats.includes('delimited') ? fileParams : object({}),
      attributes: { uiAttributes: { isSource: true, category: { key: family } } },
    },
    exploreSpec: isTables ? exploreTables : exploreFiles(formats),
    attributes: {
      // Guess where no answer is recorded: the family.
      category: categories[family] ?? family,
      isSource: true,
      uiAttributes: { apiFeatures: { explorePaginationSupported: false } },
      ...(filters === undefined ? {} : { filterAtSource: filters }),
    },
    permissionsInfo: permissions('EnterpriseSource'),
  };
}

const dataLake: JsonObject = {
  id: dataLakeSpecId,
  name: 'datalake',
  providerId: sourcesProviderId,
  version: '1.0',
  sourceSpec: {
    spec: object({ datasets: { type: 'array', items: object({ dataSetId: text }, ['dataSetId']) } }, [
      'datasets',
    ]),
  },
  targetSpec: { spec: object({ dataSetId: text }, ['dataSetId']) },
  attributes: { category: 'Adobe Solutions' },
  permissionsInfo: permissions('Dataset'),
};

const formatsOf: Record<string, Connector['formats']> = {
  Tabular: ['tabular', 'parquet_xdm'],
  FileSystem: ['delimited', 'json', 'parquet'],
};

/** What a connection spec comes down to that none of Adobe's pages knows. */
export function connectorOf(spec: JsonObject): Connector {
  const holds = String(spec.exploreSpec?.type ?? 'Tabular');
  const name = String(spec.name ?? spec.id);
  return {
    specId: String(spec.id),
    name,
    aepName: name,
    family: 'others',
    flowSpec: holds === 'FileSystem' ? 'CloudStorageToAEP' : 'CRMToAEP',
    formats: formatsOf[holds] ?? [],
    auth: (spec.authSpec ?? []).map((one: JsonObject) => {
      const params = Object.keys(one.spec?.properties ?? {});
      const required: string[] = one.spec?.required ?? [];
      return {
        specName: String(one.name),
        params: required,
        optional: params.filter((name) => !required.includes(name)),
        secrets: [],
      };
    }),
  };
}

export const connectionSpecs: JsonObject[] = [...connectors.map(specOf), dataLake];
