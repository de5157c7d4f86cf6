import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../dev/find-binary.ts';
import { runCommand } from '../../dev/run-command.ts';

/** The release that the table in docs/deploying.md tells of. */
export const serverVersion = 'v1.32.0';
const serverModule = 'go.temporal.io/server';
/** Compiling takes a quarter of an hour of CPU, once. Milliseconds. */
const buildTimeoutMs = 3_600_000;

export interface Binaries {
  /** The server with all its services. */
  server: string;
  /** What makes and fills its databases. */
  sqlTool: string;
  /** The folder of its SQL schemas, a folder for each database. */
  schemas: string;
  /** The folder of PostgreSQL's programs. */
  postgres: string;
}

/**
 * Finds PostgreSQL, and compiles the Temporal server where that was not done yet.
 * @throws Error with what is missing, and the line that installs it on Debian.
 */
export async function clusterBinaries(): Promise<Binaries> {
  const postgres = postgresFolder();
  const folder = join(cacheFolder(process.env), `temporal-server-${serverVersion}`);
  const [server, sqlTool] = [join(folder, 'server'), join(folder, 'sql')];
  if (!existsSync(server) || !existsSync(sqlTool)) {
    console.error('Compiling the Temporal server: a quarter of an hour, once.');
    await mkdir(folder, { recursive: true });
    for (const program of ['cmd/server', 'cmd/tools/sql'])
      await go(['install', `${serverModule}/${program}@${serverVersion}`], { GOBIN: folder });
  }
  const modules = await go(['env', 'GOMODCACHE']);
  const schemas = join(modules, `${serverModule}@${serverVersion}`, 'schema/postgresql/v12');
  if (!existsSync(schemas)) await go(['mod', 'download', `${serverModule}@${serverVersion}`]);
  return { server, sqlTool, schemas, postgres };
}

async function go(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { ok, output } = await runCommand('go', args, {
    timeoutMs: buildTimeoutMs,
    env: { ...process.env, ...env },
  });
  if (ok) return output.trim();
  throw new Error(`Go is needed to compile the Temporal server. go ${args.join(' ')}: ${output.slice(-500)}`);
}

/** Debian keeps them out of PATH, a folder for each version. */
function postgresFolder(): string {
  const all = '/usr/lib/postgresql';
  const versions = existsSync(all)
    ? readdirSync(all).filter((one) => existsSync(`${all}/${one}/bin/initdb`))
    : [];
  const newest = versions.toSorted((a, b) => Number(a) - Number(b)).at(-1);
  if (newest === undefined) throw new Error('PostgreSQL is needed: apt-get install postgresql');
  return `${all}/${newest}/bin`;
}
