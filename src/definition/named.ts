import { z } from 'zod';
import type { Definition } from './definition.ts';
import { workflowId } from './identity.ts';
import type { Problem } from './problems.ts';
import { readShape } from './shape.ts';
import { dataflowName, sandboxName, workflowIdProblem } from './text.ts';

const named = z.object({ sandbox: sandboxName(), name: dataflowName() });

/** Why no dataflow can have this name, as a definition that has it would be told. */
export function nameProblems(given: Pick<Definition, 'sandbox' | 'name'>): Problem[] {
  const { problems } = readShape(given, named);
  if (problems.length > 0) return problems;
  const message = workflowIdProblem(workflowId(given));
  return message ? [{ field: 'name', message }] : [];
}
