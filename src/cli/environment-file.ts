import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { UsageError } from './definition-files.ts';

/** Options of an environment of the Temporal CLI, by their names: what `temporal env set` has written. */
export type EnvironmentOptions = Record<string, string>;

/**
 * Reads one of the environments of the Temporal CLI (`temporal env set`). Its file is optional, and so is `default`, which
 * counts where none is chosen.
 * @throws UsageError
 */
export async function readEnvironmentOptions(
  chosen: { name?: string | undefined; file?: string | undefined },
  env: NodeJS.ProcessEnv,
): Promise<EnvironmentOptions> {
  const name = chosen.name || 'default';
  const file = chosen.file || join(env['HOME'] || homedir(), '.config', 'temporalio', 'temporal.yaml');
  const found = optionsIn(await contentOf(file), name, file);
  if (!found && name !== 'default')
    throw new UsageError(`--env: ${file} has no environment ${name}: "temporal env list" names those it has`);
  return found ?? {};
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** What cannot be read is not quoted: it may hold an API key. */
function optionsIn(content: string, name: string, file: string): EnvironmentOptions | undefined {
  const document = parseDocument(content, { prettyErrors: false });
  if (document.errors.length > 0) throw new UsageError(`${file} is no YAML`);
  const found = document.getIn(['env', name], false);
  if (found === undefined || found === null) return undefined;
  const options: unknown = (document.toJS() as { env: Record<string, unknown> }).env[name];
  if (typeof options !== 'object' || options === null)
    throw new UsageError(`${file}: the environment ${name} must hold names of options with their values`);
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, String(value)]));
}
