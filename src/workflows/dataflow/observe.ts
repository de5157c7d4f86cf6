import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import type { ObservedDataflow, Parts } from '../../plan/observed-dataflow.ts';
import { resources } from '../../resources/index.ts';
import type { Kind, ResourceIds } from '../../resources/kinds.ts';
import { neededKinds } from '../../resources/orders.ts';
import type { Observed } from '../../resources/resource.ts';

/** Reads one resource by its id; null where AEP has none. Of a mapping set, one of its versions. */
export type Read = (kind: Kind, id: string, version?: number) => Promise<Observed | null>;

interface Sight {
  /** All that AEP has of one kind that may be the dataflow's. */
  look: (kind: Kind) => Promise<Observed[]>;
  read: Read;
  /** What the definition names by its id, and the schema of a dataset that is named alone. */
  given: ResourceIds;
  /** Flows that earlier runs left, newest first. */
  flowsLeft: string[];
}

/** What AEP has of a dataflow: every kind at once, and then what its flows refer to. */
export async function observe(definition: Definition, sight: Sight): Promise<ObservedDataflow> {
  const { given, look, read, flowsLeft } = sight;
  const kinds = neededKinds(definition).filter((kind) => given[kind] === undefined);
  const looks = await Promise.all(kinds.map(async (kind) => [kind, await look(kind)] as const));
  const found = Object.fromEntries(looks) as ObservedDataflow['found'];
  const all = found.flow ?? [];
  const ours = all.filter(({ mark }) => mark?.dataflow === dataflowId(definition));
  const flows = await Promise.all(oldestFirst(ours).map((flow) => partsOf(flow, read)));
  const missingFlows = flowsLeft.filter((id) => !all.some((one) => one.id === id));
  return { found, flows, givenIds: given, missingFlows };
}

/** A flow with all that it refers to, as far as that is still there. */
export async function partsOf(flow: Observed, read: Read): Promise<Parts> {
  const parts: Parts = { flow };
  await follow('flow', flow);
  return parts;

  async function follow(kind: Kind, one: Observed): Promise<void> {
    const references = Object.entries(resources[kind].refersTo(one)) as [Kind, string][];
    await Promise.all(
      references.map(async ([next, id]) => {
        if (parts[next]) return;
        const referred = await read(next, id, next === 'mappingSet' ? versionOf(flow) : undefined);
        if (!referred || parts[next]) return;
        parts[next] = referred;
        await follow(next, referred);
      }),
    );
  }
}

/** A flow applies the version of its mapping set that it is pinned to, whatever came after. */
function versionOf({ fields: { mappingVersion } }: Observed): number | undefined {
  return typeof mappingVersion === 'number' ? mappingVersion : undefined;
}

function oldestFirst(flows: Observed[]): Observed[] {
  return flows.toSorted((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || (a.id < b.id ? -1 : 1));
}
