import { ApplicationFailure } from '@temporalio/activity';
import type { FailureType } from '../../failure-types.ts';

/** What AEP has of a base connection is in the way. */
export function conflict(
  reason: 'foreign' | 'in-use' | 'missing',
  message: string,
  id: string,
): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Conflict' satisfies FailureType,
    message,
    details: [{ reason, ids: [id], differences: [] }],
    nonRetryable: true,
  });
}
