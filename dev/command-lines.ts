import { relative } from 'node:path';
import { shellWord } from '../src/shell-word.ts';
import { aepLine } from '../src/command-line.ts';
import { dataflowId, workflowId } from '../src/definition/identity.ts';
import { taskQueue } from '../src/workflows/messages.ts';
import { commandsFolder } from './commands-folder.ts';

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

/** Lines that let a terminal have `temporal` and `temporal aep`, and have them reach this server. */
export async function setUpLines(temporal: { address: string; cli: string }): Promise<string[]> {
  return [
    `export TEMPORAL_ADDRESS=${temporal.address}`,
    `export PATH=${shellWord(await commandsFolder(temporal.cli))}:"$PATH"`,
  ];
}

/** What people type. */
export function aepLines(dataflow: { sandbox: string; name: string }, file: string): string[] {
  return [
    `temporal aep create ${shellWord(relative(process.cwd(), file))}`,
    aepLine('status', dataflowId(dataflow)),
    'temporal aep board',
  ];
}

/** A line that starts one more worker, from the sources as they are now. */
export function workerLine(env: Record<string, string>): string {
  const told = Object.entries(env).filter(([name]) => name !== 'TEMPORAL_CONFIG_FILE');
  const variables = told.map(([name, value]) => `${name}=${shellWord(value)}`);
  return [...variables, 'npm run worker'].join(' ');
}
