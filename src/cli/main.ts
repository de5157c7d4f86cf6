#!/usr/bin/env node
// temporal aep …: an extension of the Temporal CLI, which runs any executable on PATH that is called temporal-NAME.
import { runProgram } from './program.ts';

await runProgram(process.argv.slice(2));
// A call that Temporal's client is about to repeat, such as the look at a workflow's progress, would throw where nobody
// catches it, as its connection is closed by now. What is printed is out by then, also where a pipe takes it later.
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
