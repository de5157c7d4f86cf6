import { isCancellation, proxyActivities } from '@temporalio/workflow';
import { z } from 'zod';
import type { Activities } from '../../activities/index.ts';
import { resourceId, sandboxName } from '../../definition/text.ts';
import { settingsThatFollow } from '../../setup-tried.ts';
import { endingOf, fail, reasonOf } from '../failures.ts';
import { checkInput } from '../inputs.ts';
import type { TrySandboxInput, TrySandboxResult } from '../messages.ts';
import { newNonce } from '../nonce.ts';

const tryInput = () =>
  z.strictObject({
    sandbox: sandboxName().describe('Where it is tried.'),
    flowId: resourceId().optional().describe('A flow that may be changed, disabled and enabled.'),
  }) satisfies z.ZodType<TrySandboxInput>;

/** One attempt: what is made twice would be measured twice. */
const { tryParts, tryFlow } = proxyActivities<Activities>({
  startToCloseTimeout: '20 minutes',
  scheduleToCloseTimeout: '25 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
  summary: 'Try out what no document says',
});

/**
 * Tries out in a sandbox what no document of AEP's says: makes a schema, a dataset, a target connection and a mapping set,
 * and deletes them but for the set. With `flowId`, a flow is changed as well. Runs under any id.
 *
 * @throws ApplicationFailure `InvalidDefinition` where the input makes no sense; what AEP refused, as its type says. What
 * was left by then carries the mark of a dataflow `aep-dataflows-try-…`, and is found by `listOrphans`.
 */
export async function trySandbox(input: unknown): Promise<TrySandboxResult> {
  const { sandbox, flowId } = checkInput(tryInput(), input, 'This cannot be tried');
  try {
    const { bounds, left, measured } = await tryParts({ sandbox, nonce: newNonce() });
    const ofFlow = flowId === undefined ? [] : await tryFlow({ sandbox, flowId });
    const all = [...measured, ...ofFlow];
    return { measured: all, left, settings: settingsThatFollow(all, bounds) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw endingOf(error, {}) ?? fail('Unavailable', `The try was cut off: ${reasonOf(error)}`);
  }
}
