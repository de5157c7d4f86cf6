import { cancellationSignal } from '@temporalio/activity';
import type { Aep } from '../../aep/aep.ts';
import { Rejected, Unavailable, UnknownSandbox } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import { judgedBySpec, type AskedOfSpec, type Judged } from '../../definition/connection-spec.ts';
import type { DescriptorsAnswer, KeyAnswer } from '../../plan/reads.ts';
import { objectsAt, textAt } from '../../resources/json.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { remembered } from '../remembered.ts';

export interface SourceRequest {
  sandbox: string;
  id: string;
  giveUpAfterMs?: number;
}

export interface ConnectionSpecRequest extends SourceRequest {
  /** What of the source the connection spec has a say in. */
  asked: AskedOfSpec;
}

/** Connection specs change with Adobe's releases. Milliseconds. */
const specAgeMs = 10 * 60_000;

/** What is read only for sources that have to do with it: see `plan/source-checks.ts`. */
export function createSourceReads({ aep }: Dependencies) {
  const specs = remembered<JsonObject>(specAgeMs);
  const reading = async <Answer>(
    { sandbox, giveUpAfterMs }: SourceRequest,
    read: (call: Call) => Promise<Answer>,
  ): Promise<Answer> => {
    try {
      return await beating(() => read({ sandbox, signal: cancellationSignal() }));
    } catch (error) {
      throw failure(error, giveUpAfterMs);
    }
  };
  return {
    readConnectionSpec: (request: ConnectionSpecRequest): Promise<Judged | null> =>
      reading(request, async (call) => {
        const { sandbox, id, asked } = request;
        const spec = await specs.read(`${sandbox}/${id}`, () => aep.flowService.connectionSpec(call, id));
        return spec ? judgedBySpec(spec, asked) : null;
      }),

    readEncryptionKey: (request: SourceRequest): Promise<KeyAnswer> =>
      reading(request, (call) => keyAnswer(aep, call, request.id)),

    readDescriptors: (request: SourceRequest): Promise<DescriptorsAnswer> =>
      reading(request, (call) => descriptorsAnswer(aep, call, request.id)),
  };
}

/** Who may load encrypted files need not be allowed to read keys: AEP does not tell, then, and refuses the flow if need be. */
export async function keyAnswer(aep: Aep, call: Call, publicKeyId: string): Promise<KeyAnswer> {
  try {
    const seconds = await aep.connectors.keyExpiry(call, publicKeyId);
    if (seconds === undefined) return null;
    return { endsAt: seconds * 1000, leftMs: seconds * 1000 - aep.now() };
  } catch (error) {
    if (error instanceof Rejected && !(error instanceof UnknownSandbox)) return {};
    if (error instanceof Unavailable && error.code === 'UNREADABLE') return {};
    throw error;
  }
}

export async function descriptorsAnswer(aep: Aep, call: Call, schemaId: string): Promise<DescriptorsAnswer> {
  const schema = await aep.schemaRegistry.schemas.described(call, schemaId);
  if (!schema) return null;
  const bases = [schema['meta:behaviorType'], schema['meta:extends']].flat().map(String);
  return {
    types: objectsAt(schema, 'meta:descriptors').map((one) => textAt(one, '@type') ?? ''),
    isTimeSeries: bases.some((one) => one.endsWith('time-series')),
  };
}
