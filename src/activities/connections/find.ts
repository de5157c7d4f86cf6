import { cancellationSignal } from '@temporalio/activity';
import type { ConnectionsFound } from '../../plan/reads.ts';
import { objectAt, textAt } from '../../resources/json.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import { baseConnectionAnswer } from '../dataflow/read-facts.ts';
import type { Dependencies } from '../dependencies.ts';

export interface FindBaseConnectionsRequest {
  sandbox: string;
  name: string;
  /** Of the connector: where none has the name, those of the connector are told. */
  connectionSpecId: string;
  giveUpAfterMs?: number;
}

/** What is told of those that have a name, and of the names that there are. */
const mostFound = 10;
const mostNames = 100;

/** Looks for base connections by their name. */
export function findBaseConnectionsOf({ aep }: Pick<Dependencies, 'aep'>) {
  const { connections } = aep.flowService;
  return async (request: FindBaseConnectionsRequest): Promise<ConnectionsFound> => {
    const { sandbox, name, connectionSpecId, giveUpAfterMs } = request;
    const call = { sandbox, signal: cancellationSignal() };
    try {
      return await beating(async () => {
        const listed = await connections.list(call, { name });
        // A list still shows for a while what was just deleted.
        const read = await Promise.all(
          listed.slice(0, mostFound).map(({ id }) => connections.get(call, String(id))),
        );
        const there = read.filter((one) => one !== undefined);
        return connectionsFound(
          there.length > 0 ? there : await connections.list(call),
          name,
          connectionSpecId,
        );
      });
    } catch (error) {
      throw failure(error, giveUpAfterMs);
    }
  };
}

/** @param all that AEP has, or all of this name where there are any. */
export function connectionsFound(
  all: readonly JsonObject[],
  name: string,
  connectionSpecId: string,
): ConnectionsFound {
  const found = all.filter((one) => one['name'] === name).slice(0, mostFound);
  const others =
    found.length > 0 ? [] : all.filter((one) => objectAt(one, 'connectionSpec')['id'] === connectionSpecId);
  const names = new Set(others.flatMap((one) => textAt(one, 'name') ?? []));
  return {
    found: found.map((one) => ({ ...baseConnectionAnswer(one), id: String(one['id']) })),
    names: [...names].sort().slice(0, mostNames),
  };
}
