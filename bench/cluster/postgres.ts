import { appendFile, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild, type Child } from '../../dev/child.ts';
import { freePort } from '../../dev/ports.ts';
import { runCommand } from '../../dev/run-command.ts';
import { untilReady } from '../../dev/until-ready.ts';

/** A PostgreSQL server on loopback, with its data in a folder of its own. */
export interface Postgres {
  port: number;
  /** Of the server, whose other processes are its children. */
  pid(): number;
  /** Ends it as if the machine had lost its power, and starts it again. */
  restart(downMs: number): Promise<void>;
  /** Runs a statement in a database. */
  run(database: string, statement: string): Promise<void>;
  /** How large a database is on disk. */
  megabytes(database: string): Promise<number>;
}

/** Four services with a pool each for both stores. */
const settings = `
listen_addresses = '127.0.0.1'
max_connections = 300
shared_buffers = 512MB
`;
const user = 'postgres';
const timeoutMs = 60_000;

/** Starts one with empty databases. `parts` ends it. Where we are root it runs as the user `postgres`: it refuses root. */
export async function startPostgres(parts: AsyncDisposableStack, programs: string): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-postgres-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const data = join(folder, 'data');
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    const id = async (flag: string) => Number((await command('id', [flag, user])).trim());
    await chown(folder, await id('-u'), await id('-g'));
  }
  const asOwner = (program: string): [string, string[]] =>
    isRoot
      ? ['setpriv', ['--reuid', user, '--regid', user, '--clear-groups', '--', join(programs, program)]]
      : [join(programs, program), []];
  const psql = join(programs, 'psql');
  const login = ['-h', '127.0.0.1', '-p', String(port), '-U', user, '-v', 'ON_ERROR_STOP=1'];

  const [initdb, initdbArgs] = asOwner('initdb');
  const how = ['-D', data, '-U', user, '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8'];
  await command(initdb, [...initdbArgs, ...how]);
  const sockets = `unix_socket_directories = '${folder}'\nport = ${port}\n`;
  await appendFile(join(data, 'postgresql.conf'), settings + sockets);
  let server: Child;
  const start = async () => {
    const [postgres, args] = asOwner('postgres');
    server = await startChild(postgres, [...args, '-D', data]);
    await untilReady('PostgreSQL', server, timeoutMs, async () => {
      await command(psql, ['-d', 'postgres', ...login, '-q', '-c', 'select 1']);
      return true;
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    process.kill(server.pid, signal);
    await server.ended;
  };
  await start();
  parts.defer(() => end('SIGINT').catch(() => undefined));
  return {
    port,
    pid: () => server.pid,
    async restart(downMs) {
      await end('SIGQUIT');
      await sleep(downMs);
      await start();
    },
    async megabytes(database) {
      const size = `select pg_database_size('${database}')`;
      return Number(await command(psql, ['-d', 'postgres', ...login, '-qtA', '-c', size])) / 2 ** 20;
    },
    run: async (database, statement) =>
      void (await command(psql, ['-d', database, ...login, '-q', '-c', statement])),
  };
}

async function command(program: string, args: string[]): Promise<string> {
  const { ok, output } = await runCommand(program, args, { timeoutMs });
  if (!ok) throw new Error(`${program} ${args.join(' ')}: ${output.slice(-500)}`);
  return output;
}
