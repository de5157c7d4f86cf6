"""Plans the change of a dataflow to what a JSON file asks for, shows the plan, and carries out exactly that.

    python change_dataflow.py FILE [--plan | --yes] [--replace-flow from-now|backfill] [--missing-flow recreate]

Connects by the usual Temporal settings (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, profiles in temporal.toml).
Exit codes: 0 done, or nothing to do; 1 somebody has to do something; 75 AEP is slow or away, try again later.
"""

import argparse
import asyncio
import json
import os
import sys
import uuid

from temporalio.client import Client, WorkflowFailureError
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import WorkflowAlreadyStartedError

from create_dataflow import explain, show_steps

SIGNS = {"create": "+", "update": "~", "replace": "-/+", "remove": "-", "conflict": "!"}


async def main(options: argparse.Namespace) -> int:
    with open(options.file, encoding="utf-8") as text:
        definition = json.load(text)
    client = await Client.connect(**{"target_host": "localhost:7233", **ClientConfig.load_client_connect_config()})
    try:
        plan = await client.execute_workflow(
            "planDataflow", definition, id=f"plan:{uuid.uuid4()}", task_queue="aep-dataflows"
        )
    except WorkflowFailureError as failure:
        return explain(failure.cause)
    show_plan(plan)
    if options.plan or (not options.yes and input("Carry it out? Then type yes: ") != "yes"):
        return 0

    update = {"definition": definition, "digest": plan["digest"]}
    if options.replace_flow:
        update["replaceFlow"] = options.replace_flow
    if options.missing_flow:
        update["missingFlow"] = options.missing_flow
    try:
        handle = await client.start_workflow(
            "updateDataflow",
            update,
            # The id is the lock of the dataflow: create, update and delete run under it and under no other.
            id=f"dataflow:{definition['sandbox']}:{definition['name']}",
            task_queue="aep-dataflows",
        )
    except WorkflowAlreadyStartedError as running:
        print(f"{running.workflow_type} runs under {running.workflow_id} already.", file=sys.stderr)
        return 1

    result = asyncio.create_task(handle.result())
    await show_steps(handle, result)
    try:
        updated = await result
    except WorkflowFailureError as failure:
        return explain(failure.cause)
    print(f"Done. Flow {updated['flowId']}, watched by {updated['watcherWorkflowId']}")
    for warning in updated["warnings"]:
        print(f"Warning: {warning['message']}")
    return 0


def show_plan(plan: dict) -> None:
    for step in plan["steps"]:
        print(f"{SIGNS.get(step['action'], ''):>3} {step['kind']} {step.get('id', '')} {step['reason']}")
        for change in step["changes"]:
            if "added" in change:
                print(f"      {change['field']}:")
                for sign, rows in (("-", change["removed"]), ("+", change["added"])):
                    for row in rows:
                        print(f"        {sign} {json.dumps(row)}")
            else:
                before, after = json.dumps(change.get("from")), json.dumps(change.get("to"))
                print(f"      {change['field']}: {before} -> {after}")
    for problem in plan["problems"]:
        print(f"Problem: {problem['field']}: {problem['message']}")
    for warning in plan["warnings"]:
        print(f"Warning: {warning['message']}")
    for choice in plan["choices"]:
        for option in choice["options"]:
            print(f'Choice: {choice["name"]} "{option["value"]}": {option["consequence"]}')
    print(f"{plan['summary']}.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--plan", action="store_true", help="only show the plan")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--replace-flow", choices=["from-now", "backfill"])
    parser.add_argument("--missing-flow", choices=["recreate"])
    code = asyncio.run(main(parser.parse_args()))
    sys.stdout.flush()
    sys.stderr.flush()
    # As in create_dataflow.py.
    os._exit(code)
