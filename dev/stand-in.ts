import type { Definition } from '../src/client.ts';
import { givenConnection } from '../src/definition/connection.ts';
import { sourceFacts } from '../src/definition/source-facts.ts';
import type { Stack } from './local-stack.ts';

/**
 * Users' base connections are in their own AEP, not in the emulator. Where a definition names one that the emulator does not
 * have: what it names, the emulator's base connection for the same connector, and the definition over that one.
 */
export function standInFor(
  definition: Definition,
  { emulator }: Stack,
): { named: string; id: string; definition: Definition } | undefined {
  const { source, sandbox } = definition;
  const given = givenConnection(source);
  // One that is given with its credentials is made here, too.
  if (!given || (given.name !== undefined && given.auth)) return undefined;
  const connections = emulator.control.resources('connections', sandbox);
  if (connections.some(({ id, name }) => (given.id === undefined ? name === given.name : id === given.id)))
    return undefined;
  const specId = sourceFacts(source).connectionSpec.id;
  const standIn = connections.find(
    ({ connectionSpec }) => (connectionSpec as { id?: string })?.id === specId,
  );
  if (!standIn) return undefined;
  const id = String(standIn['id']);
  const { connection: _, ...others } = source;
  return {
    named: given.id ?? given.name,
    id,
    definition: { ...definition, source: { ...others, baseConnectionId: id } },
  };
}
