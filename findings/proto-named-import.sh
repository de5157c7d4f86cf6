#!/usr/bin/env bash
# The named import that the types of @temporalio/proto offer, in an ES module.
#
# Guess:      `import { temporal } from '@temporalio/proto'` works wherever the type checker takes it, as named imports from the
#             SDK's other packages do.
# Behaviour:  the type checker takes it, and so do bundlers. Node itself refuses to load the module: only the default export is
#             there, and holds the same.
# Versions:   @temporalio/proto 1.24.0, TypeScript 5.9.3; Node 20 and 24.
# Source:     the package is CommonJS that assigns one variable to `module.exports`, in which Node finds no names; its declarations
#             export `temporal` by name.
# Matters:    types only need `import type`. Values, such as the enum of event types, need the default import where Node runs the
#             source as it is, as here and in our tests.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
npm_install @temporalio/proto@1.24.0 typescript@5.9.3

cat >named.ts <<'TS'
import { temporal } from '@temporalio/proto';
console.log(temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
TS
cat >default.js <<'JS'
import proto from '@temporalio/proto';
console.log('default import:', proto.temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED);
JS
{
  npx tsc --module nodenext --target es2022 --skipLibCheck named.ts && echo 'type checker: no errors'
  { node named.js 2>&1 || true; } | grep -oE "^SyntaxError: Named export 'temporal' not found|^SyntaxError: .* does not provide an export named 'temporal'|^[0-9]+$"
  node default.js
} | seen "type checker: no errors
SyntaxError: Named export 'temporal' not found
default import: 1"
