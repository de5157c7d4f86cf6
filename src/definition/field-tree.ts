/**
 * Fields, such as `source.columns[2].name`, by their parts: one is found among thousands without being compared with each
 * of them.
 */
export class FieldTree {
  readonly #root: Branch = new Map();

  /** @param parts of the field, from its text or its path. */
  add(parts: readonly string[]): void {
    this.addIn(parts.slice(0, -1), parts.slice(-1));
  }

  /** @param parts of what the fields are in. @param last the last part of each. */
  addIn(parts: readonly string[], last: readonly string[]): void {
    let branch = this.#root;
    for (const part of parts) {
      let next = branch.get(part);
      // What is in a field is a part of it anyway.
      if (next === 'field') return;
      if (!next) branch.set(part, (next = new Map()));
      branch = next;
    }
    for (const part of last) branch.set(part, 'field');
  }

  /** Whether `field` is one of the fields, or a part of one. */
  covers(field: string): boolean {
    return this.#find(field) === 'field';
  }

  /** The same, or one of the fields is a part of it. */
  touches(field: string): boolean {
    return this.#find(field) !== undefined;
  }

  /** What is left of `value` without the fields. In lists they leave a gap, so that the others keep their places. */
  takenFrom(value: unknown): unknown {
    return takenFrom(this.#root, value, '');
  }

  #find(field: string): Branch | 'field' | undefined {
    let branch: Branch = this.#root;
    for (const part of partsOf(field)) {
      const next = branch.get(part);
      if (next === undefined || next === 'field') return next;
      branch = next;
    }
    return branch;
  }
}

type Branch = Map<string, Branch | 'field'>;

function takenFrom(branch: Branch, value: unknown, dot: '' | '.'): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one, index) => without(branch.get(`[${index}]`), one));
  const kept: [string, unknown][] = [];
  for (const key of Object.keys(value)) {
    const part = branch.get(dot + key);
    if (part !== 'field') kept.push([key, without(part, Reflect.get(value, key))]);
  }
  return Object.fromEntries(kept);
}

function without(part: Branch | 'field' | undefined, value: unknown): unknown {
  if (part === undefined) return value;
  return part === 'field' ? undefined : takenFrom(part, value, '.');
}

/** `source.columns[2].name` is `source`, `.columns`, `[2]` and `.name`. */
export function partsOf(field: string): string[] {
  return field.split(/(?=[.[])/);
}

/** The same of a path: `['source', 'columns', 2, 'name']`. */
export function partsOfPath(path: readonly PropertyKey[]): string[] {
  return path.map((key, index) =>
    typeof key === 'number' ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`,
  );
}
