import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
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
    const { sandbox, id, giveUpAfterMs } = request;
    const { secrets } = await credentialsFor(request, connectionSecrets);
    const call: Call = { sandbox, secrets, signal: cancellationSignal() };
    try {
      const passes = await beating(() => aep.flowService.testConnection(call, id));
      if (!passes) throw refused(request, 'it says no more than that');
    } catch (error) {
      if (error instanceof Rejected || (error instanceof AepError && isOfSource(error)))
        throw refused(request, error.message, error);
      throw failure(error, giveUpAfterMs);
    }
  };
}

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
