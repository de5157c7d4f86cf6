import { z } from 'zod';
import type { Problem } from '../../definition/problems.ts';
import { line, resourceId, sandboxName } from '../../definition/text.ts';
import { watch, type Watch } from '../../definition/watch.ts';
import { latestMs } from '../../runs/raw.ts';
import { checkInput, wrongInput } from '../inputs.ts';
import { howToStart } from '../right-id.ts';
import { watcherWorkflowId } from './watch-messages.ts';
import type { Successor, WatchInput } from './watch-messages.ts';

const watched = () =>
  z.strictObject({
    flowId: resourceId().describe("AEP's id of the flow."),
    // A search attribute holds no more of them.
    dataflow: line(255).optional(),
    connector: line(255).optional(),
    watch: watch().optional(),
  });

const successor = () =>
  watched().extend({
    follows: z
      .strictObject({
        flowId: resourceId(),
        loadedUntil: z.int().nonnegative().max(latestMs).optional(),
        // As long as `readRun` leaves any.
        failed: z.array(z.string().max(600)).max(10).optional(),
      })
      .optional(),
    missing: z.boolean().optional(),
  }) satisfies z.ZodType<Successor>;

const watchInput = () =>
  watched().extend({
    sandbox: sandboxName().describe('The name of the sandbox that the flow is in.'),
  }) satisfies z.ZodType<WatchInput>;

/** Checks what a watcher was started with, and under which id. Throws `InvalidDefinition` with every problem. */
export function checkWatchInput(input: unknown, workflowId: string): WatchInput {
  const what = 'This flow cannot be watched';
  const read = checkInput(watchInput(), input, what);
  const id = watcherWorkflowId(read);
  if (workflowId === id) return read;
  const message = `The watcher of this flow runs under the workflow id ${id}, not ${workflowId}: a flow has one watcher. ${howToStart(id)}`;
  throw wrongInput(what, [{ field: '', message }]);
}

/** Checks which flow takes the place of another, and how that is to be watched. Throws `InvalidDefinition` with every problem. */
export function checkSuccessor(input: unknown, flowId: string): Successor {
  const what = 'This flow cannot take the place of another';
  const read = checkInput(successor(), input, what);
  if (read.flowId !== flowId) return read;
  throw wrongInput(what, [{ field: 'flowId', message: 'is the flow that is to be replaced' }]);
}

/** Checks new settings of a watch. Throws `InvalidDefinition` with every problem. */
export function checkWatch(input: unknown): Watch {
  return checkInput(watch(), input, noWay);
}

/** Checks what is asked for with `retryRun`: to run the wrong run again would load its rows twice. Throws `InvalidDefinition`. */
export function checkRetryRun(input: unknown): void {
  checkInput(z.strictObject({ runId: z.string().optional() }), input ?? {}, 'This cannot be run again');
}

/** For an update that has no input: what somebody gives it all the same would do nothing. Throws `InvalidDefinition`. */
export function takesNothing(input?: unknown): void {
  checkInput(z.strictObject({}), input ?? {}, 'This takes no input');
}

/** Throws `InvalidDefinition` with all that is wrong with new settings of a watch, if anything is. */
export function mustBeGood(problems: Problem[]): void {
  if (problems.length > 0) throw wrongInput(noWay, problems);
}

const noWay = 'This is no way to watch a flow';
