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

/** A name that a dataflow can have, as like as may be to one that it cannot have. */
export function likeName({ sandbox, name }: Pick<Definition, 'sandbox' | 'name'>): string {
  const plain = name
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu, '')
    .replaceAll(/[/,"\\*<>=]+/g, '-')
    .replaceAll(/\p{Zs}+/gu, ' ');
  for (let length = 200; length > 0; length = Math.floor(length / 2)) {
    const like = Array.from(plain)
      .slice(0, length)
      .join('')
      .replaceAll(/^[\s-]+|[\s.-]+$/g, '');
    if (nameProblems({ sandbox, name: like }).length === 0) return like;
  }
  return 'imported';
}
