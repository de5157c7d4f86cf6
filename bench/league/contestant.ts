import { setTimeout as sleep } from 'node:timers/promises';
import type { Emulator } from '../../emulator/emulator.ts';
import { servicesOf } from '../../src/activities/services.ts';
import { createAep, type Aep } from '../../src/aep/aep.ts';
import { Rejected, TitleTaken } from '../../src/aep/errors.ts';
import type { Definition } from '../../src/definition/definition.ts';
import { dataflowId } from '../../src/definition/identity.ts';
import { sourceFacts } from '../../src/definition/source-facts.ts';
import { resources } from '../../src/resources/index.ts';
import type { Kind, ResourceIds } from '../../src/resources/kinds.ts';
import type { FlowContext } from '../../src/resources/resource.ts';
import { bounds } from './hits.ts';

/** What a contestant answers for one dataflow. */
export interface Outcome {
  ids: ResourceIds;
  /** What it told of, as being one too many. */
  surplus: { kind: Kind; id: string }[];
  /** How often a person had to look something up in AEP and start it again. */
  humanSteps: number;
}

/** A way to create a dataflow. */
export interface Contestant {
  name: string;
  /** In one sentence. */
  how: string;
  create(input: Record<string, unknown>, definition: Definition): Promise<Outcome>;
  close(): Promise<void>;
}

export type StartContestant = (emulator: Emulator) => Promise<Contestant>;

/** The client that all of them use: it retries nothing but a token that was refused. */
export function aepOf({ url }: Emulator): Aep {
  return createAep({
    apiUrl: url,
    imsUrl: url,
    clientId: 'league',
    clientSecret: 'league',
    orgId: 'league@AdobeOrg',
    scopes: 'openid',
    httpTimeoutMs: bounds.httpTimeoutMs,
  });
}

export const order = [
  'schema',
  'dataset',
  'sourceConnection',
  'targetConnection',
  'mappingSet',
  'flow',
] as const satisfies Kind[];

/** A read can be asked again by anybody. */
export async function contextOf(aep: Aep, definition: Definition): Promise<FlowContext> {
  const name = sourceFacts(definition.source).family.flowSpec;
  for (let left = 10; ; left--) {
    try {
      const { id } = (await aep.flowService.findFlowSpec({ sandbox: definition.sandbox }, name))!;
      return { flowSpec: { id: String(id), version: '1.0' } };
    } catch (error) {
      if (left === 0) throw error;
      await sleep(500);
    }
  }
}

/** One POST. The mark is there to be counted by: only our own way makes use of it. */
export async function post(
  aep: Aep,
  kind: Kind,
  definition: Definition,
  ids: ResourceIds,
  context: FlowContext,
): Promise<string> {
  const mark = { dataflow: dataflowId(definition), nonce: crypto.randomUUID().slice(0, 8) };
  const body = resources[kind].marked(resources[kind].body(definition, ids, context), mark);
  if (kind === 'flow') {
    const startTime = Math.ceil(Date.now() / 1000) + 60;
    Object.assign(body, { scheduleParams: { startTime, ...(body['scheduleParams'] as object) } });
  }
  return (await servicesOf(aep)[kind].create({ sandbox: definition.sandbox }, body)).id;
}

/** What a person finds who looks up why AEP says no: the schema is there, made by the request that seemed lost. */
export function foundByHand(error: unknown): string {
  if (error instanceof TitleTaken && error.existingId) return error.existingId;
  throw error instanceof Rejected ? error : new Error('Nobody knows what to do', { cause: error });
}
