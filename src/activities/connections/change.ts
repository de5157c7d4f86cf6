import { connectionId } from '../../definition/connection.ts';
import {
  observeConnection,
  withConnectionMark,
  type ConnectionMark,
} from '../../resources/base-connection.ts';
import type { JsonObject, Operation } from '../../resources/resource.ts';
import { carryOut } from '../carry-out.ts';
import type { Dependencies } from '../dependencies.ts';
import { etagOf, isBusy } from '../flow-actions.ts';
import { conflict } from './conflict.ts';
import { credentialsFor } from './credentials.ts';
import type { ConnectionRequest, ConnectionThere } from './requests.ts';

export type AuthenticateConnectionRequest = ConnectionRequest & ConnectionThere & { nonce: string };

/** What is changed of a base connection that is there: its credentials, and what its mark says of them. */
export function createConnectionChanges(dependencies: Dependencies) {
  const { connections } = dependencies.aep.flowService;

  /** Sends one PATCH, and reads until AEP shows the mark that goes along with it. */
  function change(
    { sandbox, id, name, giveUpAfterMs }: ConnectionThere,
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
    /** Gives AEP the credentials anew: all params, since AEP keeps none of the old ones. */
    async authenticateBaseConnection(request: AuthenticateConnectionRequest): Promise<void> {
      const { nonce } = request;
      const { auth, secrets, digest } = await credentialsFor(request, dependencies.connectionSecrets);
      await change(
        request,
        (mark) => mark.nonce === nonce,
        ({ connection }) => ({ connection, nonce, credentials: digest, isTested: false }),
        { operations: [{ op: 'replace', path: '/auth/params', value: auth.params }], secrets },
      );
    },

    /** Notes in AEP that the credentials that it has have passed its test. */
    async noteTestedCredentials(request: ConnectionThere): Promise<void> {
      await change(
        request,
        ({ isTested }) => isTested,
        (mark) => ({ ...mark, isTested: true }),
      );
    },
  };
}
