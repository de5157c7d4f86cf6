#!/usr/bin/env node
// temporal aep …: an extension of the Temporal CLI, which runs any executable on PATH that is called temporal-NAME.
import { runProgram } from './program.ts';

await runProgram(process.argv.slice(2));
