import { relative } from 'node:path';
import { shellWord } from '../src/shell-word.ts';
import { workflowId } from '../src/definition/identity.ts';
import { taskQueue } from '../src/workflows/messages.ts';

/** The Temporal CLI's lines that do by hand, for one definition, what our programs do. */
export function commandLines(dataflow: { sandbox: string; name: string }, file: string) {
  const id = workflowId(dataflow);
  return {
    start:
      `temporal workflow start --task-queue ${taskQueue} --type createDataflow ` +
      `--workflow-id ${shellWord(id)} --fail-existing --input-file ${shellWord(relative(process.cwd(), file))}`,
    progress: `temporal workflow query --workflow-id ${shellWord(id)} --type progress --output json`,
    result: `temporal workflow result --workflow-id ${shellWord(id)} --output json`,
  };
}

/** Lines that let the Temporal CLI of a terminal reach this server. */
export function setUpLines(temporal: { address: string; cli: string }): string[] {
  return [`export TEMPORAL_ADDRESS=${temporal.address}`, `alias temporal=${shellWord(temporal.cli)}`];
}

/** A line that starts one more worker, from the sources as they are now. */
export function workerLine(env: Record<string, string>): string {
  const told = Object.entries(env).filter(([name]) => name !== 'TEMPORAL_CONFIG_FILE');
  const variables = told.map(([name, value]) => `${name}=${shellWord(value)}`);
  return [...variables, 'npm run worker'].join(' ');
}
