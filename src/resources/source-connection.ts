import { givenConnection } from '../definition/connection.ts';
import { connectorNameOf } from '../definition/connectors.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import type { Source } from '../definition/source.ts';
import { columnTypes, explored, shortColumnKeys, type Column } from '../families/columns.ts';
import type { SourceFormat } from '../families/family.ts';
import { askedBy, describedIn, describedResource, description } from './described-resource.ts';
import { differences, notAsked, type Difference } from './differences.ts';
import { isObject } from '../definition/plain-json.ts';
import { objectAt, objectsAt, textAt } from './json.ts';
import { descriptionBack, nameBack, orNothing, valueBack } from './read-back.ts';
import { flowServiceRecords, without, withoutUsualState } from './records.ts';
import { idOf, type JsonObject } from './resource.ts';

export const sourceConnection = describedResource({
  kind: 'sourceConnection',
  title: 'source connection',
  needs: ['adHocSchema'],
  keepsInUse: true,
  makesRoom: true,
  name: (definition) => definition.source.name ?? definition.name,
  body: ({ name, description: shared, source }, ids) => {
    const { family, connectionSpec } = sourceFacts(source);
    return {
      name: source.name ?? name,
      ...description(source.description, shared),
      ...(source.baseConnectionId === undefined ? {} : { baseConnectionId: source.baseConnectionId }),
      data: family.data(source, source.adHocSchema && idOf(ids, 'adHocSchema')),
      params: { ...family.params(source), ...(source.cdcEnabled ? { cdcEnabled: true } : {}) },
      connectionSpec,
    };
  },
  fields: (object) => ({
    baseConnectionId: object['baseConnectionId'],
    data: withoutVersion(object['data']),
    params: byName(object['params']),
    connectionSpec: { id: objectAt(object, 'connectionSpec')['id'] },
  }),
  compare: (wanted, found) => [
    ...differences(wanted, found),
    ...columnsTooMany(wanted, found),
    ...notAsked(objectAt(wanted, 'params'), objectAt(found, 'params'), 'params', isOurs),
    ...notAsked(propertiesOf(wanted), propertiesOf(found), 'data.properties', isOwnProperty),
  ],
  besides: (wanted, found) => [
    ...notAsked(objectAt(wanted, 'params'), namesOfColumns(found), 'params', (key) => !isOurs(key)),
    ...notAsked(
      propertiesOf(wanted),
      propertiesOf(found),
      'data.properties',
      (key) => !Object.hasOwn(propertyDefaults, key),
    ),
  ],
  asked: (field, { source }) =>
    askedBy(
      [
        ['name', source.name === undefined ? 'name' : 'source.name'],
        ['description', describedIn('source', source.description)],
        ['params.tableName', 'source.tableName'],
        ['params.path', 'source.path'],
        ['params.columns', 'source.columns'],
        ['params.filters', 'source.filters'],
        ['params.cdcEnabled', 'source.cdcEnabled'],
        ['params', 'source.params'],
        ['data.format', 'source.format'],
        ['data.schema', 'source.adHocSchema'],
        ['data', 'source.data'],
        ['baseConnectionId', givenConnection(source)?.field ?? 'source.baseConnectionId'],
        ['connectionSpec.id', source.connector ? 'source.connector' : 'source.connectionSpec.id'],
      ],
      field,
    ),
  readBack: (whole, of) => {
    const { answer } = whole;
    const { tableName, path, columns, filters, cdcEnabled, ...params } = objectAt(answer, 'params');
    const connector = connectorBack(objectAt(answer, 'connectionSpec'));
    const { format, properties } = objectAt(answer, 'data');
    const { family } = sourceFacts({ ...connector, format: format as SourceFormat });
    return {
      source: {
        ...connector,
        baseConnectionId: answer['baseConnectionId'],
        name: nameBack(whole, of.name),
        description: descriptionBack(whole, of),
        format: family.saysFormat || format !== sourceFacts(connector).format ? format : undefined,
        tableName,
        path,
        // With a path they are not the source connection's to say.
        columns:
          Array.isArray(columns) && columns.length > 0 && tableName !== undefined
            ? columns.map((column: unknown) => (isObject(column) ? shortColumn(column) : column))
            : undefined,
        filters,
        cdcEnabled: valueBack(cdcEnabled) === false ? undefined : valueBack(cdcEnabled),
        params: family.saysFormat ? params : orNothing(params),
        data: properties === undefined ? undefined : { properties },
      },
    };
  },
  // AEP counts a schema up as it grows.
  withoutRecords: (answer) =>
    without(withoutUsualState(answer), [...flowServiceRecords, 'data.schema.version']),
  told: (field, value, { source }) =>
    field === 'connectionSpec.id' && source.connector ? (connectorNameOf(String(value)) ?? value) : value,
  refersTo: (fields) => {
    const adHocSchema = textAt(objectAt(objectAt(fields, 'data'), 'schema'), 'id');
    return adHocSchema === undefined ? {} : { adHocSchema };
  },
});

