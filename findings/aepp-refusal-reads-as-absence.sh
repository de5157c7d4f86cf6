#!/usr/bin/env bash
# A flow that is there, asked for by the public client aepp while AEP refuses to show it.
#
# Guess:      it raises, or returns what AEP said, so that "refused" differs from "there is none".
# Behaviour:  a token that counts no more, a missing permission and a wrong id all read alike: one flow as {}, the list of flows as [].
# Versions:   aepp 0.6.0.
# Source:     its flowservice.py takes `items` of the answer, and where there are none an empty default; only 429 and 5xx raise.
# Matters:    a script that makes what it does not find makes it anew once its permissions are cut.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
aepp

cat >main.py <<'PY'
from stub import flow_service

status = 200
flows = {"items": [{"id": "one", "name": "orders"}], "_links": {}}
service = flow_service(lambda request: (status, flows if status == 200 else {"title": "no flow for you"}))
for status in (200, 401, 403, 404):
    print(status, service.getFlow("one"), service.getFlows())
PY
python main.py | seen "200 {'id': 'one', 'name': 'orders'} [{'id': 'one', 'name': 'orders'}]
401 {} []
403 {} []
404 {} []"
