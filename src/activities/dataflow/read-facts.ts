import { ApplicationFailure, activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { flowSpecProblems } from '../../definition/flow-spec.ts';
import type { FailureType } from '../../failure-types.ts';
import type { AskedOfSource } from '../../explore/asked-of-source.ts';
import type { SourceAnswer } from '../../explore/source-answer.ts';
import type { RecalledFacts } from '../../plan/facts-of.ts';
import type { BaseConnection, FlowSpecAnswer } from '../../plan/reads.ts';
import type { FlowSettings } from '../../resources/flow.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { failure, isTooLate, pauseMs } from '../aep-failures.ts';
import type { Part } from '../../xdm/judge.ts';
import type { Dependencies } from '../dependencies.ts';
import { createSourceChecks } from '../source/check-source.ts';
import { remembered } from '../remembered.ts';
import { glanceBack, type LookBack } from './look-back.ts';
import { createFieldReads } from './read-fields.ts';
import { beating } from '../attempt.ts';
import { leave } from '../memory.ts';

export interface FlowSpecRequest {
  sandbox: string;
  /** Such as `CRMToAEP`. */
  name: string;
  /** What of the flow the flow spec has a say in. */
  settings: FlowSettings;
  giveUpAfterMs?: number;
}

export interface BaseConnectionRequest {
  sandbox: string;
  id: string;
  /** Whether to wait while AEP is initializing it, which takes about a minute and a half for some sorts of credentials. */
  waits?: boolean;
  /** Whether what was read a minute ago will do: of what connector it is never changes. */
  mayBeKnown?: boolean;
  giveUpAfterMs?: number;
}

export interface RowsRequest {
  sandbox: string;
  datasetId: string;
}

export interface RecallRequest {
  flowSpec: Pick<FlowSpecRequest, 'sandbox' | 'name' | 'settings'>;
  baseConnection?: Pick<BaseConnectionRequest, 'sandbox' | 'id'>;
  /** What gives the schema its fields, and the destinations of the mapping. */
  fields?: { sandbox: string; parts: Pick<Part, 'kind' | 'id'>[]; paths: string[] };
  /** What the source would be asked, and of which sandbox. */
  source?: { sandbox: string; asked: AskedOfSource };
  /** When the run asked, by the server's clock. Epoch milliseconds. Absent: it need not know what ran before. */
  lookBackAt?: number;
}

/** What can be told without a call to AEP. What is absent has to be read. */
export interface Recalled extends RecalledFacts {
  source?: SourceAnswer;
  lookBack?: LookBack;
}

/** Flow specs change with Adobe's releases, base connections with a user's hand. Milliseconds. */
const flowSpecAgeMs = 10 * 60_000;
const baseConnectionAgeMs = 60_000;

/** The reads before the first create. What they answer is kept for a while: a thousand dataflows ask for the same few. */
export function createCheckActivities(dependencies: Dependencies) {
  const { flowService } = dependencies.aep;
  const flowSpecs = remembered<JsonObject>(flowSpecAgeMs);
  const baseConnections = remembered<JsonObject>(baseConnectionAgeMs, ({ state }) => state === 'enabled');
  const fieldReads = createFieldReads(dependencies);
  const { knownOfSource, ...sourceChecks } = createSourceChecks(dependencies);
  return {
    ...fieldReads.activities,
    ...sourceChecks,

    async readFlowSpec({ giveUpAfterMs, ...request }: FlowSpecRequest): Promise<FlowSpecAnswer> {
      try {
        const call = { sandbox: request.sandbox, signal: cancellationSignal() };
        const read = () => flowService.findFlowSpec(call, request.name);
        return flowSpecAnswer(
          await beating(() => flowSpecs.read(`${request.sandbox}/${request.name}`, read)),
          request.settings,
        );
      } catch (error) {
        throw failure(error, giveUpAfterMs);
      }
    },

    async readBaseConnection({
      giveUpAfterMs,
      waits,
      mayBeKnown,
      ...request
    }: BaseConnectionRequest): Promise<BaseConnection> {
      let connection: BaseConnection;
      const key = `${request.sandbox}/${request.id}`;
      const known = mayBeKnown ? baseConnections.known(key) : undefined;
      if (known) return baseConnectionAnswer(known);
      try {
        const call = { sandbox: request.sandbox, signal: cancellationSignal() };
        const read = () => flowService.connections.get(call, request.id);
        connection = baseConnectionAnswer(await beating(() => baseConnections.read(key, read)));
      } catch (error) {
        throw failure(error, giveUpAfterMs);
      }
      if (waits && connection?.state === 'initializing') throw notEnabledYet(request.id, giveUpAfterMs);
      return connection;
    },

    /** Whether a dataset holds rows. */
    async readRows({ sandbox, datasetId }: RowsRequest): Promise<boolean> {
      try {
        const call = { sandbox, signal: cancellationSignal() };
        return await beating(() => dependencies.aep.catalog.holdsRows(call, datasetId));
      } catch (error) {
        throw failure(error);
      }
    },

    /** What the reads above know, from memory alone, and what ran before. For a local activity: it is done within a tenth of a second. */
    async recall({ flowSpec, baseConnection, fields, source, lookBackAt }: RecallRequest): Promise<Recalled> {
      const spec = flowSpecs.known(`${flowSpec.sandbox}/${flowSpec.name}`);
      const connection =
        baseConnection && baseConnections.known(`${baseConnection.sandbox}/${baseConnection.id}`);
      const known = fields && fieldReads.known(fields.sandbox, fields.parts, fields.paths);
      const said = source && knownOfSource(source.sandbox, source.asked);
      const lookBack = lookBackAt === undefined ? undefined : await glanceBack(dependencies, lookBackAt);
      return {
        ...(spec ? { flowSpec: flowSpecAnswer(spec, flowSpec.settings) } : {}),
        ...(connection ? { baseConnection: baseConnectionAnswer(connection) } : {}),
        ...(known ? { fields: known } : {}),
        ...(said ? { source: said } : {}),
        ...(lookBack ? { lookBack } : {}),
      };
    },
  };
}

/** The first pauses grow from a second to this. Milliseconds. */
const longestPauseMs = 16_000;

function notEnabledYet(id: string, giveUpAfterMs: number | undefined): ApplicationFailure {
  const nextRetryDelay = Math.min(pauseMs(activityInfo().attempt), longestPauseMs);
  leave({});
  return ApplicationFailure.create({
    type: 'Unavailable' satisfies FailureType,
    message: `The base connection ${id} is initializing: AEP has not enabled it yet`,
    nonRetryable: isTooLate(nextRetryDelay, giveUpAfterMs),
    nextRetryDelay,
    category: ApplicationFailureCategory.BENIGN,
  });
}

export function flowSpecAnswer(spec: JsonObject | undefined, settings: FlowSettings): FlowSpecAnswer {
  if (!spec) return null;
  const { id, version } = spec as unknown as { id: string; version?: string };
  return { id, version: version ?? '1.0', problems: flowSpecProblems(spec, settings) };
}

export function baseConnectionAnswer(connection: JsonObject | undefined): BaseConnection {
  if (!connection) return null;
  const { state, connectionSpec } = connection as { state?: string; connectionSpec?: { id?: string } };
  return {
    ...(state ? { state } : {}),
    ...(connectionSpec?.id ? { connectionSpecId: connectionSpec.id } : {}),
  };
}
