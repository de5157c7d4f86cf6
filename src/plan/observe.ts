import { allEnded } from '../all-ended.ts';
import type { Definition } from '../definition/definition.ts';
import { dataflowId } from '../definition/identity.ts';
import { resources } from '../resources/index.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import { neededKinds } from '../resources/orders.ts';
import type { Observed } from '../resources/resource.ts';
import type { ObservedDataflow } from './observed-dataflow.ts';
import type { Notes } from './reads.ts';

/** Reads one resource by its id; null where AEP has none. Of a mapping set, one of its versions. */
export type Read<One = Observed> = (kind: Kind, id: string, version?: number) => Promise<One | null>;

/** What is looked with: single looks, each an activity, or a snapshot of the sandbox. */
export interface Sight {
  /** All that AEP has of one kind that may be the dataflow's. */
  look: (kind: Kind) => Promise<Observed[]>;
  /** The same once more, now that all looks are known and no flow lives; undefined where that need not be. */
  lookAgain?: (kind: Kind, found: Observed[]) => Promise<Observed[]> | undefined;
  read: Read;
  /** What the definition names by its id, and the schema of a dataset that is named alone. */
  given: ResourceIds;
  /** What earlier runs noted beside that. */
  notes?: Pick<Notes, 'ids' | 'replacing'> | undefined;
  /** The flow that the newest of earlier runs left. */
  flowLeft?: string | undefined;
  /** Whether it is still said to be left, once what ran after that run is sure to be known. */
  isStillLeft?: (flowId: string) => Promise<boolean>;
  /** Is called when a look has failed: the others need not go on. */
  stop?: () => void;
}

/** What AEP has of a dataflow: every kind at once, and then what its flows refer to. */
export async function observe(definition: Definition, sight: Sight): Promise<ObservedDataflow> {
  const { given, look, lookAgain, read, notes, flowLeft, isStillLeft, stop = () => undefined } = sight;
  const kinds = neededKinds(definition).filter((kind) => given[kind] === undefined);
  const isOurs = ({ mark }: Observed) => mark?.dataflow === dataflowId(definition);
  const first = foundOf(kinds, await allEnded(kinds.map(look), stop));
  const again = new Map<Kind, Promise<Observed[]>>();
  for (const kind of first.flow?.some(isOurs) ? [] : kinds) {
    const looking = lookAgain?.(kind, first[kind]!);
    if (looking) again.set(kind, looking);
  }
  const found =
    again.size > 0
      ? { ...first, ...foundOf([...again.keys()], await allEnded([...again.values()], stop)) }
      : first;
  const flows = found.flow ?? [];
  const isLeft = lacks(flows, flowLeft) && (!isStillLeft || (await isStillLeft(flowLeft)));
  const ours = oldestFirst(flows.filter(isOurs));
  return {
    found,
    flows: ours.length > 0 ? await Promise.all(ours.map((flow) => partsOf(flow, read))) : [],
    givenIds: given,
    noted: new Set(notes?.ids.flatMap((ids) => Object.values(ids))),
    ...(notes?.replacing?.wasEnabled === false ? { paused: notes.replacing.flowId } : {}),
    ...(isLeft ? { missingFlow: flowLeft } : {}),
  };
}

function foundOf(kinds: readonly Kind[], found: Observed[][]): ObservedDataflow['found'] {
  return Object.fromEntries(kinds.map((kind, index) => [kind, found[index]]));
}

function lacks(flows: readonly Observed[], flowLeft: string | undefined): flowLeft is string {
  return flowLeft !== undefined && !flows.some(({ id }) => id === flowLeft);
}

/** A flow with all that it refers to, as far as that is still there. */
export async function partsOf<One extends Observed>(
  flow: One,
  read: Read<One>,
): Promise<Partial<Record<Kind, One>>> {
  const parts: Partial<Record<Kind, One>> = { flow };
  await follow('flow', flow);
  return parts;

  async function follow(kind: Kind, one: One): Promise<void> {
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
