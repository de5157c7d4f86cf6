import { ApplicationFailure, Context, log } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { isFailureType } from '../../failure-types.ts';
import { typesThatWait, waitsName } from '../../runs/names.ts';
import { nothingYet } from './settle.ts';

/** A call whose next attempt is this far away waits: its first two pauses are shorter. Milliseconds. */
const waitsFromMs = 2_500;
/** Shorter than a heartbeat may be late: the attempt is not over before this is. */
const signalMs = 700;

/**
 * Tells a create or an update that one of its calls waits for AEP, and why: only Temporal's server would know it otherwise. By one
 * signal, however many attempts fail: the server takes a request id once in a run. What cannot be told now, the next
 * attempt tells.
 */
export const tellWait: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        if (isWait(error)) await tell(error).catch(notTold);
        throw error;
      }
    },
  },
});

function isWait(error: unknown): error is ApplicationFailure {
  if (!typesThatWait.includes(Context.current().info.workflowType ?? '')) return false;
  if (!(error instanceof ApplicationFailure) || error.nonRetryable) return false;
  const { type, nextRetryDelay } = error;
  // A message that nobody takes is no wait for AEP.
  if (!isFailureType(type) && type !== nothingYet) return false;
  return typeof nextRetryDelay === 'number' && nextRetryDelay >= waitsFromMs;
}

async function tell({ type, message }: ApplicationFailure): Promise<void> {
  const { client, info } = Context.current();
  const { activityType: activity, activityId } = info;
  const { workflowId, runId } = info.workflowExecution!;
  const { loadedDataConverter, namespace, identity } = client.options;
  const { payloadConverter, payloadCodecs } = loadedDataConverter;
  let payloads = [payloadConverter.toPayload({ activity, why: type, message })];
  for (const codec of payloadCodecs)
    payloads = await codec.encode(payloads, { type: 'workflow', namespace, workflowId });
  await client.withDeadline(Date.now() + signalMs, () =>
    client.workflowService.signalWorkflowExecution({
      namespace,
      identity,
      workflowExecution: { workflowId, runId },
      signalName: waitsName,
      input: { payloads },
      requestId: `${waitsName} ${activityId}`,
    }),
  );
}

function notTold(error: unknown): void {
  log.debug('A workflow could not be told that one of its calls waits', { error: String(error) });
}
