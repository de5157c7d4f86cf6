import { activityInfo } from '@temporalio/activity';
import type { AepError } from '../../aep/errors.ts';
import { connectionId } from '../../definition/connection.ts';
import { withConnectionMark } from '../../resources/base-connection.ts';
import { outcomeUnknown } from '../aep-failures.ts';
import { atMostOnce, stillCounts } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { credentialsFor } from './credentials.ts';
import type { ConnectionRequest } from './requests.ts';

export interface CreateConnectionRequest extends ConnectionRequest {
  connectionSpecVersion: string;
  description: string;
  nonce: string;
  /** The run that has looked for it. After a reset that was another one, which may have sent a create since. */
  lookedIn: string;
}

/** Sends one POST. Whatever does not surely make nothing is `OutcomeUnknown`, and is sent again by nobody who has not looked. */
export function createBaseConnectionOf({ aep, httpTimeoutMs, connectionSecrets }: Dependencies) {
  return async (request: CreateConnectionRequest): Promise<string> => {
    const { sandbox, name, connectionSpecId, connectionSpecVersion, nonce, lookedIn } = request;
    const inDoubt = (why: string, cause?: AepError) =>
      outcomeUnknown(`Nobody knows whether the base connection "${name}" was created: ${why}`, cause);
    if (lookedIn !== activityInfo().workflowExecution!.runId)
      throw inDoubt('another run has looked for it, and may have sent it');
    const { auth, secrets, digest } = await credentialsFor(request, connectionSecrets);
    const mark = {
      connection: connectionId({ sandbox, name }),
      nonce,
      credentials: digest,
      isTested: false,
    };
    const send = async () => {
      const inTime = await stillCounts(httpTimeoutMs, `create base connection "${name}"`);
      const { id } = await aep.flowService.connections.create(
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
  };
}
