#!/usr/bin/env bash
# The second page of a flow's runs, asked for by the public client aepp.
#
# Guess:      it follows `_links.next.href` as it is, or takes the parameter `continuationToken` out of it by name.
# Behaviour:  it takes what stands between the first two `=`, whatever that is: where the link repeats the list's own parameters, as
#             Adobe's Flow Service does, it asks with a token that nobody gave it; where the token comes first and ends in `=`, without
#             the token's end.
# Versions:   aepp 0.6.0.
# Source:     `token.split("=")[1]` in its flowservice.py.
# Matters:    a next page is followed as it is given. An emulator that takes any token for the first page would hide this.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
aepp

cat >main.py <<'PY'
from stub import flow_service

asked = []


def answer(request):
    asked.append(request.query.get("continuationToken"))
    first = {"items": [{"id": "run 1"}], "_links": {"next": {"href": link}}}
    return 200, first if asked[-1] is None else {"items": [], "_links": {}}


service = flow_service(answer)
for link in ("/runs?limit=1&continuationToken=abc", "/runs?continuationToken=YWI=&limit=1", "/runs?continuationToken=abc"):
    asked.clear()
    service.getRuns(limit=1)
    print(f"{link}: asked for {asked[1]}")
PY
python main.py | seen '/runs?limit=1&continuationToken=abc: asked for 1&continuationToken
/runs?continuationToken=YWI=&limit=1: asked for YWI
/runs?continuationToken=abc: asked for abc'
