import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { Aep } from '../../aep/aep.ts';
import { AepError, Rejected } from '../../aep/errors.ts';
import type { Call } from '../../aep/http.ts';
import type { FailureType } from '../../failure-types.ts';
import { failure, refusal } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { credentialsFor } from './credentials.ts';
import type { ConnectionRequest, ConnectionThere } from './requests.ts';

export type TestConnectionRequest = ConnectionRequest & ConnectionThere;

/** Has AEP try the credentials that it has. @throws ApplicationFailure `Rejected`, with what the source says of them. */
export function testBaseConnectionOf({ aep, connectionSecrets }: Dependencies) {
  return async (request: TestConnectionRequest): Promise<void> => {
    const { secrets } = await credentialsFor(request, connectionSecrets);
    await tested(aep, request, secrets, `Correct ${placesOf(request)}, or let the source take it`);
  };
}

/** The same where nobody here knows the credentials. What the source says may quote them, and is not told. */
export function tryBaseConnectionOf({ aep }: Pick<Dependencies, 'aep'>) {
  return (request: ConnectionThere): Promise<void> =>
    tested(aep, request, undefined, 'Correct its credentials, or let the source take them');
}

async function tested(
  { flowService }: Pick<Aep, 'flowService'>,
  connection: ConnectionThere,
  secrets: string[] | undefined,
  next: string,
): Promise<void> {
  const { sandbox, id, giveUpAfterMs } = connection;
  const call: Call = { sandbox, signal: cancellationSignal(), ...(secrets ? { secrets } : {}) };
  try {
    const passes = await beating(() => flowService.testConnection(call, id));
    if (!passes) throw refused(connection, 'it says no more than that', next);
  } catch (error) {
    if (error instanceof Rejected || (error instanceof AepError && isOfSource(error)))
      throw refused(connection, error.message, next, error);
    throw failure(error, giveUpAfterMs);
  }
}

/** A connector says what the source said, whatever the status. */
function isOfSource({ code }: AepError): boolean {
  return code?.startsWith('CONNECTOR-') ?? false;
}

/** Where the secrets are that a source may have refused. */
function placesOf({ auth, field }: ConnectionRequest): string {
  const places = Object.entries(auth.params).flatMap(([key, value]) =>
    typeof value === 'object' ? `${value.secret} (${field}.params.${key})` : [],
  );
  return places.length > 0
    ? `what the worker finds at ${places.join(', ')}, and the other params`
    : `${field}.params`;
}

function refused(
  { name, id }: ConnectionThere,
  why: string,
  next: string,
  cause?: AepError,
): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Rejected' satisfies FailureType,
    message: `AEP's test of the base connection "${name}" (${id}) fails: ${why.replace(/\.$/, '')}. ${next}, and start again`,
    details: [{ ids: [id], ...(cause ? refusal(cause) : {}) }],
    nonRetryable: true,
  });
}
