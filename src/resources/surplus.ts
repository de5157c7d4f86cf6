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
  const copied = (one: Observed) =>
    ours.some(({ id, mark }) => id !== one.id && mark?.nonce === one.mark?.nonce);
  return ours.filter((one) => !keep.has(one.id) && !copied(one));
}
