import { z } from 'zod';
import { isObject } from './plain-json.ts';
import { childSchema, keysAt } from './schema-at.ts';

/**
 * `input` without the nulls that stand for nothing: those of members that may be left out. Typed clients write them for what
 * they leave out, and over Temporal's HTTP API an empty list arrives as one. What is passed through to AEP keeps its own.
 */
export function withoutNulls(input: unknown, schema: z.ZodType): unknown {
  if (Array.isArray(input)) {
    const item = childSchema(schema, 0);
    if (!item) return input;
    const items: unknown[] = input.map((one) => withoutNulls(one, item));
    return items.some((one, index) => one !== input[index]) ? items : input;
  }
  if (!isObject(input)) return input;
  let left = input;
  for (const key of keysAt([], schema)) {
    if (!Object.hasOwn(input, key)) continue;
    const member = childSchema(schema, key)!;
    const isNothing = input[key] === null && member instanceof z.ZodOptional;
    const value = isNothing ? undefined : withoutNulls(input[key], member);
    if (value === input[key]) continue;
    if (left === input) left = { ...input };
    if (isNothing) delete left[key];
    else left[key] = value;
  }
  return left;
}
