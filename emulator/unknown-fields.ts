/** Counts the fields of request bodies that no documentation knows. They are accepted all the same. */
import { isObject } from './json.ts';

export class UnknownFields {
  readonly #counts = new Map<string, number>();

  /**
   * Checks a body against the known paths of its call, e.g. `params.columns[].name`. `**` at the end of a path
   * stands for anything below it. Only the topmost unknown field of a branch is counted.
   */
  check(call: string, body: unknown, known: readonly string[]): void {
    const open = new Set(known.filter((path) => path.endsWith('.**')).map((path) => path.slice(0, -3)));
    const branches = new Set<string>();
    for (const path of known) {
      const parts = path.replace(/\.\*\*$/, '').split('.');
      parts.forEach((_, depth) =>
        branches.add(
          parts
            .slice(0, depth + 1)
            .join('.')
            .replace(/\[\]$/, ''),
        ),
      );
    }
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
