import { cancellationSignal } from '@temporalio/activity';
import { flowSpecProblems } from '../definition/flow-spec.ts';
import type { Problem } from '../definition/problems.ts';
import type { FlowSettings } from '../resources/flow.ts';
import type { JsonObject } from '../resources/resource.ts';
import { failure } from './failures.ts';
import type { Dependencies } from './dependencies.ts';
import { beating } from './send.ts';

export interface FlowSpecRequest {
  sandbox: string;
  /** Such as `CRMToAEP`. */
  name: string;
  /** What of the flow the flow spec has a say in. */
  settings: FlowSettings;
  giveUpAfterMs?: number;
}

/** The flow spec's id, and what it does not allow. Null where AEP has no flow spec of that name. */
export type FlowSpecAnswer = { id: string; version: string; problems: Problem[] } | null;

export interface BaseConnectionRequest {
  sandbox: string;
  id: string;
  giveUpAfterMs?: number;
}

/** A base connection, as far as a source connection depends on it. Null where there is none. */
export type BaseConnection = { state?: string; connectionSpecId?: string } | null;

/** Flow specs change with Adobe's releases, base connections with a user's hand. Milliseconds. */
const flowSpecAgeMs = 10 * 60_000;
const baseConnectionAgeMs = 60_000;

/** The reads before the first create. What they answer is kept for a while: a thousand dataflows ask for the same few. */
export function createCheckActivities({ aep }: Dependencies) {
  const flowSpecs = remembered<JsonObject>(flowSpecAgeMs);
  const baseConnections = remembered<JsonObject>(baseConnectionAgeMs);
  return {
    async readFlowSpec({ sandbox, name, settings, giveUpAfterMs }: FlowSpecRequest): Promise<FlowSpecAnswer> {
      try {
        const call = { sandbox, signal: cancellationSignal() };
        const spec = await beating(() =>
          flowSpecs(`${sandbox}/${name}`, () => aep.flowService.findFlowSpec(call, name)),
        );
        if (!spec) return null;
        const { id, version } = spec as unknown as { id: string; version?: string };
        return {
          id,
          version: version ?? '1.0',
          problems: flowSpecProblems(spec, settings),
        };
      } catch (error) {
        throw failure(error, giveUpAfterMs);
      }
    },

    async readBaseConnection({ sandbox, id, giveUpAfterMs }: BaseConnectionRequest): Promise<BaseConnection> {
      try {
        const call = { sandbox, signal: cancellationSignal() };
        const usable = (connection: JsonObject) => connection['state'] === 'enabled';
        const connection = await beating(() =>
          baseConnections(`${sandbox}/${id}`, () => aep.flowService.connections.get(call, id), usable),
        );
        if (!connection) return null;
        const { state, connectionSpec } = connection as { state?: string; connectionSpec?: { id?: string } };
        return {
          ...(state ? { state } : {}),
          ...(connectionSpec?.id ? { connectionSpecId: connectionSpec.id } : {}),
        };
      } catch (error) {
        throw failure(error, giveUpAfterMs);
      }
    },
  };
}

/** Remembers what was read, but only what is there and worth keeping: a user who has just mended something must not be told otherwise. */
function remembered<Value>(ageMs: number) {
  const kept = new Map<string, { value: Value; until: number }>();
  return async (
    key: string,
    read: () => Promise<Value | undefined>,
    worthKeeping: (value: Value) => boolean = () => true,
  ) => {
    const known = kept.get(key);
    if (known && Date.now() < known.until) return known.value;
    const value = await read();
    if (value && worthKeeping(value)) kept.set(key, { value, until: Date.now() + ageMs });
    else kept.delete(key);
    return value;
  };
}
