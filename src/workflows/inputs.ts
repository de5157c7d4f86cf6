import { upsertMemo } from '@temporalio/workflow';
import { z } from 'zod';
import { withoutNulls } from '../definition/nulls.ts';
import { isObject } from '../definition/plain-json.ts';
import { readShape } from '../definition/shape.ts';
import { tellProblems, type Problem } from '../definition/problems.ts';
import { bareDefinition } from '../definition/wrapped.ts';
import { emptyOutcome } from '../resources/outcome.ts';
import { notedFailure } from './dataflow/noted.ts';
import { invalidDefinition } from './failures.ts';

/**
 * What a workflow or an update was given, once it is what `schema` asks for.
 * @param what begins the message, such as "This cannot be deleted".
 * @throws InvalidDefinition with every problem.
 */
export function checkInput<Input>(schema: z.ZodType<Input>, input: unknown, what: string): Input {
  if (!isObject(input)) throw wrongInput(what, [{ field: '', message: 'The input must be a JSON object' }]);
  const takesDefinition = schema instanceof z.ZodObject && 'definition' in schema.shape;
  const bare = takesDefinition ? bareDefinition(input) : undefined;
  if (bare) throw wrongInput(what, [bare]);
  const { value, problems } = readShape(withoutNulls(input, schema), schema);
  if (value === undefined) throw wrongInput(what, problems);
  return value;
}

/** The failure that tells all these problems. */
export function wrongInput(what: string, problems: Problem[]) {
  return invalidDefinition(`${what}:\n${tellProblems(problems)}`, problems);
}

/**
 * Reads the input of a workflow that holds a dataflow's lock. A run that is refused at once has left nothing that the next
 * one would have to wait for, and says so.
 */
export function readOrRefuse<Input>(read: () => Input): Input {
  try {
    return read();
  } catch (error) {
    const { type, message } = error as { type?: string; message: string };
    upsertMemo({ outcome: emptyOutcome(), ...(type ? { failure: notedFailure({ type, message }) } : {}) });
    throw error;
  }
}
