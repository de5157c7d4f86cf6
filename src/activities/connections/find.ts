import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { connectionId } from '../../definition/connection.ts';
import { dataLakeSpecId } from '../../definition/connectors.ts';
import type { ConnectionAsked, ConnectionNamed, ConnectionsFound } from '../../plan/reads.ts';
import { observeConnection } from '../../resources/base-connection.ts';
import type { JsonObject } from '../../resources/resource.ts';
import { failure } from '../aep-failures.ts';
import { beating } from '../attempt.ts';
import type { Dependencies } from '../dependencies.ts';
import { readCredentials } from './credentials.ts';

export type FindBaseConnectionsRequest = (ConnectionAsked | ConnectionNamed) & {
  /** What an earlier run left: it is read directly, for lists lag. */
  knownId?: string;
  giveUpAfterMs?: number;
};

/** What is told of those that have a name, and of the names that there are. */
const mostFound = 10;
const mostNames = 100;

type Needed = Pick<Dependencies, 'aep' | 'connectionSecrets'>;

/** Looks for base connections by their name, and whether they have the credentials that are asked for. */
export function findBaseConnectionsOf(dependencies: Needed) {
  const { connections } = dependencies.aep.flowService;
  return async ({
    giveUpAfterMs,
    knownId,
    ...asked
  }: FindBaseConnectionsRequest): Promise<ConnectionsFound & { lookedIn: string }> => {
    const { sandbox, name } = asked;
    const call = { sandbox, signal: cancellationSignal() };
    try {
      return await beating(async () => {
        const listed = await connections.list(call, { name });
        // A list still shows for a while what was just deleted.
        const ids = new Set([
          ...(knownId === undefined ? [] : [knownId]),
          ...listed.map(({ id }) => String(id)),
        ]);
        const read = await Promise.all([...ids].slice(0, mostFound).map((id) => connections.get(call, id)));
        const there = read.filter((one) => one !== undefined);
        const found = await connectionsFound(
          // Of one that is to be made nobody needs to know what others are called.
          there.length > 0 || asked.auth ? there : await connections.list(call),
          asked,
          dependencies,
        );
        return { ...found, lookedIn: activityInfo().workflowExecution!.runId };
      });
    } catch (error) {
      throw failure(error, giveUpAfterMs);
    }
  };
}

/** @param all that AEP has, or all of this name where there are any. */
export async function connectionsFound(
  all: readonly JsonObject[],
  asked: ConnectionAsked | ConnectionNamed,
  { connectionSecrets }: Pick<Dependencies, 'connectionSecrets'>,
): Promise<ConnectionsFound> {
  const { name, connectionSpecId } = asked;
  const { credentials, problems = [] } = asked.auth
    ? await readCredentials({ ...asked, auth: asked.auth }, connectionSecrets)
    : {};
  const seen = all.map(observeConnection);
  const found = seen.filter((one) => one.name === name).slice(0, mostFound);
  const isAsked = (specId: string | undefined) =>
    connectionSpecId === undefined ? specId !== dataLakeSpecId : specId === connectionSpecId;
  const others = found.length > 0 ? [] : seen.filter((one) => isAsked(one.connectionSpecId));
  return {
    found: found.map(({ id, state, connectionSpecId, authType, createdAt, mark }) => ({
      id,
      ...(state === undefined ? {} : { state }),
      ...(connectionSpecId === undefined ? {} : { connectionSpecId }),
      ...(authType === undefined ? {} : { authType }),
      ...(createdAt === undefined ? {} : { createdAt }),
      isOurs: mark?.connection === connectionId(asked),
      hasCredentials: credentials !== undefined && mark?.credentials === credentials.digest && mark.isTested,
    })),
    names: [...new Set(others.flatMap((one) => one.name ?? []))].sort().slice(0, mostNames),
    problems,
  };
}
