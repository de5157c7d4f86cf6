import { upsertMemo } from '@temporalio/workflow';
import { z } from 'zod';
import { connectionId } from '../../definition/connection.ts';
import { partName, sandboxName } from '../../definition/text.ts';
import { emptyOutcome } from '../../resources/outcome.ts';
import { listing, summarized } from '../calls.ts';
import { waitForEarlierRuns } from '../dataflow/check-definition.ts';
import { endingOf } from '../failures.ts';
import { checkInput, readOrRefuse } from '../inputs.ts';
import type { DeleteConnectionInput, DeleteConnectionResult } from './connection-messages.ts';
import { takeLock } from './lock.ts';

const deleteInput = () =>
  z.strictObject({
    sandbox: sandboxName().describe('The name of the sandbox that it is in.'),
    name: partName().describe("The base connection's name in AEP."),
  }) satisfies z.ZodType<DeleteConnectionInput>;

/**
 * Deletes the base connection of a name that `ensureConnection` has made. What others have made stays.
 *
 * Runs under the workflow id `connection:<sandbox>:<name>`.
 *
 * @throws ApplicationFailure `Conflict` where flows load from it, which it names.
 */
export async function deleteConnection(input: unknown): Promise<DeleteConnectionResult> {
  const asked = readOrRefuse(() => checkInput(deleteInput(), input, 'This cannot be deleted'));
  readOrRefuse(() => takeLock(asked, 'deleted'));
  const { sandbox, name } = asked;
  const { baseConnection } = await waitForEarlierRuns();
  try {
    const look = await summarized(`Look for ${name}`, listing).findBaseConnections({
      sandbox,
      name,
      ...(baseConnection === undefined ? {} : { knownId: baseConnection }),
    });
    const ours = look.found.filter(({ isOurs }) => isOurs).map(({ id }) => id);
    for (const id of ours)
      // oxlint-disable-next-line no-await-in-loop
      await summarized(`Delete ${name}`, listing).deleteBaseConnection({ sandbox, id, name });
    const left = look.found.filter(({ isOurs }) => !isOurs).map(({ id }) => id);
    if (left.length === 0 && ours.length > 0) return { deleted: ours };
    const note =
      left.length === 0
        ? `No base connection in the sandbox ${sandbox} is called "${name}"`
        : `What is called "${name}" and was not made from a definition stays: ${left.join(', ')}`;
    return {
      deleted: ours,
      ...(left.length > 0 ? { left } : {}),
      note: `${connectionId(asked)}: ${note}`,
    };
  } catch (error) {
    throw endingOf(error, {}) ?? error;
  } finally {
    upsertMemo({ outcome: emptyOutcome() });
  }
}
