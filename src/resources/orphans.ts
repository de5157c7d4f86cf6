import { kinds, type Kind } from './kinds.ts';
import { reachedFromFlows, type Listed } from './references.ts';

/** A resource that carries our mark and that no flow refers to. */
export interface Orphan {
  kind: Kind;
  id: string;
  name?: string;
  /** `<sandbox>/<name>` of the dataflow whose mark it carries. */
  dataflow: string;
  /** Epoch milliseconds. */
  createdAt?: number;
}

/**
 * What carries a mark and cannot be reached from any flow, ours or not.
 * @param before epoch milliseconds: what was made later is left out.
 */
export function orphansAmong(listed: Listed, before: number): Orphan[] {
  const reached = reachedFromFlows(listed);
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
