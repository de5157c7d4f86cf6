import { ApplicationFailure, activityInfo, cancellationSignal } from '@temporalio/activity';
import { AepError, Rejected } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import { connectionId } from '../../definition/connection.ts';
import { tellProblems } from '../../definition/problems.ts';
import type { FailureType } from '../../failure-types.ts';
import {
  baseConnectionsOfFlow,
  observeConnection,
  withConnectionMark,
  type ConnectionMark,
} from '../../resources/base-connection.ts';
import { textAt } from '../../resources/json.ts';
import type { JsonObject, Operation } from '../../resources/resource.ts';
import { failure, outcomeUnknown, refusal } from '../aep-failures.ts';
import { atMostOnce, beating, stillCounts } from '../attempt.ts';
import { carryOut } from '../carry-out.ts';
import type { Dependencies } from '../dependencies.ts';
import { etagOf, isBusy } from '../flow-actions.ts';
import { readCredentials, type AuthRequest, type Credentials } from './credentials.ts';

/** A base connection that is made or changed. */
export interface ConnectionRequest extends AuthRequest {
  giveUpAfterMs?: number | undefined;
}

export interface CreateConnectionRequest extends ConnectionRequest {
  connectionSpecVersion: string;
  description: string;
  nonce: string;
  /** The run that has looked for it. After a reset that was another one, which may have sent a create since. */
  lookedIn: string;
}

/** One that is there. */
export interface ChangedConnection {
  sandbox: string;
  id: string;
  name: string;
  giveUpAfterMs?: number | undefined;
}

export type TestConnectionRequest = ConnectionRequest & ChangedConnection;

export interface AuthenticateConnectionRequest extends TestConnectionRequest {
  nonce: string;
}

