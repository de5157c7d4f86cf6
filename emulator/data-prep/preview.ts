/** What a mapping set makes of rows of data. */
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { evaluate } from './evaluate.ts';
import { fieldOf } from './functions.ts';
import type { Mapping } from './mappings.ts';

function put(target: JsonObject, path: string, value: Json): void {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let level = target;
  for (const part of parts) {
    if (!isObject(level[part])) level[part] = Object.create(null);
    level = level[part];
  }
  // The sample shows the number 1234 arriving as the text "1234". Guess: every scalar is shown as a text.
  level[last] = typeof value === 'number' ? String(value) : value;
}

/** A source may be escaped as a field in an expression is. */
const attributeOf = (row: Json, source: string, now: number): Json =>
  /[\\$]/.test(source) ? evaluate(source, row, now) : fieldOf(row, source);

/** @param now epoch ms */
export function preview(rows: Json[], mappings: Mapping[], now: number): Json[] {
  return rows.map((row) => {
    // Without a prototype: a path may have any name in it.
    const data = Object.create(null) as JsonObject;
    const errors: Json[] = [];
    for (const { sourceType, source, destination } of mappings) {
      try {
        const value =
          sourceType === 'ATTRIBUTE'
            ? attributeOf(row, source, now)
            : sourceType === 'STATIC'
              ? source
              : evaluate(source, row, now);
        if (value !== undefined) put(data, destination, value);
      } catch (error) {
        errors.push({
          sourceType,
          source,
          destination,
          exception: error instanceof Error ? error.message : String(error),
        });
      }
    }
    return { data, errors: errors.length === 0 ? null : errors };
  });
}
