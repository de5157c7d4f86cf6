import { upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId, workflowId } from '../../definition/identity.ts';
import { parseDefinition, type Parsed } from '../../definition/parse.ts';
import { InvalidDefinitionError } from '../../definition/problems.ts';
import { announcementOf } from './announcement.ts';
import { invalid, invalidDefinition } from '../failures.ts';
import { readOrRefuse } from '../inputs.ts';
import { howToStart } from '../right-id.ts';

export type Accepted = Parsed;

/**
 * Takes a definition as the input of the workflow that runs now, and notes what it is: its hash in the memo, for whoever
 * starts another one under this id, and what lists of workflows are searched by.
 * @throws InvalidDefinition
 */
export function accept(input: unknown): Accepted {
  return readOrRefuse(() => {
    const accepted = parse(input);
    checkId(accepted.definition);
    const announcement = announcementOf(accepted.definition);
    if (!wasAnnounced(announcement)) {
      upsertMemo(announcement.memo);
      upsertSearchAttributes(announcement.searchAttributes);
    }
    return accepted;
  });
}

/** Notes that another definition counts from now on. */
export function announceAnew(definition: Definition): void {
  const { memo, searchAttributes } = announcementOf(definition);
  upsertMemo({ definition: memo.definition });
  upsertSearchAttributes(searchAttributes);
}

/** Our client says it all at the start, which costs no event. */
function wasAnnounced({ memo, searchAttributes }: ReturnType<typeof announcementOf>): boolean {
  const { memo: said, typedSearchAttributes } = workflowInfo();
  return (
    said?.['definition'] === memo.definition &&
    said['outcome'] !== undefined &&
    searchAttributes.every(({ key, value }) => typedSearchAttributes.get(key) === value)
  );
}

function checkId(definition: Definition): void {
  const id = workflowId(definition);
  const { workflowId: given } = workflowInfo();
  if (given === id) return;
  const message = `The dataflow ${dataflowId(definition)} is created under the workflow id ${id}, not ${given}: the id is its lock. ${howToStart(id)}`;
  throw invalidDefinition(message, [{ field: 'name', message }]);
}

/**
 * Checks a definition.
 * @throws InvalidDefinition
 */
export function parse(input: unknown): Accepted {
  try {
    return parseDefinition(input);
  } catch (error) {
    if (error instanceof InvalidDefinitionError) throw invalid(error.problems);
    throw error;
  }
}
