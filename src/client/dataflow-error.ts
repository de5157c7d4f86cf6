import { WorkflowFailedError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { tellProblems, type Problem } from '../definition/problems.ts';
import { isFailureType, type FailureType } from '../failure-types.ts';
import { isRefusedAsPaused } from './paused.ts';
import { untilTaken } from './turned-away.ts';

/** Why something was not done that a dataflow, a watcher or a folder was asked for. */
export class DataflowError extends Error {
  override name = 'DataflowError' as const;
  readonly type: FailureType | 'Cancelled';
  /** What a program needs to know: problems, differences, AEP's answer, and what was made, adopted, not tried and unknown. */
  readonly details: Record<string, unknown>;

  constructor(type: FailureType | 'Cancelled', message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.type = type;
    this.details = details;
  }
}

/** @throws DataflowError with every problem, where there is one. */
export function mustBeGood(problems: Problem[]): void {
  if (problems.length === 0) return;
  const details = { problems, problemCount: problems.length };
  throw new DataflowError('InvalidDefinition', tellProblems(problems), details);
}

/** What a workflow answers, or its failure as one of ours. */
export function told<Answer>(answer: Promise<unknown>): Promise<Answer> {
  return answer.catch((error: unknown) => Promise.reject(dataflowError(error))) as Promise<Answer>;
}

/** @param nobody returns why nothing runs that could be asked */
export function updated<Answer>(
  send: () => Promise<Answer>,
  nobody?: () => Promise<DataflowError>,
): Promise<Answer> {
  return untilTaken(send).catch(async (error: unknown) => {
    if (nobody && error instanceof WorkflowNotFoundError) throw await nobody();
    throw dataflowError(error);
  });
}

/** What Temporal throws, as callers know it: as it is where it is nothing of ours. */
export function dataflowError(error: unknown): unknown {
  if (isRefusedAsPaused(error)) {
    const message = 'It is paused in Temporal and answers nothing: "temporal workflow unpause" lets it go on';
    return new DataflowError('Conflict', message);
  }
  if (!(error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)) return error;
  if (error.cause instanceof CancelledFailure)
    return new DataflowError('Cancelled', 'The workflow was cancelled');
  if (!(error.cause instanceof ApplicationFailure)) return error;
  const { type, message, details } = error.cause;
  if (type === 'AcceptedUpdateCompletedWorkflow') {
    const told = 'It has ended before it answered: what it was asked for may be done, or not';
    return new DataflowError('Conflict', told);
  }
  if (!isFailureType(type)) return error;
  return new DataflowError(type, message, (details?.[0] ?? {}) as Record<string, unknown>);
}
