#!/usr/bin/env bash
# Has Temporal plan a folder of definitions every morning at six: bash examples/drift.sh SANDBOX FOLDER [MASK]
# MASK: fields of the definitions, separated by commas, whose differences are shown as masked and do not count.
# Run it again after a change of the folder. Needs the Temporal CLI and jq.
set -euo pipefail

sandbox=$1
folder=$2
mask=${3:-}
input=$(mktemp)
trap 'rm -f "$input"' EXIT

jq -s --arg mask "$mask" '{definitions: ., mask: ($mask | split(","))}' "$folder"/*.json > "$input"
temporal schedule delete --schedule-id "drift-of-$sandbox" > /dev/null 2>&1 || true
temporal schedule create --schedule-id "drift-of-$sandbox" --cron '0 6 * * *' --overlap-policy Skip \
  --workflow-id "drift:$sandbox" --task-queue aep-dataflows --type planDataflows --input-file "$input"
