import type { AepDataflows, TrySandboxResult } from '../client.ts';
import { UsageError } from './definition-files.ts';
import { table } from './output.ts';
import { followDataflow } from './progress.ts';

export interface TryOptions {
  sandbox: string;
  /** A base connection, and a table or file behind it: with both, a flow is made and changed as well. */
  connection?: string | undefined;
  path?: string | undefined;
}

/** The flow of a try is due only when the try is long over. Milliseconds. */
const farAheadMs = 30 * 24 * 3_600_000;

/**
 * Makes a throwaway dataflow in a sandbox, changes it and deletes it, and says which guesses about AEP held.
 * @throws UsageError
 * @throws DataflowError with what AEP refused
 */
export async function trySandbox(
  client: AepDataflows,
  { sandbox, connection, path }: TryOptions,
): Promise<TrySandboxResult> {
  if ((connection === undefined) !== (path === undefined))
    throw new UsageError('--connection and --path must both be given, or neither');
  if (connection === undefined || path === undefined) return client.trySandbox({ sandbox });
  const name = `aep-dataflows-try-${crypto.randomUUID().slice(0, 8)}`;
  const { definition } = await client.suggest({ sandbox, connection, path, name });
  const startTime = new Date(Date.now() + farAheadMs).toISOString();
  try {
    const handle = await client.start({
      ...definition,
      schedule: { ...(definition['schedule'] as object), startTime },
    });
    const { flowId } = await followDataflow(handle, handle.result());
    return await client.trySandbox({ sandbox, flowId });
  } finally {
    await client.delete({ sandbox, name, also: ['dataset', 'schema'] });
  }
}

export function tellTried({ measured, settings, left }: TrySandboxResult): string {
  const wanted = Object.entries(settings);
  return [
    table(
      ['', 'guess', 'seen'],
      measured.map(({ guess, held, found }) => [held ? 'held' : 'not', guess, found]),
    ),
    ...(wanted.length > 0
      ? ['', 'Give workers more time:', ...wanted.map((one) => `  ${one.join('=')}`)]
      : []),
    ...(left.length > 0 ? ['', 'Left in AEP:', ...left.map((one) => `  ${one}`)] : []),
  ].join('\n');
}
