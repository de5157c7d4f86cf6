import type { z } from 'zod';
import { shapeProblems } from '../definition/shape.ts';
import type { Problem } from '../definition/problems.ts';
import { invalidDefinition } from './failures.ts';

/**
 * What a workflow or an update was given, once it is what `schema` asks for.
 * @param what begins the message, such as "This cannot be deleted".
 * @throws InvalidDefinition with every problem.
 */
export function checkInput<Input>(schema: z.ZodType<Input>, input: unknown, what: string): Input {
  const problems = shapeProblems(input, schema).map(({ problem }) => problem);
  if (problems.length > 0) throw wrongInput(what, problems);
  return schema.parse(input);
}

/** The failure that tells all these problems. */
export function wrongInput(what: string, problems: Problem[]) {
  const lines = problems.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  return invalidDefinition(`${what}:\n${lines.join('\n')}`, problems);
}
