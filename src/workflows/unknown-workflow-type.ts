import { upsertMemo, workflowInfo } from '@temporalio/workflow';
import { didYouMean, nearest } from '../definition/nearest.ts';
import { emptyOutcome } from '../resources/outcome.ts';
import { fail } from './failures.ts';
import { workflowTypes } from './types.ts';

/**
 * Takes every workflow of a type that there is not. Without it such a workflow would stay running, and hold the lock of the
 * dataflow whose id it has.
 * @throws ApplicationFailure `UnknownWorkflowType`.
 */
export async function unknownWorkflowType(): Promise<never> {
  const { workflowType } = workflowInfo();
  const known = Object.entries(workflowTypes).flatMap(([type, facts]) => ('isForUs' in facts ? [] : type));
  const near = nearest(workflowType, known);
  // A run that is refused at once has left nothing that the next one would have to wait for.
  upsertMemo({ outcome: emptyOutcome() });
  throw fail(
    'UnknownWorkflowType',
    `There is no workflow type ${JSON.stringify(workflowType)}${near === undefined ? '.' : didYouMean(near)} Known are ${known.join(', ')}`,
    { known, ...(near === undefined ? {} : { nearest: near }) },
  );
}
