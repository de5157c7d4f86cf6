/** JSON Patch as far as AEP takes it: add, replace and remove, in upper or lower case. */
import { copy, isObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

export type PatchStep = { op: 'add' | 'replace' | 'remove'; path: string; value?: Json };

export function readPatch(body: unknown): PatchStep[] | undefined {
  if (!Array.isArray(body) || body.length === 0) return undefined;
  const steps: PatchStep[] = [];
  for (const one of body) {
    const op = isObject(one) ? String(one.op).toLowerCase() : '';
    if (!isObject(one) || typeof one.path !== 'string' || !one.path.startsWith('/')) return undefined;
    if (op !== 'add' && op !== 'replace' && op !== 'remove') return undefined;
    if (op !== 'remove' && !('value' in one)) return undefined;
    steps.push({ op, path: one.path, value: one.value });
  }
  return steps;
}

/** The patched copy, or undefined where a step does not fit. */
export function applyPatch(item: JsonObject, steps: PatchStep[]): JsonObject | undefined {
  const result = copy(item);
  for (const { op, path, value } of steps) {
    const keys = path
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    // No field of any resource, but of every object.
    if (keys.includes('__proto__')) return undefined;
    const last = keys.pop() ?? '';
    let parent: Json = result;
    for (const key of keys) {
      // AEP's own pages add below what is not there yet.
      if (isObject(parent) && parent[key] === undefined && op === 'add') parent[key] = {};
      parent = parent?.[key];
      if (typeof parent !== 'object' || parent === null) return undefined;
    }
    if (Array.isArray(parent)) {
      const at = last === '-' ? parent.length : Number(last);
      if (!Number.isInteger(at) || at < 0 || at > parent.length) return undefined;
      if (op === 'add') parent.splice(at, 0, value);
      else if (at === parent.length) return undefined;
      else if (op === 'replace') parent[at] = value;
      else parent.splice(at, 1);
    } else {
      if (op !== 'add' && !(last in parent)) return undefined;
      if (op === 'remove') delete parent[last];
      else parent[last] = value;
    }
  }
  return result;
}
