import { upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Definition } from '../definition/definition.ts';
import { dataflowId, definitionHash, workflowId } from '../definition/identity.ts';
import { parseDefinition } from '../definition/parse.ts';
import { InvalidDefinitionError, type Warning } from '../definition/problems.ts';
import { emptyOutcome, type Outcome } from '../resources/outcome.ts';
import { sourceFacts } from '../definition/source-facts.ts';
import { invalid, invalidDefinition } from './failures.ts';
import { searchAttributes } from './messages.ts';

export interface Accepted {
  definition: Definition;
  warnings: Warning[];
}

/**
 * Takes a definition as the input of the workflow that runs now, and notes what it is: its hash in the memo, for whoever
 * starts another one under this id, and what lists of workflows are searched by.
 * @throws InvalidDefinition
 */
export function accept(input: unknown): Accepted {
  // A run that is refused at once has left nothing that the next one would have to wait for.
  const nothing = emptyOutcome();
  try {
    const accepted = parse(input);
    checkId(accepted.definition);
    announce(accepted.definition, { outcome: nothing });
    return accepted;
  } catch (error) {
    upsertMemo({ outcome: nothing });
    throw error;
  }
}

function checkId(definition: Definition): void {
  const id = workflowId(definition);
  const { workflowId: given } = workflowInfo();
  if (given === id) return;
  const message = `The dataflow ${dataflowId(definition)} is created under the workflow id ${id}, not ${given}: the id is its lock. Start it with --workflow-id ${id}`;
  throw invalidDefinition(message, [{ field: 'name', message }]);
}

/** Notes in memo and search attributes what this workflow is about. */
export function announce(definition: Definition, more: { outcome?: Outcome } = {}): void {
  upsertMemo({ definition: definitionHash(definition), ...more });
  upsertSearchAttributes([
    { key: searchAttributes.dataflow, value: dataflowId(definition) },
    { key: searchAttributes.sandbox, value: definition.sandbox },
    { key: searchAttributes.connector, value: sourceFacts(definition.source).label },
  ]);
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
