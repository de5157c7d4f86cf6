import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { access, constants } from 'node:fs/promises';
import type { Binary } from './binaries.ts';
import { installFromPip } from './install-from-pip.ts';
import { installFromSdk } from './install-from-sdk.ts';
import { intoCache } from './binary-cache.ts';
import { runCommand } from './run-command.ts';

/** Brings a binary into an empty folder and answers with its path there, or throws with the reason. */
export type Installer = (binary: Binary, folder: string) => Promise<string>;

/** Where to look; the defaults serve everyone but tests. */
export interface FindOptions {
  /** Environment to read PATH, the cache's place and given paths from. Default: this process's. */
  env?: NodeJS.ProcessEnv;
  /** What to try, in turn, when nothing is there. Default: the SDK's download, then pip. */
  installers?: Record<string, Installer>;
}

const defaultInstallers: Record<string, Installer> = {
  "the SDK's download": installFromSdk,
  pip: installFromPip,
};

/**
 * Finds a binary, or installs it into the cache, and answers with its path:
 * given path → PATH → cache → installers. Throws one error that says everything that was tried.
 */
export async function findBinary(binary: Binary, options: FindOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const tried: string[] = [];

  const given = env[binary.variable];
  if (given) {
    const problem = await problemOf(binary, given);
    if (problem === undefined) return given;
    // Somebody chose this one: taking another in silence would hide their mistake.
    throw new Error(`${binary.variable} is ${given}, which is no working ${binary.title}: ${problem}`);
  }
  tried.push(`${binary.variable}: not set`);

  const onPath = await firstOnPath(binary, env);
  const onPathProblem = onPath && (await problemOf(binary, onPath));
  if (onPath && onPathProblem === undefined) return onPath;
  tried.push(`PATH: ${onPath ? `${onPath} does not work: ${onPathProblem}` : `no ${binary.command}`}`);

  const cached = join(cacheFolder(env), fileName(binary));
  const cachedProblem = await problemOf(binary, cached);
  if (cachedProblem === undefined) return cached;
  tried.push(`cache: ${cached}: ${cachedProblem}`);

  for (const [name, install] of Object.entries(options.installers ?? defaultInstallers)) {
    try {
      await intoCache(cached, async (folder) => {
        const installed = await install(binary, folder);
        const problem = await problemOf(binary, installed);
        if (problem !== undefined) throw new Error(problem);
        return installed;
      });
      return cached;
    } catch (error) {
      tried.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    [
      `No ${binary.title} found, and none could be installed.`,
      ...tried.map((line) => `  - ${line}`),
      `Install it, or set ${binary.variable} to its path.`,
    ].join('\n'),
  );
}

/** Folder that installed binaries are kept in: AEP_DATAFLOWS_CACHE, or `aep-dataflows` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.AEP_DATAFLOWS_CACHE) return env.AEP_DATAFLOWS_CACHE;
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'aep-dataflows');
}

function fileName(binary: Binary): string {
  return `${binary.command}-${binary.version}${process.platform === 'win32' ? '.exe' : ''}`;
}

async function firstOnPath(binary: Binary, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const suffix of suffixes) {
      const path = join(folder, binary.command + suffix);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Why this file is not the binary, or undefined when it is. */
async function problemOf(binary: Binary, path: string): Promise<string | undefined> {
  if (!(await isExecutable(path))) return 'not there, or not executable';
  const { output } = await runCommand(path, binary.probe.args, { timeoutMs: 20_000 });
  if (binary.probe.prints.test(output)) return undefined;
  return `it printed ${JSON.stringify(output.slice(0, 200))}`;
}
