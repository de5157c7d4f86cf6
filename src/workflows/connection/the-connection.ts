import type { ExistingConnection } from '../../definition/connection.ts';
import { notTheOnlyOne } from '../../plan/connection-named.ts';
import { summarized } from '../calls.ts';
import { wrongInput } from '../inputs.ts';

/** Somebody waits for the answer: an AEP, or a source, that is away for longer is told as that. Milliseconds. */
export const giveUpAfterMs = 60_000;

/**
 * The base connection that somebody asks about, by its id or its name.
 * @param cannot begins the message of a failure.
 * @throws InvalidDefinition where there is none, or where several have the name.
 */
export async function theConnection(
  sandbox: string,
  connection: ExistingConnection,
  cannot: string,
): Promise<{ id: string; connectionSpecId?: string }> {
  if (typeof connection === 'string') {
    const reading = summarized('Read the base connection').readBaseConnection;
    const found = await reading({ sandbox, id: connection, mayBeKnown: true, giveUpAfterMs });
    if (found) return { id: connection, ...found };
    throw notThere(sandbox, connection, cannot);
  }
  const asked = { sandbox, ...connection };
  const looking = summarized(`Look for ${connection.name}`).findBaseConnections;
  const answer = await looking({ ...asked, giveUpAfterMs });
  const [one, another] = answer.found;
  if (one && !another) return one;
  throw wrongInput(cannot, [{ field: 'connection.name', message: notTheOnlyOne(asked, answer) }]);
}

export function notThere(sandbox: string, id: string, cannot: string) {
  const message = `${id} is not there: give the id of an existing base connection in the sandbox ${sandbox}, or {"name"} of one`;
  return wrongInput(cannot, [{ field: 'connection', message }]);
}
