import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { isFailureType } from '../failure-types.ts';

const usual = new DefaultLogger('WARN');

/**
 * The worker's log on standard error: warnings and errors. What AEP or a definition is at fault for is one line without
 * a stack trace, which would only show our own code.
 */
export const workerLog = new DefaultLogger('WARN', (entry) => {
  const line = lineFor(entry);
  if (line === undefined) usual.log(entry.level, entry.message, entry.meta);
  else if (line !== '') process.stderr.write(`${timeOf(entry)} [${entry.level}] ${line}\n`);
});

/** One line, none at all (`''`), or undefined for what is told as usual. */
function lineFor({ message, meta = {} }: LogEntry): string | undefined {
  const { workflowType, workflowId, activityType, attempt, error, sdkComponent } = meta;
  const of = `${String(workflowType)} ${String(workflowId)}`;
  if (sdkComponent === 'workflow')
    return `${of}: ${message}${error === undefined ? '' : `: ${String(error)}`}`;
  if (message === 'Workflow failed' && error instanceof Error) return `${of} failed: ${error.message}`;
  if (message !== 'Activity failed' || !(error instanceof ApplicationFailure)) return undefined;
  // What ends a create is told when it has ended, or waits.
  if (error.nonRetryable && isFailureType(error.type) && workflowType === 'createDataflow') return '';
  return `${of}: ${String(activityType)} failed (attempt ${String(attempt)}): ${error.message}`;
}

function timeOf({ timestampNanos }: LogEntry): string {
  return new Date(Number(timestampNanos / 1_000_000n)).toISOString();
}
