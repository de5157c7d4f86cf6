/** Requests of the databases tutorial, with what a test wants different. */
import type { Client, Json } from './client.ts';

export const crmToAep = '14518937-270c-4525-bdec-c2ba7cce3860';
export const dataLake = 'c604ff05-7f1a-43c0-8e18-33bf874cb11c';
export const bigQuery = {
  baseConnectionId: '6990abad-977d-41b9-a85d-17ea8cf1c0e4',
  specId: '3c9b37f8-13a6-43d8-bad3-b863b941fedd',
};
export const databasesSchema =
  'https://ns.adobe.com/emulator/schemas/52b59140414aa6a370ef5e21155fd7a686744b8739ecc168';
export const databasesDataSet = '6019e0e7c5dcf718db5ebc71';

export function sourceConnection(change: object = {}): object {
  return {
    name: 'Database source connection',
    baseConnectionId: bigQuery.baseConnectionId,
    description: 'Database source connection',
    data: { format: 'tabular' },
    params: {
      tableName: 'test1.Mytable',
      columns: [
        { name: 'TestID', type: 'string', xdm: { type: 'string' } },
        { name: 'Name', type: 'string', xdm: { type: 'string' } },
        {
          name: 'Datefield',
          type: 'string',
          'meta:xdmType': 'date-time',
          xdm: { type: 'string', format: 'date-time' },
        },
      ],
    },
    connectionSpec: { id: bigQuery.specId, version: '1.0' },
    ...change,
  };
}

export function targetConnection(change: object = {}): object {
  return {
    name: 'Database target connection',
    description: 'Database target connection',
    data: { schema: { id: databasesSchema, version: 'application/vnd.adobe.xed-full+json;version=1' } },
    params: { dataSetId: databasesDataSet },
    connectionSpec: { id: dataLake, version: '1.0' },
    ...change,
  };
}

export function mappingSet(change: object = {}): object {
  const mapping = (sourceAttribute: string, destinationXdmPath: string): object => ({
    destinationXdmPath,
    sourceAttribute,
    identity: false,
    identityGroup: null,
    namespaceCode: null,
    version: 0,
  });
  return {
    version: 0,
    xdmSchema: databasesSchema,
    xdmVersion: '1.0',
    id: null,
    mappings: [
      mapping('TestID', '_id'),
      mapping('Name', 'person.name.fullName'),
      mapping('Datefield', 'person.birthDate'),
    ],
    ...change,
  };
}

export type Parts = { sourceId: string; targetId: string; mappingId: string };

/** Source connection, target connection and mapping set of a flow. */
export async function makeParts(client: Client): Promise<Parts> {
  const [source, target, mapping] = await Promise.all([
    client.post('/flowservice/sourceConnections', sourceConnection()),
    client.post('/flowservice/targetConnections', targetConnection()),
    client.post('/conversion/mappingSets', mappingSet()),
  ]);
  return { sourceId: source.body.id, targetId: target.body.id, mappingId: mapping.body.id };
}

/** `startTime` is epoch seconds. */
export function flow(
  { sourceId, targetId, mappingId }: Parts,
  startTime: number | string,
  change: Json = {},
): Json {
  const { scheduleParams, transformations, ...rest } = change;
  return {
    name: 'Database dataflow using BigQuery',
    description: 'collecting test1.Mytable',
    flowSpec: { id: crmToAep, version: '1.0' },
    sourceConnectionIds: [sourceId],
    targetConnectionIds: [targetId],
    transformations: transformations ?? [
      {
        name: 'Copy',
        params: { deltaColumn: { name: 'Datefield', dateFormat: 'YYYY-MM-DD', timezone: 'UTC' } },
      },
      { name: 'Mapping', params: { mappingId, mappingVersion: 0 } },
    ],
    scheduleParams: scheduleParams ?? { startTime, frequency: 'minute', interval: '15', backfill: 'true' },
    ...rest,
  };
}

/** A flow that is due a minute from the emulator's now. Answers its id. */
export async function makeFlow(client: Client, nowMs: number, change: Json = {}): Promise<string> {
  const answer = await client.post(
    '/flowservice/flows',
    flow(await makeParts(client), Math.floor(nowMs / 1000) + 60, change),
  );
  if (answer.status !== 201) throw new Error(`The flow was refused: ${JSON.stringify(answer.body)}`);
  return answer.body.id;
}
