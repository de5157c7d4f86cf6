import { z } from 'zod';
import { existingConnection } from '../../definition/connection.ts';
import { sourceOf } from '../../definition/connectors.ts';
import { sandboxName } from '../../definition/text.ts';
import { summarized } from '../calls.ts';
import { endingOf } from '../failures.ts';
import { checkInput } from '../inputs.ts';
import type { DescribeConnectionInput, DescribeConnectionResult } from './connection-messages.ts';
import { giveUpAfterMs, notThere, theConnection } from './the-connection.ts';

const describeInput = () =>
  z.strictObject({
    sandbox: sandboxName().describe('The name of the sandbox that it is in.'),
    connection: existingConnection().describe("AEP's id of the base connection, or its name."),
    test: z.boolean().optional().describe('Whether AEP is to test its credentials, too. No unless given.'),
  }) satisfies z.ZodType<DescribeConnectionInput>;

const cannot = 'This cannot be described';

/**
 * What AEP has of a base connection, whoever made it, and whether it can sign in to the source. Nothing is changed. Runs
 * under any id.
 *
 * @throws ApplicationFailure `InvalidDefinition` where there is none, or where several have the name; `Rejected` where AEP's
 * test of its credentials fails.
 */
export async function describeConnection(input: unknown): Promise<DescribeConnectionResult> {
  const { sandbox, connection, test } = checkInput(describeInput(), input, cannot);
  try {
    const id =
      typeof connection === 'string' ? connection : (await theConnection(sandbox, connection, cannot)).id;
    const seen = await summarized(`Read ${id}`).describeBaseConnection({ sandbox, id, giveUpAfterMs });
    if (!seen) throw notThere(sandbox, id, cannot);
    const { connectionSpecId, name, ...facts } = seen;
    const described = { ...facts, name, source: sourceOf(connectionSpecId ?? '') };
    if (!test) return described;
    await summarized(`Test ${name}`).tryBaseConnection({ sandbox, id, name, giveUpAfterMs });
    return { ...described, test: 'passed' };
  } catch (error) {
    throw endingOf(error, {}) ?? error;
  }
}
