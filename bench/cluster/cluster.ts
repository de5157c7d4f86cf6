import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import { startChild, type Child } from '../../dev/child.ts';
import { runCommand } from '../../dev/run-command.ts';
import { registerSearchAttributes } from '../../dev/search-attributes.ts';
import { searchAttributes } from '../../src/workflows/messages.ts';
import { clusterBinaries, type Binaries } from './binaries.ts';
import { databases, serverConfig, services, type ClusterConfig, type Service } from './config.ts';
import { clusterPorts } from './ports.ts';
import { startPostgres, type Postgres } from './postgres.ts';

/** A full Temporal server: a process for each host of each service, and PostgreSQL for both stores. */
export interface Cluster {
  address: string;
  namespace: string;
  postgres: Postgres;
  /** Each process, such as `history-2`. */
  hosts: string[];
  /** Of the processes that run now. */
  pids(): number[];
  /** Kills a process and starts it anew, as a supervisor does. */
  restart(host: string, downMs: number): Promise<void>;
}

export interface ClusterOptions {
  /** How many hosts history and matching have. */
  hosts: 1 | 2;
  /** Of history: fixed for the life of a database. */
  shards?: number;
  /** Of the dynamic config, instead of the server's own defaults. */
  dynamic?: Record<string, number | boolean | string>;
}

const namespace = 'default';
const readyTimeoutMs = 120_000;
const startAgainMs = 1_000;
/** Of gRPC. */
const notFound = 5;
const alreadyExists = 6;

/** Starts a cluster with the server's own defaults and empty databases. `parts` ends it. */
export async function startCluster(
  parts: AsyncDisposableStack,
  { hosts, shards = 4, dynamic = {} }: ClusterOptions,
): Promise<Cluster> {
  const binaries = await clusterBinaries();
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-cluster-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startPostgres(parts, binaries.postgres);
  await makeDatabases(binaries, postgres);

  const dynamicFile = join(folder, 'dynamic.yaml');
  const values = Object.entries(dynamic).map(([name, value]) => [name, [{ value }]]);
  await writeFile(dynamicFile, stringify(Object.fromEntries(values)));
  const config: ClusterConfig = {
    postgresPort: postgres.port,
    shards,
    ports: await clusterPorts(),
    dynamicFile,
  };
  const running = new Map<string, Child>();
  let closing = false;
  let lastEnd = '';
  const up = async (host: string) => {
    const [service, number = '1'] = host.split('-') as [Service, string?];
    const ip = `127.0.0.${number}`;
    const file = join(folder, `${host}.yaml`);
    await writeFile(file, stringify(serverConfig(config, ip)));
    const args = ['--config-file', file, '--allow-no-auth', 'start', '--service', service];
    const child = await startChild(binaries.server, args);
    running.set(host, child);
    // As any supervisor does: without PostgreSQL none can start, and of several first ones only one can set up the cluster.
    void child.ended.then(async (how) => {
      if (closing || running.get(host) !== child) return;
      lastEnd = `${host} ${how}\n${child.lastOutput()}`;
      await sleep(startAgainMs);
      if (!closing) await up(host);
    });
  };
  const names = services.flatMap((service) =>
    hosts === 2 && (service === 'history' || service === 'matching') ? [service, `${service}-2`] : [service],
  );
  parts.defer(async () => {
    closing = true;
    await Promise.all([...running.values()].map((child) => child.stop(5_000)));
  });
  await Promise.all(names.map(up));
  const address = `127.0.0.1:${config.ports.frontend.grpc}`;
  await untilServing(address, () => lastEnd);
  return {
    address,
    namespace,
    postgres,
    hosts: names,
    pids: () => [...running.values()].map(({ pid }) => pid),
    async restart(host, downMs) {
      const child = running.get(host)!;
      running.delete(host);
      process.kill(child.pid, 'SIGKILL');
      await child.ended;
      await sleep(downMs);
      if (!closing) await up(host);
    },
  };
}

async function makeDatabases({ sqlTool, schemas }: Binaries, { port }: Postgres): Promise<void> {
  for (const [part, database] of Object.entries(databases)) {
    const folder = join(schemas, part === 'main' ? 'temporal' : 'visibility', 'versioned');
    for (const step of [['create'], ['setup-schema', '-v', '0.0'], ['update-schema', '-d', folder]]) {
      const connect = ['--plugin', 'postgres12', '--ep', '127.0.0.1', '-p', String(port)];
      const login = ['-u', 'postgres', '--pw', 'unused', '--db', database];
      const { ok, output } = await runCommand(sqlTool, [...connect, ...login, ...step], {
        timeoutMs: 120_000,
      });
      if (!ok) throw new Error(`No database ${database}: ${output.slice(-500)}`);
    }
  }
}

/** A new cluster has no namespace, and takes a while until it knows the search attributes that it was given. */
async function untilServing(address: string, lastEnd: () => string): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  for (let problem: unknown; ; await sleep(500)) {
    if (Date.now() > deadline)
      throw new Error(`The cluster does not serve: ${String(problem)}\n${lastEnd()}`);
    try {
      const connection = await Connection.connect({ address, connectTimeout: 5_000 });
      try {
        await prepare(connection);
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      problem = error;
    }
  }
}

async function prepare(connection: Connection): Promise<void> {
  const { workflowService, operatorService } = connection;
  await workflowService
    .registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } })
    .catch((error: { code?: number }) => {
      // By an earlier attempt.
      if (error.code !== alreadyExists) throw error;
    });
  await registerSearchAttributes(connection, namespace);
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const names = Object.values(searchAttributes).map(({ name }) => name);
  const missing = names.filter((name) => customAttributes?.[name] === undefined);
  if (missing.length > 0) throw new Error(`${missing.length} search attributes are not there yet`);
  // Each service learns of them, and of the namespace, in its own time.
  await workflowService.countWorkflowExecutions({ namespace, query: `${names[0]!} = "none"` });
  await workflowService
    .describeWorkflowExecution({ namespace, execution: { workflowId: 'not there' } })
    .catch((error: { code?: number; details?: string }) => {
      if (error.code !== notFound || error.details?.includes('amespace')) throw error;
    });
}
