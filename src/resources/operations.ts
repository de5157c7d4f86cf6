import { isObject } from '../definition/plain-json.ts';
import { objectAt } from './json.ts';
import { parseMark, withMark, type Mark } from './mark.ts';
import type { Edit, JsonObject, Operation } from './resource.ts';

/** Where each field stands in AEP's answer, as far as it is not simply where its path says. */
interface Places {
  /** What a kind calls its name. */
  name?: 'name' | 'title';
  /** Whether the description ends in the mark, which stays. */
  marksDescription?: boolean;
}

/** The patch that carries out edits of a resource whose fields stand in AEP's answer where their paths say. */
export function operationsFor(
  edits: readonly Edit[],
  answer: JsonObject,
  { name = 'name', marksDescription = true }: Places = {},
): Operation[] {
  const operations: Operation[] = [];
  const missing = new Map<string, JsonObject>();
  for (const { field, to } of edits) {
    const keys = (field === 'name' ? name : field).split('.');
    const wanted = field === 'description' && marksDescription ? withKeptMark(to, answer) : to;
    const [parent, child] = keys.length === 2 ? [keys[0]!, keys[1]!] : [undefined, keys[0]!];
    if (parent !== undefined && !isObject(answer[parent])) {
      // What is to hold it is not there yet: it is added once, with all that goes into it.
      if (wanted !== undefined) missing.set(parent, { ...missing.get(parent), [child]: wanted });
      continue;
    }
    const holder = parent === undefined ? answer : objectAt(answer, parent);
    operations.push(...setting(`/${keys.join('/')}`, holder[child] !== undefined, wanted));
  }
  for (const [parent, value] of missing) operations.push({ op: 'add', path: `/${parent}`, value });
  return operations;
}

function setting(path: string, isThere: boolean, value: unknown): Operation[] {
  if (value !== undefined) return [{ op: isThere ? 'replace' : 'add', path, value }];
  return isThere ? [{ op: 'remove', path }] : [];
}

/** The patch that puts a mark at the end of a description. */
export function marking(mark: Mark, { description }: JsonObject): Operation {
  const op = description === undefined ? 'add' : 'replace';
  return { op, path: '/description', value: withMark(description, mark) };
}

/** A mark that got lost is not put back: whose resource that is, somebody else has decided. */
function withKeptMark(description: unknown, answer: JsonObject): unknown {
  const mark = parseMark(answer['description']);
  return mark ? withMark(description, mark) : description;
}
