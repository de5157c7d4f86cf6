import { Validator, type OutputUnit } from '@cfworker/json-schema';
import type { PlainObject } from './plain-json.ts';

/** Where a value is not what a JSON Schema of AEP's allows. */
export interface Violation {
  /** Such as `deltaColumn.name`; empty for the value as a whole. */
  path: string;
  /** The property that is required there and not there. */
  missing?: string;
  message: string;
}

/**
 * Validates a value by a JSON Schema that AEP answered. One that cannot be read (a reference to nowhere, a pattern of another
 * dialect) is AEP's to judge by: it allows anything.
 */
export function violationsOf(schema: PlainObject, value: unknown): Violation[] {
  const errors = errorsOf(schema, JSON.parse(JSON.stringify(value)));
  const causes = errors.filter(({ keyword }) => !wrappers.has(keyword));
  return (causes.length > 0 ? causes : errors).map(({ instanceLocation, keyword, error }) => {
    const missing = keyword === 'required' ? /"(.+)"/.exec(error)?.[1] : undefined;
    return {
      path: instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.'),
      ...(missing === undefined ? {} : { missing }),
      message: error,
    };
  });
}

function errorsOf(schema: PlainObject, value: unknown): OutputUnit[] {
  try {
    return new Validator(schema, '7', false).validate(value).errors;
  } catch {
    return [];
  }
}

/** Keywords whose own error only says that one below them failed. */
const wrappers = new Set(['properties', 'if', 'allOf', 'items']);
