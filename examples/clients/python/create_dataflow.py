"""Creates a dataflow from a JSON file, shows its steps as they go, and waits for the result.

    python create_dataflow.py FILE

Connects by the usual Temporal settings (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, profiles in temporal.toml).
Exit codes: 0 created; 1 somebody has to do something; 75 AEP is slow or away, try again later.
"""

import asyncio
import json
import os
import sys

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError, CancelledError, WorkflowAlreadyStartedError

# The `type` of a failure says whose move it is.
WHOSE_MOVE = {
    "InvalidDefinition": "Correct the definition and start it again.",
    "Conflict": "Somebody has to look at what AEP holds, and decide.",
    "Unauthorized": "The credentials of the worker, or their permissions, have to be put right.",
    "Rejected": "AEP refused a request. Its own words are above: correct the definition, or ask Adobe.",
    "StalePlan": "Plan again, and look at what has changed since.",
    "ChoiceNeeded": "Make one of the choices that the plan names.",
    "RejectedByPerson": "Whoever was to approve the plan has rejected it: the message says why.",
    "UnknownWorkflowType": "The worker does not know createDataflow: it is of another version, or another project's.",
    "OutcomeUnknown": "Start it again: it looks at what is there before it makes anything.",
    "RateLimited": "Start it again later.",
    "Unavailable": "Start it again later.",
}
TRY_AGAIN_LATER = {"OutcomeUnknown", "RateLimited", "Unavailable"}


async def main(file: str) -> int:
    with open(file, encoding="utf-8") as text:
        definition = json.load(text)
    client = await Client.connect(**{"target_host": "localhost:7233", **ClientConfig.load_client_connect_config()})
    try:
        handle = await client.start_workflow(
            "createDataflow",
            definition,
            # The id is the lock of the dataflow. The workflow refuses to run under any other.
            id=f"dataflow:{definition['sandbox']}:{definition['name']}",
            task_queue="aep-dataflows",
        )
    except WorkflowAlreadyStartedError as running:
        print(f"{running.workflow_type} runs under {running.workflow_id} already.", file=sys.stderr)
        return 1

    result = asyncio.create_task(handle.result())
    await show_steps(handle, result)
    try:
        created = await result
    except WorkflowFailureError as failure:
        return explain(failure.cause)
    print(f"Created. Flow {created['flowId']}, watched by {created['watcherWorkflowId']}")
    for warning in created["warnings"]:
        print(f"Warning: {warning['message']}")
    return 0


async def show_steps(handle: WorkflowHandle, result: asyncio.Task) -> None:
    """Prints each step when its state changes, until the workflow has ended."""
    shown = {}
    ended = False
    while not ended:
        ended = bool((await asyncio.wait([result], timeout=0.5))[0])
        try:
            progress = await handle.query("progress")
        except Exception:  # A definition that is refused has no progress; its failure tells.
            continue
        for step in progress["steps"]:
            if step["state"] not in ("waiting", shown.get(step["step"])):
                shown[step["step"]] = step["state"]
                print(f"{step['title']:34} {step['state']:8} {step.get('id', '')}")


def explain(cause: BaseException) -> int:
    if isinstance(cause, CancelledError):
        print("Cancelled. What was made is in the memo of the workflow.", file=sys.stderr)
        return 1
    if not isinstance(cause, ApplicationError):
        raise cause
    details = cause.details[0] if cause.details else {}
    problems = details.get("problems", [])
    # The message tells the first ten problems, the details all of them (at most a hundred).
    message = cause.message.partition("\n")[0] if problems else cause.message
    print(f"{cause.type}: {message}", file=sys.stderr)
    for problem in problems:
        print(f"  {problem['field']}: {problem['message']}", file=sys.stderr)
    if details.get("failed"):
        print(f"  failed: {', '.join(one['kind'] for one in details['failed'])}", file=sys.stderr)
    for key in ("made", "adopted", "notTried", "unknown"):
        if details.get(key):
            print(f"  {key}: {json.dumps(details[key])}", file=sys.stderr)
    print(WHOSE_MOVE.get(cause.type, ""), file=sys.stderr)
    return 75 if cause.type in TRY_AGAIN_LATER else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    code = asyncio.run(main(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    # The client has threads of its own, and an interpreter that is taken down beside them can abort (exit code 134).
    os._exit(code)
