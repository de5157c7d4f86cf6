import { isCancellation } from '@temporalio/workflow';
import { z } from 'zod';
import { sandboxName } from '../../definition/text.ts';
import { summarized } from '../calls.ts';
import { fail } from '../failures.ts';
import { checkInput } from '../inputs.ts';
import type { CheckSetupInput, CheckSetupResult } from '../messages.ts';

const setupInput = () =>
  z.strictObject({
    sandbox: sandboxName().optional().describe('Where the services of AEP are asked.'),
  }) satisfies z.ZodType<CheckSetupInput>;

/**
 * What AEP says to a worker with its credentials: token, sandboxes, what may be read, its clock. It changes nothing. Runs
 * under any id.
 *
 * @throws ApplicationFailure `InvalidDefinition` where the input makes no sense; `Unavailable` where no worker has done it
 * within three minutes.
 */
export async function checkSetup(input: unknown): Promise<CheckSetupResult> {
  const { sandbox } = checkInput(setupInput(), input, 'This cannot be checked');
  const activities = summarized('Ask AEP what this worker may do', {
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: '3 minutes',
  });
  try {
    return { checks: await activities.checkAep(sandbox === undefined ? {} : { sandbox }) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw fail('Unavailable', 'No worker has asked AEP within three minutes');
  }
}
