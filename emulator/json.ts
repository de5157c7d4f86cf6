// oxlint-disable-next-line typescript/no-explicit-any -- documents of foreign shape are read everywhere here
export type Json = any;
export type JsonObject = Record<string, Json>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All values at a path such as `a.b`, `list[].name` or `sourceConnectionIds[]`. */
export function valuesAt(value: unknown, path: string): Json[] {
  let found: Json[] = [value];
  for (const part of path.split('.')) {
    const inList = part.endsWith('[]');
    const key = inList ? part.slice(0, -2) : part;
    found = found.flatMap((one) => {
      const next = isObject(one) ? one[key] : undefined;
      if (inList) return Array.isArray(next) ? next : [];
      return next === undefined ? [] : [next];
    });
  }
  return found;
}

/** A deep copy of plain JSON. */
export function copy<T>(value: T): T {
  return structuredClone(value);
}

/** Merges objects deeply, the later one winning; lists are replaced whole, null and undefined remove. */
export function merge(base: JsonObject, change: JsonObject): JsonObject {
  const result: JsonObject = { ...base };
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined || value === null) delete result[key];
    else if (isObject(value) && isObject(result[key])) result[key] = merge(result[key], value);
    else result[key] = value;
  }
  return result;
}
