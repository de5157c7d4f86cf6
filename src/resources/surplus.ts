import { copiesAmong } from './copies.ts';
import type { Observed } from './resource.ts';

/**
 * What of the found is the dataflow's and one too many: it carries the mark and nothing refers to it. What shares its
 * nonce with another was copied by hand, and is nobody's to delete by guess.
 */
export function surplusOf(
  found: readonly Observed[],
  keep: ReadonlySet<string>,
  dataflow: string,
): Observed[] {
  const ours = found.filter(({ mark }) => mark?.dataflow === dataflow);
  const copies = new Set(copiesAmong(ours));
  return ours.filter((one) => !keep.has(one.id) && !copies.has(one));
}

/**
 * Whether one that is too many can come from a request of ours that took effect late: it has the mark and the name of the
 * one that stays, and is younger than the first run. Anything older may be in use for what nobody here knows of.
 * @param since when the first request for it can have been sent. Epoch milliseconds.
 */
export function isLateTwin(one: Observed, kept: Observed | undefined, since: number): boolean {
  if (!one.mark || kept?.mark?.dataflow !== one.mark.dataflow || kept.name !== one.name) return false;
  return (one.createdAt ?? 0) > since;
}
