#!/usr/bin/env bash
# A webhook secret in the URL-safe form of base64, given to two of the Standard Webhooks libraries.
#
# Guess:      both take it, or both refuse it; two libraries of one project never make different signatures from one secret.
# Behaviour:  JavaScript refuses `-` and `_`. Python drops them, where what is left has a length that base64 can have: it signs and
#             verifies with another, shorter key, and says nothing.
# Versions:   standardwebhooks 1.1.1 of npm, 1.1.0 of PyPI.
# Source:     the Python library decodes with `base64.b64decode`, which leaves out foreign characters unless it is told to validate.
# Matters:    key generators often write URL-safe base64. A sender must refuse such a secret, or the receiver's language decides
#             whether its messages are genuine.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip standardwebhooks==1.1.0
npm_install standardwebhooks@1.1.1

# The same 24 bytes, in both forms of base64.
plain=whsec_c29tZSA+PiBieXRlcyA/Pz8gPj4+IGhlcmU/
safe=whsec_c29tZSA-PiBieXRlcyA_Pz8gPj4-IGhlcmU_

cat >sign.js <<'JS'
import { Webhook } from 'standardwebhooks';
for (const secret of process.argv.slice(2))
  try {
    console.log('JavaScript', new Webhook(secret).sign('id', new Date(0), '{}'));
  } catch (error) {
    console.log('JavaScript', error.message);
  }
JS
cat >sign.py <<'PY'
import sys
from datetime import datetime, timezone
from standardwebhooks.webhooks import Webhook

for secret in sys.argv[1:]:
    print("Python", Webhook(secret).sign("id", datetime.fromtimestamp(0, timezone.utc), "{}"))
PY
{ node sign.js "$plain" "$safe" && python sign.py "$plain" "$safe"; } | seen 'JavaScript v1,SSkAmB0h+w40ihPvwiWHPCdPoWYEkbUUBsY2nyPocEw=
JavaScript Base64Coder: incorrect characters for decoding
Python v1,SSkAmB0h+w40ihPvwiWHPCdPoWYEkbUUBsY2nyPocEw=
Python v1,q7neIpLIfP09UVAXe2fpreVsSzTy07DyjtgUzPRQrug='
