import { resources } from './index.ts';
import { kinds, type Kind, type ResourceIds } from './kinds.ts';
import type { Mark } from './mark.ts';
import type { Observed } from './resource.ts';

/** Everything there is of some kinds. */
export type Listed = Partial<Record<Kind, Observed[]>>;

/** The kinds that keep another resource in use. A mapping set refers to its schema for ever, and does nothing. */
export const referringKinds = kinds.filter((kind) => resources[kind].keepsInUse);

/** A resource of somebody else, and what of ours it refers to. */
export interface User {
  kind: Kind;
  id: string;
  name?: string;
  /** `<sandbox>/<name>` of the dataflow whose mark it carries, if any. */
  dataflow?: string;
  uses: ResourceIds;
}

/** What of the listed is not of this dataflow and refers to one of `ids`. */
export function usersOf(ids: ReadonlySet<string>, listed: Listed, dataflow: string): User[] {
  return referringKinds.flatMap((kind) =>
    (listed[kind] ?? [])
      .filter(({ mark }) => mark?.dataflow !== dataflow)
      .map((one) => ({ one, uses: used(resources[kind].refersTo(one), ids) }))
      .filter(({ uses }) => Object.keys(uses).length > 0)
      .map(({ one, uses }) => ({ kind, id: one.id, ...named(one), uses })),
  );
}

/** The ids of all that can be reached from the flows that are listed, the flows included. */
export function reachedFromFlows(listed: Listed): Set<string> {
  const byId = new Map(
    Object.entries(listed).map(([kind, all]) => [kind, new Map(all.map((one) => [one.id, one]))]),
  );
  const reached = new Set<string>();
  const reach = (kind: Kind, id: string) => {
    if (reached.has(id)) return;
    reached.add(id);
    const one = byId.get(kind)?.get(id);
    if (!one) return;
    for (const [next, nextId] of Object.entries(resources[kind].refersTo(one))) reach(next as Kind, nextId);
  };
  for (const { id } of listed.flow ?? []) reach('flow', id);
  return reached;
}

function used(references: ResourceIds, ids: ReadonlySet<string>): ResourceIds {
  return Object.fromEntries(Object.entries(references).filter(([, id]) => ids.has(id)));
}

function named({ name, mark }: { name?: string; mark?: Mark }): { name?: string; dataflow?: string } {
  return { ...(name === undefined ? {} : { name }), ...(mark ? { dataflow: mark.dataflow } : {}) };
}
