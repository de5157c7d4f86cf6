import { sourceFacts } from '../definition/source-facts.ts';
import type { Column, Source } from '../definition/source.ts';
import { describedResource, description } from './described-resource.ts';
import { objectAt, textAt } from './json.ts';
import type { ResourceIds } from './kinds.ts';
import { idOf, type JsonObject } from './resource.ts';

/** The version that the tutorials send for an ad-hoc schema. */
export const adHocSchemaVersion = 'application/vnd.adobe.xed-full-notext+json; version=1';

export const sourceConnection = describedResource({
  kind: 'sourceConnection',
  name: (definition) => definition.source.name ?? definition.name,
  body: ({ name, description: shared, source }, ids) => ({
    name: source.name ?? name,
    ...description(source.description, shared),
    ...(source.baseConnectionId === undefined ? {} : { baseConnectionId: source.baseConnectionId }),
    data: data(source, ids),
    params: params(source),
    connectionSpec: sourceFacts(source).connectionSpec,
  }),
  fields: (object) => ({
    baseConnectionId: object['baseConnectionId'],
    data: object['data'],
    params: object['params'],
    connectionSpec: { id: objectAt(object, 'connectionSpec')['id'] },
  }),
  refersTo: (fields) => {
    const adHocSchema = textAt(objectAt(objectAt(fields, 'data'), 'schema'), 'id');
    return adHocSchema === undefined ? {} : { adHocSchema };
  },
});

function data(source: Source, ids: ResourceIds): JsonObject {
  const { format } = sourceFacts(source);
  if (source.adHocSchema)
    return { format, schema: { id: idOf(ids, 'adHocSchema'), version: adHocSchemaVersion } };
  return { format, ...source.data };
}

function params({ tableName, path, columns, filters, params }: Source): JsonObject {
  return {
    ...params,
    ...(tableName === undefined ? {} : { tableName }),
    ...(path === undefined ? {} : { path }),
    // With a path the columns are the ad-hoc class's: the older generation does not send them here.
    ...(columns && tableName !== undefined ? { columns: columns.map(explored) } : {}),
    ...(filters ? { filters } : {}),
  };
}

/** The formats that XDM has types of its own for. */
const xdmTypes = ['date-time', 'date'];

/** A column as the explore call answers it. */
export function explored(column: Column): JsonObject {
  if (column.xdm) return column;
  const { name, type, ...facets } = column;
  const { format } = facets;
  return {
    name,
    type,
    ...(format !== undefined && xdmTypes.includes(format) ? { 'meta:xdmType': format } : {}),
    xdm: { type, ...facets },
  };
}
