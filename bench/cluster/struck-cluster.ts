import { setTimeout as sleep } from 'node:timers/promises';
import type { StruckServer } from '../faults/struck-server.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { databases } from './config.ts';

/** Milliseconds. */
const downMs = 1_000;
const visibilityAwayMs = 5_000;

/** A cluster of which one process, PostgreSQL or the store behind lists is gone for a while. */
export async function struckCluster(parts: AsyncDisposableStack): Promise<StruckServer> {
  const cluster = await startCluster(parts, { hosts: 2 });
  const { address, namespace, hosts, postgres } = cluster;
  return {
    address,
    namespace,
    async strike(random) {
      const victims = [...hosts, 'postgres', 'visibility'];
      const victim = victims[Math.floor(random() * victims.length)]!;
      if (victim === 'postgres') await postgres.restart(downMs);
      else if (victim === 'visibility') await stopVisibility(cluster);
      else await cluster.restart(victim, downMs);
    },
  };
}

/** The store takes no writes, as one whose disk is full. */
async function stopVisibility({ postgres }: Cluster): Promise<void> {
  const setReadOnly = async (value: 'on' | 'off') => {
    const { visibility } = databases;
    await postgres.run(
      'postgres',
      `alter database ${visibility} set default_transaction_read_only = ${value}`,
    );
    // Sessions keep the setting with which they began.
    await postgres.run(
      'postgres',
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${visibility}'`,
    );
  };
  await setReadOnly('on');
  await sleep(visibilityAwayMs);
  await setReadOnly('off');
}
