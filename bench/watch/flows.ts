import type { Aep } from '../../src/aep/aep.ts';

const bigQuery = { id: '3c9b37f8-13a6-43d8-bad3-b863b941fedd', version: '1.0' };
const dataLake = { id: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', version: '1.0' };
const schema = 'https://ns.adobe.com/emulator/schemas/52b59140414aa6a370ef5e21155fd7a686744b8739ecc168';
const atOnce = 20;

/** Makes hourly flows that share what they are made of; their runs are due evenly over the hour. Answers their ids. */
export async function makeFlows(aep: Aep, sandbox: string, count: number): Promise<string[]> {
  const call = { sandbox };
  const { flowService, dataPrep } = aep;
  const source = await flowService.sourceConnections.create(call, {
    name: 'Orders source',
    baseConnectionId: '6990abad-977d-41b9-a85d-17ea8cf1c0e4',
    data: { format: 'tabular' },
    params: {
      tableName: 'test1.Mytable',
      columns: [{ name: 'TestID', type: 'string', xdm: { type: 'string' } }],
    },
    connectionSpec: bigQuery,
  });
  const target = await flowService.targetConnections.create(call, {
    name: 'Orders target',
    data: { schema: { id: schema, version: 'application/vnd.adobe.xed-full+json;version=1' } },
    params: { dataSetId: '6019e0e7c5dcf718db5ebc71' },
    connectionSpec: dataLake,
  });
  const mapping = await dataPrep.mappingSets.create(call, {
    version: 0,
    xdmSchema: schema,
    xdmVersion: '1.0',
    mappings: [{ sourceType: 'ATTRIBUTE', source: 'TestID', destination: '_id' }],
  });
  const make = async (index: number) => {
    const startTime = Math.ceil(Date.now() / 1000) + 60 + Math.floor((index / count) * 3_600);
    const { id } = await flowService.flows.create(call, {
      name: `Orders ${index}`,
      flowSpec: { id: '14518937-270c-4525-bdec-c2ba7cce3860', version: '1.0' },
      sourceConnectionIds: [source.id],
      targetConnectionIds: [target.id],
      transformations: [
        { name: 'Copy', params: { deltaColumn: { name: 'TestID' } } },
        { name: 'Mapping', params: { mappingId: mapping.id, mappingVersion: 0 } },
      ],
      scheduleParams: { startTime, frequency: 'hour', interval: 1, backfill: true },
    });
    return id;
  };
  return inBatches(count, make);
}

/** Does something for each number below `count`, twenty at a time. */
export async function inBatches<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (let next = 0; next < count; next += atOnce) {
    const length = Math.min(atOnce, count - next);
    done.push(...(await Promise.all(Array.from({ length }, (_, index) => work(next + index)))));
  }
  return done;
}
