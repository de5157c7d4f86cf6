import { z } from 'zod';
import { fieldOf, type Problem } from '../definition/problems.ts';
import { line, resourceId, sandboxName } from '../definition/text.ts';
import { watch, type Watch } from '../definition/watch.ts';
import { invalidDefinition } from './failures.ts';
import { watcherWorkflowId } from './watch-messages.ts';
import type { WatchInput } from './watch-messages.ts';

const watchInput = () =>
  z.strictObject({
    sandbox: sandboxName(),
    flowId: resourceId(),
    dataflow: line().optional(),
    connector: line().optional(),
    watch: watch().optional(),
  }) satisfies z.ZodType<WatchInput>;

/** Checks what a watcher was started with, and under which id. Throws `InvalidDefinition` with every problem. */
export function checkWatchInput(input: unknown, workflowId: string): WatchInput {
  const read = checked(watchInput(), input, 'This flow cannot be watched');
  const id = watcherWorkflowId(read);
  if (workflowId !== id) {
    const message = `The watcher of this flow runs under the workflow id ${id}, not ${workflowId}: a flow has one watcher.`;
    throw invalidDefinition(message, [{ field: '', message }]);
  }
  return read;
}

/** Checks new settings of a watch. Throws `InvalidDefinition` with every problem. */
export function checkWatch(input: unknown): Watch {
  return checked(watch(), input, noWay);
}

/** Throws `InvalidDefinition` with all that is wrong with new settings of a watch, if anything is. */
export function mustBeGood(problems: Problem[]): void {
  if (problems.length > 0) throw refusal(noWay, problems);
}

const noWay = 'This is no way to watch a flow';

function checked<Checked>(schema: z.ZodType<Checked>, input: unknown, what: string): Checked {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => ({ field: fieldOf(path), message }));
  throw refusal(what, problems);
}

function refusal(what: string, problems: Problem[]) {
  const lines = problems.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  return invalidDefinition(`${what}:\n${lines.join('\n')}`, problems);
}