/** What makes, changes, tests and deletes base connections. Each reads the secrets for itself, and keeps none. */
export function createConnectionChanges(dependencies: Dependencies) {
  const { aep, httpTimeoutMs, connectionSecrets } = dependencies;
  const { connections } = aep.flowService;

  async function credentialsFor(request: ConnectionRequest): Promise<Credentials> {
    const { credentials, problems } = await readCredentials(request, connectionSecrets);
    if (credentials) return credentials;
    throw ApplicationFailure.create({
      type: 'InvalidDefinition' satisfies FailureType,
      message: tellProblems(problems),
      details: [{ problems, problemCount: problems.length }],
      nonRetryable: true,
    });
  }

  /** Sends one PATCH, and reads until AEP shows the mark that goes along with it. */
  function change(
    { sandbox, id, name, giveUpAfterMs }: ChangedConnection,
    isDone: (mark: ConnectionMark) => boolean,
    changed: (mark: ConnectionMark) => ConnectionMark,
    { operations = [], secrets }: { operations?: Operation[]; secrets?: string[] } = {},
  ): Promise<true> {
    const connection = connectionId({ sandbox, name });
    const subject = `the base connection "${name}" (${id})`;
    const markOf = (answer: JsonObject): ConnectionMark => {
      const { mark } = observeConnection(answer);
      if (mark?.connection === connection) return mark;
      throw conflict(
        'foreign',
        `The description of ${subject} has lost the mark that says that we made it`,
        id,
      );
    };
    return carryOut<true>(
      {
        subject,
        giveUpAfterMs,
        isBusy,
        read: (call) => connections.get(call, id),
        done: (answer) => isDone(markOf(answer)) || undefined,
        async send(call, answer) {
          const { description } = observeConnection(answer);
          const value = withConnectionMark(description, changed(markOf(answer)));
          const patch = [...operations, { op: 'replace', path: '/description', value } as const];
          await connections.patch({ ...call, secrets }, id, patch, etagOf(answer));
          return undefined;
        },
        gone: () => conflict('missing', `AEP does not show ${subject} any more`, id),
      },
      sandbox,
      dependencies,
    );
  }

  return {
    /** Sends one POST. Whatever does not surely make nothing is `OutcomeUnknown`, and is sent again by nobody who has not looked. */
    async createBaseConnection(request: CreateConnectionRequest): Promise<string> {
      const { sandbox, name, connectionSpecId, connectionSpecVersion, nonce, lookedIn } = request;
      const inDoubt = (why: string, cause?: AepError) =>
        outcomeUnknown(`Nobody knows whether the base connection "${name}" was created: ${why}`, cause);
      if (lookedIn !== activityInfo().workflowExecution!.runId)
        throw inDoubt('another run has looked for it, and may have sent it');
      const { auth, secrets, digest } = await credentialsFor(request);
      const mark = {
        connection: connectionId({ sandbox, name }),
        nonce,
        credentials: digest,
        isTested: false,
      };
      const send = async () => {
        const inTime = await stillCounts(httpTimeoutMs, inDoubt);
        const { id } = await connections.create(
          { sandbox, secrets, ...inTime },
          {
            name,
            description: withConnectionMark(request.description, mark),
            auth,
            connectionSpec: { id: connectionSpecId, version: connectionSpecVersion },
          },
        );
        return id;
      };
      return atMostOnce(send, inDoubt, request.giveUpAfterMs);
    },

    /** Gives AEP the credentials anew: all params, since AEP keeps none of the old ones. */
    async authenticateBaseConnection(request: AuthenticateConnectionRequest): Promise<void> {
      const { nonce } = request;
      const { auth, secrets, digest } = await credentialsFor(request);
      await change(
        request,
        (mark) => mark.nonce === nonce,
        ({ connection }) => ({ connection, nonce, credentials: digest, isTested: false }),
        { operations: [{ op: 'replace', path: '/auth/params', value: auth.params }], secrets },
      );
    },

    /** Has AEP try the credentials that it has. @throws ApplicationFailure `Rejected`, with what the source says of them. */
    async testBaseConnection(request: TestConnectionRequest): Promise<void> {
      const { sandbox, id, giveUpAfterMs } = request;
      const { secrets } = await credentialsFor(request);
      const call: Call = { sandbox, secrets, signal: cancellationSignal() };
      try {
        const passes = await beating(() => aep.flowService.testConnection(call, id));
        if (!passes) throw refused(request, 'it says no more than that');
      } catch (error) {
        if (error instanceof Rejected || (error instanceof AepError && isOfSource(error)))
          throw refused(request, error.message, error);
        throw failure(error, giveUpAfterMs);
      }
    },

    /** Notes in AEP that the credentials that it has have passed its test. */
    async noteTestedCredentials(request: ChangedConnection): Promise<void> {
      await change(
        request,
        ({ isTested }) => isTested,
        (mark) => ({ ...mark, isTested: true }),
      );
    },

    /** Deletes a base connection that no flow loads from. */
    async deleteBaseConnection({
      sandbox,
      id,
      name,
    }: {
      sandbox: string;
      id: string;
      name: string;
    }): Promise<void> {
      const call: Call = { sandbox };
      try {
        await beating(async () => {
          const listed: string[] = [];
          for await (const page of aep.flowService.flowPages(call))
            for (const flow of page)
              if (baseConnectionsOfFlow(flow).includes(id)) listed.push(String(flow['id']));
          // A list still shows for a while what was just deleted.
          const read = await Promise.all(listed.map((flow) => aep.flowService.flows.get(call, flow)));
          const users = read.flatMap((flow) =>
            flow ? `"${textAt(flow, 'name') ?? ''}" (${String(flow['id'])})` : [],
          );
          if (users.length > 0)
            throw conflict(
              'in-use',
              `The base connection "${name}" (${id}) cannot be deleted: flows load from it: ${users.join(', ')}`,
              id,
            );
          await connections.remove(call, id);
        });
      } catch (error) {
        if (error instanceof Rejected && usedCode.test(error.code ?? ''))
          throw conflict(
            'in-use',
            `The base connection "${name}" (${id}) cannot be deleted: ${error.message}`,
            id,
          );
        throw failure(error);
      }
    },
  };
}

/** AEP's own words for a connection that flows use. */
const usedCode = /^FLOW-(1418|1447)-/;

/** A connector says what the source said, whatever the status. */
function isOfSource({ code }: AepError): boolean {
  return code?.startsWith('CONNECTOR-') ?? false;
}

function refused(
  { name, id, auth, field }: TestConnectionRequest,
  why: string,
  cause?: AepError,
): ApplicationFailure {
  const places = Object.entries(auth.params).flatMap(([key, value]) =>
    typeof value === 'object' ? `${value.secret} (${field}.params.${key})` : [],
  );
  const where =
    places.length > 0
      ? `what the worker finds at ${places.join(', ')}, and the other params`
      : `${field}.params`;
  return ApplicationFailure.create({
    type: 'Rejected' satisfies FailureType,
    message: `AEP's test of the base connection "${name}" (${id}) fails: ${why.replace(/\.$/, '')}. Correct ${where}, or let the source take it, and start again`,
    details: [{ ids: [id], ...(cause ? refusal(cause) : {}) }],
    nonRetryable: true,
  });
}

function conflict(reason: 'foreign' | 'in-use' | 'missing', message: string, id: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Conflict' satisfies FailureType,
    message,
    details: [{ reason, ids: [id], differences: [] }],
    nonRetryable: true,
  });
}
