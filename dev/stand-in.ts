import type { Definition } from '../src/client.ts';
import { sourceFacts } from '../src/definition/source-facts.ts';
import type { Stack } from './local-stack.ts';

/**
 * Users' base connections are in their own AEP, not in the emulator. Returns the id of the emulator's base
 * connection for the definition's connector, where the definition names one that the emulator does not have.
 */
export function standInFor({ source, sandbox }: Definition, { emulator }: Stack): string | undefined {
  const connections = emulator.control.resources('connections', sandbox);
  if (connections.some(({ id }) => id === source.baseConnectionId)) return undefined;
  const specId = sourceFacts(source).connectionSpec.id;
  const standIn = connections.find(
    ({ connectionSpec }) => (connectionSpec as { id?: string })?.id === specId,
  );
  return standIn?.id as string | undefined;
}
