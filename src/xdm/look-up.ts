import type { Field } from './fields.ts';
import { isIndex, stepsOf } from './path.ts';

/** Stands for the type of what may be there, but of which the schema does not tell. */
export const untold = '?';

/**
 * The type of the field that a path leads to; `untold` where it may lead to one, null where it surely leads to none.
 * Guesses, each towards taking what AEP may take: an array's index may be left out, what has one may be no array, and
 * names are told by their case, as those of JSON Schema are.
 */
export function typeAt(root: Field, path: string): string | null {
  let field = root;
  for (const step of stepsOf(path)) {
    const next = below(field, step);
    if (!next) return mayHold(field) ? untold : null;
    field = next;
  }
  return field.type === undefined || (field.open && field.type !== 'array') ? untold : field.type;
}

/** What a step leads to; undefined where no such field is told of. */
export function below(field: Field, step: string): Field | undefined {
  if (isIndex(step)) return field.items ?? (field.type === 'array' ? undefined : field);
  return field.fields?.get(step) ?? (field.items ? below(field.items, step) : undefined);
}

function mayHold(field: Field): boolean {
  return field.open === true || (field.items !== undefined && mayHold(field.items));
}
