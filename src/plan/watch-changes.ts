import { canonicalJson } from '../definition/canonical-json.ts';
import type { Watch } from '../definition/watch.ts';
import { startsAt } from '../resources/described-resource.ts';
import type { Change, WatchChanges } from './plan.ts';

/**
 * What a watcher would do otherwise from now on. Undefined where it stays as it is: where the definition says nothing of
 * that, or nothing else.
 * @param watching how the flow is watched; undefined where nobody watches it.
 */
export function watchChanges(
  asked: Watch | undefined,
  watching: Watch | undefined,
  mask: readonly string[] = [],
): WatchChanges | undefined {
  if (!asked || !watching) return undefined;
  const keys = [...new Set([...Object.keys(watching), ...Object.keys(asked)])] as (keyof Watch)[];
  const all = keys.flatMap((key): Change[] => {
    const [from, to] = [watching[key] ?? null, asked[key] ?? null];
    return canonicalJson(from) === canonicalJson(to) ? [] : [{ field: `watch.${key}`, from, to }];
  });
  if (all.length === 0) return undefined;
  const isMasked = ({ field }: Change) => mask.some((one) => startsAt(field, one));
  const masked = all.filter(isMasked);
  const changes = all.filter((change) => !isMasked(change));
  return { changes, ...(masked.length > 0 ? { masked } : {}) };
}
