import type { AepDataflows, TrySandboxResult } from '../client.ts';
import { shellWord } from '../shell-word.ts';
import { table } from './output.ts';
import { follow } from './progress.ts';

export interface TryOptions {
  sandbox: string;
  /** A base connection, and a table or file behind it: with both, a flow is made and changed as well. */
  connection?: string | undefined;
  path?: string | undefined;
  /** Runs of that flow are waited for. */
  runs?: boolean | undefined;
}

/** What cannot be tried so. */
export function wrongTry({ connection, path, runs }: TryOptions): string | undefined {
  if ((connection === undefined) !== (path === undefined))
    return '--connection and --path must both be given, or neither';
  return runs && path === undefined ? '--runs needs --connection and --path: runs of what?' : undefined;
}

/**
 * Has workers make a throwaway dataflow in a sandbox, change it and delete it, and says which guesses about AEP held. What
 * was made is deleted whether anybody waits for it or not.
 * @throws DataflowError with what AEP refused
 */
export async function trySandbox(client: AepDataflows, asked: TryOptions): Promise<TrySandboxResult> {
  const handle = await client.trySandbox(asked);
  const comeBack = `temporal workflow show --follow --workflow-id ${shellWord(handle.workflowId)}`;
  return follow(() => handle.progress(), handle.result(), comeBack);
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
    ...(measured.every(({ held }) => held)
      ? []
      : ['', 'Where a guess did not hold and no setting stands here: please tell us, with this table.']),
    ...(left.length > 0 ? ['', 'Left in AEP:', ...left.map((one) => `  ${one}`)] : []),
  ].join('\n');
}
