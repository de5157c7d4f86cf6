import { QueryRejectedError, ServiceError } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

/** Somebody has paused a workflow or one of its activities in Temporal: nothing of it goes on until that is taken back. */
export interface Paused {
  /** Epoch milliseconds. */
  since?: number;
  /** Who did it, as Temporal knows them. */
  by?: string;
  reason?: string;
}

type OfWorkflow = temporal.api.workflow.v1.IWorkflowExecutionPauseInfo;
type OfActivity = temporal.api.workflow.v1.PendingActivityInfo.IPauseInfo;

/** What `describe` says of a workflow that is paused. */
export function pausedWorkflow({ pausedTime, identity, reason }: OfWorkflow): Paused {
  return paused(pausedTime, identity, reason);
}

/** What `describe` says of an activity that is paused: by a person, or by a rule of its namespace. */
export function pausedActivity({ pauseTime, manual, rule }: OfActivity): Paused {
  return paused(pauseTime, manual?.identity ?? rule?.identity, manual?.reason ?? rule?.reason);
}

function paused(
  time: { seconds?: unknown } | null | undefined,
  by: string | null | undefined,
  reason: string | null | undefined,
): Paused {
  return {
    ...(time?.seconds ? { since: Number(time.seconds) * 1000 } : {}),
    ...(by ? { by } : {}),
    ...(reason ? { reason } : {}),
  };
}

/** `WORKFLOW_EXECUTION_STATUS_PAUSED` of Temporal's API. */
const pausedStatus: temporal.api.enums.v1.WorkflowExecutionStatus = 8;
/** gRPC's `FAILED_PRECONDITION`. */
const failedPrecondition = 9;

/** Whether the server refused a query or an update because the workflow is paused. */
export function isRefusedAsPaused(error: unknown): boolean {
  if (error instanceof QueryRejectedError) return error.status === pausedStatus;
  if (!(error instanceof ServiceError)) return false;
  const { code, details } = (error.cause ?? {}) as { code?: number; details?: string };
  return code === failedPrecondition && /paused/i.test(details ?? '');
}
