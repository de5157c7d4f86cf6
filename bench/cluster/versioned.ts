import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { healthQuery, wakeSignal } from '../../src/workflows/watch/watch-messages.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { newDefinition } from '../lib/definitions.ts';
import type { Crew } from './crew.ts';

/** A release that breaks what the one before it began, and a way back. */
export interface Versioned {
  /** Open while the release and the rollback happened. */
  watchers: number;
  /** Creates under way when the release became the current version: they end on the version that they began with. */
  underWay: number;
  /** Creates that began with the new release, also those that were under way at the rollback. */
  begunAfter: number;
  /** Watchers that could not go on with the new release. */
  stuck: number;
  /** Seconds from the rollback until every watcher answered and went on. */
  healedAfter: number;
  duplicates: number;
  /** Creates that failed, and watchers that did not go on. */
  wrong: number;
}

const patienceMs = 120_000;
const watcherType = 'watchFlowRuns';

export async function versioned(
  crew: Crew,
  { creates, folder }: { creates: number; folder: string },
): Promise<Versioned> {
  const { client, dataflows, emulator } = crew;
  const start = () =>
    Promise.all(Array.from({ length: creates }, () => dataflows.start(newDefinition('newer'))));
  let wrong = 0;
  const ended = async (handles: Awaited<ReturnType<typeof start>>) => {
    const results = await Promise.allSettled(handles.map((handle) => handle.result()));
    wrong += results.filter(({ status }) => status === 'rejected').length;
  };
  const before = (await emulator.resources('flows')).length;

  await crew.startWorker({ buildId: 'v1' });
  await makeCurrent(client, 'v1');
  await ended(await start());
  const watchers = await openWatchers(client);

  await crew.startWorker({ buildId: 'v2', bundle: await breakingBundle(folder) });
  const underWay = await start();
  await sleep(500);
  await makeCurrent(client, 'v2');
  const begunAfter = await start();
  await ended(underWay);
  await Promise.all(watchers.map((id) => client.workflow.getHandle(id).signal(wakeSignal, { flow: true })));
  const stuckNow = async () => (await Promise.all(watchers.map((id) => isStuck(client, id)))).filter(Boolean);
  // Those that a create of the new release shares the moment with go on; the others cannot.
  const stuck = await waitFor(
    'the watchers to be stuck',
    async () => {
      const all = await stuckNow();
      return all.length === watchers.length ? all.length : undefined;
    },
    patienceMs,
  );

  const back = performance.now();
  await makeCurrent(client, 'v1');
  await ended(begunAfter);
  await waitFor('every watcher to go on', async () => (await stuckNow()).length === 0, patienceMs);
  const healedAfter = (performance.now() - back) / 1000;
  await ended(await start());
  for (const id of await openWatchers(client)) {
    const { verdict } = await client.workflow.getHandle(id).query(healthQuery);
    if (verdict === 'unreadable') wrong += 1;
  }
  const open = (await openWatchers(client)).length;
  return {
    watchers: watchers.length,
    underWay: creates,
    begunAfter: creates,
    stuck,
    healedAfter,
    duplicates: (await emulator.resources('flows')).length - before - 4 * creates,
    wrong: wrong + Math.abs(open - 4 * creates),
  };
}

async function breakingBundle(folder: string): Promise<string> {
  const file = join(folder, 'breaking.js');
  await bundleWorkflows(file, fileURLToPath(new URL('./breaking-workflows.ts', import.meta.url)));
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('releasedAt', String(Date.now())));
  return file;
}

/** A version is known some seconds after its first worker polled. */
async function makeCurrent(
  { workflowService, options: { namespace } }: Client,
  buildId: string,
): Promise<void> {
  await waitFor(
    `${buildId} to be the current version`,
    () =>
      workflowService
        .setWorkerDeploymentCurrentVersion({
          namespace,
          deploymentName: 'aep-dataflows',
          buildId,
          ignoreMissingTaskQueues: true,
          identity: 'bench',
        })
        .then(() => true)
        .catch(() => undefined),
    patienceMs,
  );
}

/** Their workflow ids. */
async function openWatchers(client: Client): Promise<string[]> {
  const ids: string[] = [];
  const query = `WorkflowType = "${watcherType}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

/** Whether a workflow has a task that has failed and is tried again. */
async function isStuck(client: Client, workflowId: string): Promise<boolean> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return (raw.pendingWorkflowTask?.attempt ?? 0) > 1;
}
