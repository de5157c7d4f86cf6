/** What a mapping set makes of rows of data. */
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Mapping } from './mappings.ts';
import { compiled, misfit } from './transform.ts';

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

/**
 * @param types of the fields that are filled, as far as they are known
 * @param now epoch ms
 */
export function preview(rows: Json[], mappings: Mapping[], types: Map<string, string>, now: number): Json[] {
  return rows.map((row) => {
    // Without a prototype: a path may have any name in it.
    const data = Object.create(null) as JsonObject;
    const errors: Json[] = [];
    for (const mapping of mappings) {
      const { sourceType, source, destination } = mapping;
      try {
        const value = compiled(mapping, now).work(row);
        const why = misfit(value, types.get(destination));
        // Guess: a value that the field cannot hold is told here too.
        if (why !== undefined) throw new Error(why);
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
