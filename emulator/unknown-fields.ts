/** Counts the fields of request bodies that no documentation knows. They are accepted all the same. */
import { isObject } from './json.ts';

type Known = { branches: Set<string>; open: Set<string> };

export class UnknownFields {
  readonly #counts = new Map<string, number>();
  readonly #known = new WeakMap<readonly string[], Known>();

  /**
   * Checks a body against the known paths of its call, e.g. `params.columns[].name`. `**` at the end of a path
   * stands for anything below it. Only the topmost unknown field of a branch is counted.
   */
  check(call: string, body: unknown, known: readonly string[]): void {
    const { branches, open } = this.#readKnown(known);
    this.#walk(call, body, '', branches, open);
  }

  /** Each unknown field, as `POST /flowservice/flows · field.path`, with how often it came. */
  list(): { call: string; field: string; count: number }[] {
    return [...this.#counts].map(([key, count]) => {
      const [call = '', field = ''] = key.split(' · ');
      return { call, field, count };
    });
  }

  clear(): void {
    this.#counts.clear();
  }

  #readKnown(known: readonly string[]): Known {
    const read = this.#known.get(known);
    if (read !== undefined) return read;
    const open = new Set(known.filter((path) => path.endsWith('.**')).map((path) => path.slice(0, -3)));
    const branches = new Set<string>();
    for (const path of known) {
      const parts = path.replace(/\.\*\*$/, '').split('.');
      for (let depth = 1; depth <= parts.length; depth += 1) {
        branches.add(parts.slice(0, depth).join('.').replace(/\[\]$/, ''));
      }
    }
    this.#known.set(known, { branches, open });
    return { branches, open };
  }

  #walk(call: string, value: unknown, prefix: string, branches: Set<string>, open: Set<string>): void {
    if (Array.isArray(value)) {
      for (const one of value) this.#walk(call, one, prefix === '' ? '' : `${prefix}[]`, branches, open);
      return;
    }
    if (!isObject(value)) return;
    for (const [key, below] of Object.entries(value)) {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      if (open.has(path)) continue;
      if (branches.has(path)) this.#walk(call, below, path, branches, open);
      else this.#counts.set(`${call} · ${path}`, (this.#counts.get(`${call} · ${path}`) ?? 0) + 1);
    }
  }
}
