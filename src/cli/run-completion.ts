import type { Command } from 'commander';
import { dataflowNames } from '../client/status.ts';
import { complete, completionLines, directiveName } from './completion.ts';
import { connectBy, takeEnvironment } from './connection.ts';

/** A person waits with a finger on the key. Milliseconds. */
const patienceMs = 1_500;
const mostNames = 200;

/** Whether a shell asks, by way of the Temporal CLI: `__complete`, or `__completeNoDesc` for words alone. */
export function asksForCompletion([first]: readonly string[]): boolean {
  return first === '__complete' || first === '__completeNoDesc';
}

/** Prints what may stand for the last of the words. What goes wrong is not told: somebody is typing. */
export async function runCompletion(program: Command, [how, ...words]: readonly string[]): Promise<void> {
  program.configureOutput({ writeErr: () => {} });
  const dataflows = (prefix: string) => namesFrom(program, words, prefix).catch(() => []);
  const completion = await complete(program, words, { dataflows });
  process.stdout.write(`${completionLines(completion, how === '__complete').join('\n')}\n`);
  process.stderr.write(`Completion ended with directive: ${directiveName(completion.directive)}\n`);
}

/** Asks the server that these words name. */
async function namesFrom(program: Command, words: readonly string[], prefix: string): Promise<string[]> {
  program.parseOptions([...words]);
  await takeEnvironment(program);
  program.setOptionValue('clientConnectTimeout', patienceMs);
  const { client, temporal } = await connectBy(program);
  try {
    return await temporal.connection.withDeadline(Date.now() + patienceMs, () =>
      dataflowNames(temporal, prefix, mostNames),
    );
  } finally {
    await client.close();
  }
}