/**
 * What loads other rows, or other files, than without it. AEP sets none of these by itself, and what others change in a source
 * connection does not reach its flow.
 */
function isOurs(key: string): boolean {
  return ['filters', 'recursive', 'cdcEnabled'].includes(key);
}

/** How AEP takes files where nothing is said. */
const propertyDefaults: JsonObject = { columnDelimiter: ',', encoding: 'UTF-8', compressionType: 'none' };

function isOwnProperty(key: string, value: unknown): boolean {
  if (!Object.hasOwn(propertyDefaults, key)) return false;
  return String(value).toLowerCase() !== String(propertyDefaults[key]).toLowerCase();
}

/** Where no column is asked for, their names are told. */
function namesOfColumns(fields: JsonObject): JsonObject {
  const params = objectAt(fields, 'params');
  return isObject(params['columns']) ? { ...params, columns: Object.keys(params['columns']) } : params;
}

function propertiesOf(fields: JsonObject): JsonObject {
  return objectAt(objectAt(fields, 'data'), 'properties');
}

/** The connector by its name, where it has one here. */
function connectorBack({ id, version = '1.0' }: JsonObject): Pick<Source, 'connector' | 'connectionSpec'> {
  const name = connectorNameOf(String(id));
  if (name !== undefined && version === '1.0') return { connector: name };
  const spec = { id: String(id), version: String(version) };
  return { connectionSpec: version === '1.0' ? { id: spec.id } : spec };
}

/** AEP counts a schema up as it grows, so only its id says which schema it is. */
function withoutVersion(data: unknown): unknown {
  if (!isObject(data) || !isObject(data['schema'])) return data;
  return { ...data, schema: { id: data['schema']['id'] } };
}

/** Columns are known by their names: AEP may list them in another order. */
function byName(params: unknown): unknown {
  if (!isObject(params) || !Array.isArray(params['columns'])) return params;
  const columns = objectsAt(params, 'columns').map((column) => [textAt(column, 'name') ?? '', column]);
  return { ...params, columns: Object.fromEntries(columns) };
}

/** Columns that nobody asked for are loaded too: that is another source. */
function columnsTooMany(wanted: JsonObject, found: JsonObject): Difference[] {
  const asked = objectAt(objectAt(wanted, 'params'), 'columns');
  const there = objectAt(objectAt(found, 'params'), 'columns');
  if (Object.keys(asked).length === 0) return [];
  return Object.keys(there)
    .filter((name) => !Object.hasOwn(asked, name))
    .map((name) => ({ field: `params.columns.${name}`, wanted: undefined, found: there[name] }));
}

/** A column that the explore call answered in its short form, where that says all of it. */
export function shortColumn(column: JsonObject): JsonObject {
  const { name, xdm } = column;
  if (!isObject(xdm)) return column;
  const short: JsonObject = { name, ...xdm };
  const { type, format } = xdm;
  const isShort =
    Object.keys(short).every((key) => shortColumnKeys.includes(key)) &&
    columnTypes.some((one) => one === type) &&
    (format === undefined || type === 'string');
  return isShort && isEqual(explored(short as unknown as Column), column) ? short : column;
}

function isEqual(one: JsonObject, other: JsonObject): boolean {
  return differences(one, other).length + differences(other, one).length === 0;
}
