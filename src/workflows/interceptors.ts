import {
  log,
  upsertMemo,
  workflowInfo,
  type ApplicationFailure,
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptors,
} from '@temporalio/workflow';
import { emptyOutcome } from '../resources/outcome.ts';
import { tellsWatchers } from '../runs/names.ts';
import { invalidDefinition } from './failures.ts';
import { Unreadable } from './payloads.ts';
import { isWorkflowType, workflowTypes } from './types.ts';
import { unknownWorkflowType } from './unknown-workflow-type.ts';

/**
 * Sees what comes to a workflow before the workflow does. What nobody can read, or nobody would, ends here: a start fails,
 * an update or a query is refused, and a signal, which has nobody to answer to, is left out.
 */
const inbound: WorkflowInboundCallsInterceptor = {
  execute(input, next) {
    const { workflowType } = workflowInfo();
    // A module has what every object has: `toString` would be taken for a workflow of ours.
    if (workflowType in Object.prototype) return unknownWorkflowType();
    if (!isWorkflowType(workflowType) || isHandedOver()) return next(input);
    const refusal = refusalOf(input.args, workflowType);
    if (!refusal) return next({ ...input, args: input.args.slice(0, 1) });
    // A run that is refused at once has left nothing that the next one would have to wait for.
    upsertMemo({ outcome: emptyOutcome() });
    return Promise.reject(refusal);
  },

  validateUpdate(input, next) {
    const refusal = refusalOf(input.args, `The update ${input.name}`);
    if (refusal) throw refusal;
    next(input);
  },

  async handleQuery(input, next) {
    const refusal = refusalOf(input.args, `The query ${input.queryName}`);
    if (refusal) throw refusal;
    return next(input);
  },

  handleSignal(input, next) {
    const refusal = refusalOf(input.args, `The signal ${input.signalName}`);
    if (!refusal) return next(input);
    log.warn('A signal was left out', { error: refusal.message });
    return Promise.resolve();
  },
};

/**
 * Whether the arguments are those that one execution of a workflow gave the next, or what a watcher or an update told the
 * watcher that it started. A cron's are what it was started with.
 */
function isHandedOver(): boolean {
  const { workflowType, continuedFromExecutionRunId, cronSchedule, parent } = workflowInfo();
  return (
    isWorkflowType(workflowType) &&
    workflowTypes[workflowType].isContinued &&
    (continuedFromExecutionRunId !== undefined || tellsWatchers(parent?.workflowId ?? '')) &&
    cronSchedule === undefined
  );
}

/** One argument is taken, and it must be readable. What nobody reads must not be dropped: it was meant to do something. */
function refusalOf(args: readonly unknown[], what: string): ApplicationFailure | undefined {
  const unreadable = args.find((arg) => arg instanceof Unreadable);
  if (unreadable) return refused(`${what} was given what cannot be read: it ${unreadable.why}`);
  if (args.slice(1).every((arg) => arg === undefined || arg === null)) return undefined;
  return refused(`${what} takes one argument, not ${args.length}: put all of it into one JSON object`);
}

function refused(message: string): ApplicationFailure {
  return invalidDefinition(message, [{ field: '', message }]);
}

/** Bundled with the workflows, which asks for this name. */
export const interceptors = (): WorkflowInterceptors => ({ inbound: [inbound] });
