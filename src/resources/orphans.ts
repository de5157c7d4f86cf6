import { resources } from './index.ts';
import { kinds, type Kind } from './kinds.ts';
import type { Observed } from './resource.ts';

interface Found {
  kind: Kind;
  id: string;
  name?: string;
  dataflow: string;
  /** Epoch milliseconds. */
  createdAt?: number;
}

/**
 * What carries a mark and cannot be reached from any flow, ours or not.
 * @param before epoch milliseconds: what was made later is left out.
 */
export function orphansAmong(listed: Partial<Record<Kind, Observed[]>>, before: number): Found[] {
  const reached = new Set<string>();
  const reach = (kind: Kind, id: string) => {
    if (reached.has(id)) return;
    reached.add(id);
    const one = listed[kind]?.find((candidate) => candidate.id === id);
    if (!one) return;
    for (const [next, nextId] of Object.entries(resources[kind].refersTo(one))) reach(next as Kind, nextId);
  };
  for (const { id } of listed.flow ?? []) reach('flow', id);

  return kinds.flatMap((kind) =>
    (listed[kind] ?? [])
      .filter(({ id, mark, createdAt = 0 }) => mark && !reached.has(id) && createdAt < before)
      .map(({ id, name, mark, createdAt }) => ({
        kind,
        id,
        ...(name === undefined ? {} : { name }),
        dataflow: mark!.dataflow,
        ...(createdAt === undefined ? {} : { createdAt }),
      })),
  );
}
