import { cancellationSignal } from '@temporalio/activity';
import { connectionId } from '../../definition/connection.ts';
import { observeConnection } from '../../resources/base-connection.ts';
import type { ConnectionFound } from '../../plan/reads.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';

/** A base connection as somebody wants to see it. */
export type ConnectionSeen = Omit<ConnectionFound, 'hasCredentials'> & { name: string };

/** What AEP has of one base connection. Null where there is none. */
export function describeBaseConnectionOf({ aep }: Pick<Dependencies, 'aep'>) {
  return async (request: {
    sandbox: string;
    id: string;
    giveUpAfterMs?: number;
  }): Promise<ConnectionSeen | null> => {
    const { sandbox, id, giveUpAfterMs } = request;
    const call = { sandbox, signal: cancellationSignal() };
    try {
      const answer = await beating(() => aep.flowService.connections.get(call, id));
      if (!answer) return null;
      const { name = '', mark, description: _, ...seen } = observeConnection(answer);
      return { ...seen, name, isOurs: mark?.connection === connectionId({ sandbox, name }) };
    } catch (error) {
      throw failure(error, giveUpAfterMs);
    }
  };
}
