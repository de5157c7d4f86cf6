#!/usr/bin/env bash
# Flows listed by the public client aepp with a property filter, and of these only the source flows.
#
# Guess:      both filters count, as each is an option of its own.
# Behaviour:  `onlySources` takes the place of `prop`: the filter is not sent, and all source flows are returned as if they fitted it.
# Versions:   aepp 0.6.0.
# Source:     its flowservice.py keeps both in one parameter, `property`.
# Matters:    who deletes or disables what such a list returns touches the flows of others.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
aepp

cat >main.py <<'PY'
from stub import flow_service

asked = []


def answer(request):
    asked.append(request.query.get("property"))
    return 200, {"items": [], "_links": {}}


service = flow_service(answer)
service.getFlows(prop="name==orders")
service.getFlows(prop="name==orders", onlySources=True)
for properties in asked:
    print(properties)
PY
python main.py | seen 'name==orders
inheritedAttributes.properties.isSourceFlow==true'
