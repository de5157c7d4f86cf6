import { dataLakeSpecId } from '../definition/connectors.ts';
import { askedBy, describedIn, describedResource, description } from './described-resource.ts';
import { defined, objectAt, textAt } from './json.ts';
import { descriptionBack, nameBack, orNothing } from './read-back.ts';
import { flowServiceRecords, without, withoutUsualState } from './records.ts';
import { idOf } from './resource.ts';

const schemaVersion = 'application/vnd.adobe.xed-full+json;version=1';
/** As the legacy pages write it. */
const legacySchemaVersion = `${schemaVersion}.0`;

/** The data lake, whatever some samples send instead: AEP takes no other connection spec for a target. */
export const targetConnection = describedResource({
  kind: 'targetConnection',
  title: 'target connection',
  needs: ['schema', 'dataset', 'datasetBaseConnection'],
  keepsInUse: true,
  makesRoom: true,
  name: (definition) => definition.target?.name ?? definition.name,
  body: ({ name, description: shared, target }, ids) => {
    const legacy = target?.datasetBaseConnection !== undefined;
    return {
      name: target?.name ?? name,
      ...description(target?.description, shared),
      ...(legacy ? { baseConnectionId: idOf(ids, 'datasetBaseConnection') } : {}),
      data: {
        ...(legacy ? { format: 'parquet_xdm' } : {}),
        schema: { id: idOf(ids, 'schema'), version: legacy ? legacySchemaVersion : schemaVersion },
      },
      params: { dataSetId: idOf(ids, 'dataset') },
      connectionSpec: { id: dataLakeSpecId, version: '1.0' },
    };
  },
  fields: (object) => ({
    baseConnectionId: object['baseConnectionId'],
    data: {
      format: objectAt(object, 'data')['format'],
      schema: { id: objectAt(objectAt(object, 'data'), 'schema')['id'] },
    },
    params: { dataSetId: objectAt(object, 'params')['dataSetId'] },
    connectionSpec: { id: objectAt(object, 'connectionSpec')['id'] },
  }),
  readBack: (whole, of) => ({
    target: orNothing({
      name: nameBack(whole, of.name),
      description: descriptionBack(whole, of),
    }),
  }),
  // AEP counts a schema up as it grows.
  withoutRecords: (answer) =>
    without(withoutUsualState(answer), [
      ...flowServiceRecords,
      'connectionSpec.version',
      'data.schema.version',
    ]),
  asked: (field, { target, dataset }) =>
    askedBy(
      [
        ['name', target?.name === undefined ? 'name' : 'target.name'],
        ['description', describedIn('target', target?.description)],
        ['data.schema.id', 'schema'],
        ['data.format', 'target.datasetBaseConnection'],
        ['baseConnectionId', 'target.datasetBaseConnection'],
        ['params.dataSetId', dataset?.id === undefined ? 'dataset' : 'dataset.id'],
      ],
      field,
    ),
  refersTo: (fields) =>
    defined({
      datasetBaseConnection: textAt(fields, 'baseConnectionId'),
      schema: textAt(objectAt(objectAt(fields, 'data'), 'schema'), 'id'),
      dataset: textAt(objectAt(fields, 'params'), 'dataSetId'),
    }),
});
