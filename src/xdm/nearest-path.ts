import { suggestions, type Suggest } from '../definition/nearest.ts';
import type { Field } from './fields.ts';
import { below } from './look-up.ts';
import { isIndex, pathOf, stepsOf } from './path.ts';

/**
 * For each path that leads nowhere, the one that was probably meant, or null: the only one that ends with the same name,
 * else what the names on the way may be misspellings of.
 */
export function nearestPaths(root: Field, paths: readonly string[]): (string | null)[] {
  const suggest = suggestions();
  const byLastName = new LastNames(root);
  return paths.map((path) => {
    // Identity descriptors have slashes.
    const steps = path.includes('/') ? path.split('/').filter(Boolean) : stepsOf(path);
    return byLastName.only(steps) ?? corrected(root, steps, suggest) ?? null;
  });
}

function corrected(root: Field, steps: readonly string[], suggest: Suggest): string | undefined {
  const right: string[] = [];
  let field = root;
  for (const step of steps) {
    const name = below(field, step) ? step : suggest(step, namesIn(field));
    if (name === undefined) return undefined;
    right.push(name);
    field = below(field, name)!;
  }
  return right.length > 0 ? pathOf(right) : undefined;
}

const nameLists = new WeakMap<Field, string[]>();

/** The same list each time: suggestions read each list once. */
function namesIn(field: Field): string[] {
  if (!field.fields && field.items) return namesIn(field.items);
  let names = nameLists.get(field);
  if (!names) nameLists.set(field, (names = [...(field.fields?.keys() ?? [])]));
  return names;
}

/** All paths by their last name, once they are asked for. */
class LastNames {
  readonly #root: Field;
  #paths: Map<string, string | undefined> | undefined;

  constructor(root: Field) {
    this.#root = root;
  }

  /** The path to the only field that has the last name of `steps`. */
  only(steps: readonly string[]): string | undefined {
    const last = steps.findLast((step) => !isIndex(step));
    return last === undefined ? undefined : (this.#paths ??= this.#read()).get(last);
  }

  #read(): Map<string, string | undefined> {
    const paths = new Map<string, string | undefined>();
    const see = (field: Field, steps: readonly string[]): void => {
      for (const [name, one] of field.fields ?? []) {
        const to = [...steps, name];
        paths.set(name, paths.has(name) ? undefined : pathOf(to));
        see(one, to);
      }
      if (field.items) see(field.items, [...steps, '[*]']);
    };
    see(this.#root, []);
    return paths;
  }
}
