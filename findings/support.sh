# What the scripts beside this file share: a temporary folder, packages in it, a development server, a comparison.
set -euo pipefail
work=$(mktemp -d)
started=()
trap 'for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done; rm -rf "$work"' EXIT
cd "$work"

# pip NAME==VERSION …: into a virtual environment whose programs come first on PATH.
pip() {
  [ -d venv ] || python3 -m venv venv
  PATH=$work/venv/bin:$PATH
  venv/bin/pip install --quiet --disable-pip-version-check "$@"
}

# npm_install NAME@VERSION …: into this folder, as ES modules.
npm_install() {
  echo '{"type": "module"}' >package.json
  npm install --silent --no-audit --no-fund "$@"
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# dev_server [OPTION …]: a Temporal development server in memory; its address is in $address.
dev_server() {
  address=127.0.0.1:$(free_port)
  temporal server start-dev --headless --ip 127.0.0.1 --port "${address#*:}" --log-level never "$@" >server.log 2>&1 &
  started+=($!)
  for _ in $(seq 100); do
    temporal operator cluster health --address "$address" >/dev/null 2>&1 && return
    sleep 0.2
  done
  echo 'The development server did not start' >&2
  return 1
}

# seen EXPECTED: prints standard input, and fails unless it is that.
seen() {
  local got
  got=$(cat)
  echo "$got"
  [ "$got" = "$1" ] && return
  printf '\nNo longer so. It was:\n%s\n' "$1" >&2
  return 1
}

# aepp: the public AEP client aepp, and stub.py with what it is to talk to: `flow_service(answer)`, where `answer(request)` returns a
# status and a body.
aepp() {
  pip aepp==0.6.0
  cat >stub.py <<'PY'
import json, logging, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import aepp
from aepp import config, flowservice

logging.disable()


class Request:
    def __init__(self, method, target):
        parts = urlsplit(target)
        self.method, self.path = method, parts.path.removeprefix("/data/foundation/flowservice")
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}


def flow_service(answer):
    class Handler(BaseHTTPRequestHandler):
        def any(self):
            self.rfile.read(int(self.headers.get("content-length", 0)))
            token = (200, {"access_token": "any", "expires_in": 86400})
            status, body = token if self.path == "/token" else answer(Request(self.command, self.path))
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = any

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    aepp.configure(org_id="any@AdobeOrg", client_id="any", secret="any", scopes="openid")
    config.endpoints["global"] = base
    config.config_object["oauthTokenEndpointV2"] = f"{base}/token"
    return flowservice.FlowService()
PY
}
