import { createAep, type Aep } from '../../src/aep/aep.ts';
import type { Operation } from '../../src/resources/resource.ts';

/** An AEP client of the test's own, as an administrator would have one. */
export function administrator(url: string): Aep {
  const account = {
    clientId: 'test-admin',
    clientSecret: 'secret',
    orgId: 'TEST@AdobeOrg',
    scopes: 'openid',
  };
  return createAep({ apiUrl: url, imsUrl: url, httpTimeoutMs: 5_000, ...account });
}

const bigQuery = { id: '3c9b37f8-13a6-43d8-bad3-b863b941fedd', version: '1.0' };
const dataLake = { id: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', version: '1.0' };
const schema = 'https://ns.adobe.com/emulator/schemas/52b59140414aa6a370ef5e21155fd7a686744b8739ecc168';
const dataSetId = '6019e0e7c5dcf718db5ebc71';

export interface FlowRequest {
  sandbox?: string;
  name?: string;
  description?: string;
  /** AEP's `scheduleParams`. Default: every hour, a minute after `now`. */
  schedule?: Record<string, unknown>;
  /** Epoch milliseconds of AEP's clock. Default: this machine's. */
  now?: number;
  /** Default: its own. */
  ends?: Ends;
}

/** What flows are made of. */
export type Ends = Record<'source' | 'target' | 'mapping', { id: string }>;

/** Makes what flows are made of, of what the emulator has from the start. */
export async function makeEnds({ flowService, dataPrep }: Aep, sandbox: string): Promise<Ends> {
  const call = { sandbox };
  const [source, target, mapping] = await Promise.all([
    flowService.sourceConnections.create(call, {
      name: 'Orders source',
      baseConnectionId: '6990abad-977d-41b9-a85d-17ea8cf1c0e4',
      data: { format: 'tabular' },
      params: {
        tableName: 'test1.Mytable',
        columns: [{ name: 'TestID', type: 'string', xdm: { type: 'string' } }],
      },
      connectionSpec: bigQuery,
    }),
    flowService.targetConnections.create(call, {
      name: 'Orders target',
      data: { schema: { id: schema, version: 'application/vnd.adobe.xed-full+json;version=1' } },
      params: { dataSetId },
      connectionSpec: dataLake,
    }),
    dataPrep.mappingSets.create(call, {
      version: 0,
      xdmSchema: schema,
      xdmVersion: '1.0',
      mappings: [{ sourceType: 'ATTRIBUTE', source: 'TestID', destination: '_id' }],
    }),
  ]);
  return { source, target, mapping };
}

/** When a run was made, began and ended that ended a moment before `now`. Epoch milliseconds. */
export function justEnded(now: number) {
  return { createdAt: now - 9_000, startedAt: now - 9_000, completedAt: now - 1 };
}

/** Makes a flow that no dataflow of ours has anything to do with. Answers its id. */
export async function makeFlow(aep: Aep, request: FlowRequest = {}): Promise<string> {
  const { sandbox = 'prod', name = 'Orders', description = '', now = Date.now() } = request;
  const { source, target, mapping } = request.ends ?? (await makeEnds(aep, sandbox));
  const startTime = Math.ceil(now / 1000) + 60;
  const { id } = await aep.flowService.flows.create(
    { sandbox },
    {
      name,
      description,
      flowSpec: { id: '14518937-270c-4525-bdec-c2ba7cce3860', version: '1.0' },
      sourceConnectionIds: [source.id],
      targetConnectionIds: [target.id],
      transformations: [
        ...(request.schedule?.['frequency'] === 'once'
          ? []
          : [{ name: 'Copy', params: { deltaColumn: { name: 'TestID' } } }]),
        { name: 'Mapping', params: { mappingId: mapping.id, mappingVersion: 0 } },
      ],
      scheduleParams: request.schedule ?? { startTime, frequency: 'hour', interval: 1, backfill: true },
    },
  );
  return id;
}

/** Deletes a flow and then its source connection, as long as they are there: only then is it surely gone. */
export async function removeFlow({ flowService }: Aep, flowId: string, sandbox = 'prod'): Promise<void> {
  const flow = await flowService.flows.get({ sandbox }, flowId);
  if (!flow) return;
  await flowService.flows.remove({ sandbox }, flowId);
  const [source] = flow['sourceConnectionIds'] as string[];
  await flowService.sourceConnections.remove({ sandbox }, source!);
}

/** Somebody who has nothing to do with the worker changes a flow: its interval, unless other operations are given. */
export async function changedByOthers(
  { flowService }: Aep,
  { sandbox = 'prod', flowId }: { sandbox?: string; flowId: string },
  operations: Operation[] = [{ op: 'replace', path: '/scheduleParams/interval', value: 45 }],
): Promise<void> {
  const flow = await flowService.flows.get({ sandbox }, flowId);
  await flowService.flows.patch({ sandbox }, flowId, operations, String(flow!['etag']));
}
