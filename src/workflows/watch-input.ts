import { z } from 'zod';
import { fieldOf } from '../definition/problems.ts';
import { line, resourceId, sandboxName } from '../definition/text.ts';
import { invalidDefinition } from './failures.ts';
import { watcherWorkflowId } from './watch-messages.ts';
import type { WatchInput } from './watch-messages.ts';

const seconds = z
  .number()
  .int('must be whole seconds')
  .positive('must be more than 0')
  .max(31_536_000, 'must be at most a year');

const watchInput = z.strictObject({
  sandbox: sandboxName(),
  flowId: resourceId(),
  dataflow: line().optional(),
  connector: line().optional(),
  watch: z
    .strictObject({ overdueAfterSeconds: seconds.optional(), stuckAfterSeconds: seconds.optional() })
    .optional(),
}) satisfies z.ZodType<WatchInput>;

/** Checks what a watcher was started with, and under which id. Throws `InvalidDefinition` with every problem. */
export function checkWatchInput(input: unknown, workflowId: string): WatchInput {
  const read = watchInput.safeParse(input);
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => ({ field: fieldOf(path), message }));
    const lines = problems.map(({ field, message }) => (field ? `${field}: ${message}` : message));
    throw invalidDefinition(`This flow cannot be watched:\n${lines.join('\n')}`, problems);
  }
  const id = watcherWorkflowId(read.data);
  if (workflowId !== id) {
    const message = `The watcher of this flow runs under the workflow id ${id}, not ${workflowId}: a flow has one watcher.`;
    throw invalidDefinition(message, [{ field: '', message }]);
  }
  return read.data;
}
