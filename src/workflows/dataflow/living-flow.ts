import { cut } from '../../cut.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import type { Warning } from '../../definition/problems.ts';
import { decide } from '../../resources/decide.ts';
import type { Difference } from '../../resources/differences.ts';
import { resources, titleOf } from '../../resources/index.ts';
import { keptWarning } from '../../resources/kept.ts';
import type { Kind, ResourceIds } from '../../resources/kinds.ts';
import { neededKinds } from '../../resources/orders.ts';
import type { JsonObject, Observed } from '../../resources/resource.ts';
import { isPaused } from '../../runs/flow.ts';
import type { Checked } from './check-definition.ts';
import { Conflicting } from './refusals.ts';

const toTell = 10;
const longestValue = 200;

function brief(value: unknown): string {
  return cut(JSON.stringify(value) ?? 'nothing', longestValue);
}

type Read = (kind: Kind, id: string) => Promise<Observed | null>;

/**
 * A flow that lives decides what stays: what it refers to is the dataflow's, even where an older twin exists.
 * Answers the ids of all of it, or undefined where the dataflow has no flow yet.
 * What it leaves as it is although the definition asks for it, and that the flow is disabled, are warnings.
 * @throws Conflicting where the flow is somebody else's, or is not what the definition asks for: changing a living
 * flow is an update, not a create.
 */
export async function adoptLivingFlow(
  definition: Definition,
  { context, given }: Checked,
  found: Observed[],
  read: Read,
  warn: (warning: Warning) => void,
): Promise<ResourceIds | undefined> {
  const dataflow = dataflowId(definition);
  const decision = decide('flow', { name: definition.name }, found, { dataflow });
  if (decision.action === 'conflict') throw new Conflicting(decision);
  if (decision.action === 'create') return undefined;
  const ours = found.find(({ id }) => id === decision.id)!;

  const parts = new Map<Kind, Observed>([['flow', ours]]);
  await followReferences('flow', ours, read, parts);
  const ids: ResourceIds = Object.fromEntries([...parts].map(([kind, { id }]) => [kind, id]));
  const needed = neededKinds(definition);
  const gone = needed.filter((kind) => !parts.has(kind));
  const bodies = new Map<Kind, JsonObject>();
  const differences = gone.map((kind): Difference => ({
    field: kind,
    wanted: `a ${titleOf(kind)}`,
    found: 'none',
  }));
  if (gone.length === 0) {
    // What the definition names itself takes the place of what the flow has, so that the two are compared.
    const wanted = { ...ids, ...given };
    for (const kind of needed.filter((kind) => !given[kind])) {
      const body = resources[kind].body(definition, wanted, context);
      bodies.set(kind, body);
      differences.push(
        ...resources[kind]
          .differences(body, parts.get(kind)!)
          .map((one) => ({ ...one, field: `${kind}.${one.field}` })),
      );
    }
  }
  if (differences.length === 0) {
    const kept = keptWarning([...bodies].map(([kind, body]) => ({ kind, body, found: parts.get(kind)! })));
    for (const warning of [disabledWarning(ours), kept]) if (warning) warn(warning);
    return ids;
  }
  const listed = differences
    .slice(0, toTell)
    .map(({ field, wanted, found }) => `${field}: wanted ${brief(wanted)}, found ${brief(found)}`);
  if (differences.length > toTell) listed.push(`and ${differences.length - toTell} more`);
  const message = `The flow ${ours.id} lives and is not what the definition asks for (a change to it is an update, not a create): ${listed.join('; ')}`;
  throw new Conflicting({ action: 'conflict', reason: 'differs', message, ids: [ours.id], differences });
}

function disabledWarning({ id, fields }: Observed): Warning | undefined {
  const state = String(fields['state']);
  if (!isPaused({ state })) return undefined;
  const message = `The flow ${id} is ${state} in AEP, and stays so: it loads nothing until somebody enables it`;
  return { code: 'flow-disabled', message };
}

/** Adds to `parts` all that `one` refers to, as far as it is still there. */
export async function followReferences(
  kind: Kind,
  one: Observed,
  read: Read,
  parts: Map<Kind, Observed>,
): Promise<void> {
  const references = Object.entries(resources[kind].refersTo(one)) as [Kind, string][];
  await Promise.all(
    references.map(async ([next, id]) => {
      if (parts.has(next)) return;
      const referred = await read(next, id);
      if (!referred) return;
      parts.set(next, referred);
      await followReferences(next, referred, read, parts);
    }),
  );
}
