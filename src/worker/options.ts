import type { WorkerOptions } from '@temporalio/worker';
import type { WorkerConfig } from '../settings/config.ts';
import type { ConnectionSecrets } from '../activities/connections/credentials.ts';
import { createSecretSources } from '../activities/connections/secret-sources.ts';
import { createActivities } from '../activities/index.ts';
import { tellWait } from '../activities/dataflow/tell-wait.ts';
import { createAep } from '../aep/aep.ts';
import { taskQueue } from '../workflows/messages.ts';

function connectionSecretsOf({
  connectionDigestKey,
  secretVariables,
  secretsDir,
}: WorkerConfig): ConnectionSecrets | undefined {
  if (connectionDigestKey === undefined) return undefined;
  const readable = { variables: secretVariables, directory: secretsDir };
  return { sources: createSecretSources(process.env, readable), digestKey: connectionDigestKey };
}

/** How every worker of ours is set, in production and in the tests. */
export function workerOptions(config: WorkerConfig): WorkerOptions {
  return {
    taskQueue,
    activities: createActivities({
      aep: createAep(config),
      connectionSecrets: connectionSecretsOf(config),
      ...config,
    }),
    interceptors: { activity: [tellWait] },
    // After a worker died, its workflows wait this long for it before another one takes them.
    stickyQueueScheduleToStartTimeout: '500ms',
    // What is taken is timed from then on, also while the thread stands still: no more than can then be begun in a moment.
    maxConcurrentActivityTaskExecutions: 50,
    // A POST that was begun is answered before the process ends: else its outcome would be unknown.
    shutdownGraceTime: config.httpTimeoutMs + 2_000,
    // Of the beats of an activity the SDK sends one at once and holds the next back for so long: its own threads then send
    // that one, also while ours stands still. It must be well below the heartbeat time-out.
    maxHeartbeatThrottleInterval: '700ms',
    defaultHeartbeatThrottleInterval: '700ms',
    // Ten thousand watchers come back too seldom to be found in a cache, and each that is kept takes a third of a megabyte.
    maxCachedWorkflows: 300,
    // The first create and the look-ups begin together: none of them is to wait for the server to hand it out.
    maxEagerActivityReservationsPerWorkflowTask: 8,
    ...(config.buildId
      ? {
          workerDeploymentOptions: {
            useWorkerVersioning: true,
            version: { deploymentName: 'aep-dataflows', buildId: config.buildId },
            defaultVersioningBehavior: 'PINNED' as const,
          },
        }
      : {}),
  };
}
