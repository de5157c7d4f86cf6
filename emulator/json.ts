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

/** Deeper than any body of AEP's; far from what would exhaust the stack. */
const deepest = 200;

/** JSON from outside. @throws SyntaxError where it is none, or nested too deeply to be meant. */
export function parseJson(text: string): Json {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isText) {
      if (char === '\\') at += 1;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === '[' || char === '{') {
      depth += 1;
      if (depth > deepest) throw new SyntaxError('It is nested too deeply.');
    } else if (char === ']' || char === '}') depth -= 1;
  }
  return JSON.parse(text);
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
