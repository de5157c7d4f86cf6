import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { connectionId, connectionWorkflowId } from '../../definition/connection.ts';
import { wrongInput } from '../inputs.ts';
import { searchAttributes } from '../messages.ts';
import { howToStart } from '../right-id.ts';

/**
 * Sees to it that nothing else is at work on a base connection, which the workflow id does.
 * @throws InvalidDefinition under another id.
 */
export function takeLock(named: { sandbox: string; name: string }, done: 'made' | 'deleted'): void {
  const id = connectionWorkflowId(named);
  const { workflowId } = workflowInfo();
  if (workflowId !== id) {
    const message = `The base connection ${connectionId(named)} is ${done} under the workflow id ${id}, not ${workflowId}: the id is its lock. ${howToStart(id)}`;
    throw wrongInput('This runs under the wrong id', [{ field: 'name', message }]);
  }
  upsertSearchAttributes([{ key: searchAttributes.sandbox, value: named.sandbox }]);
}
