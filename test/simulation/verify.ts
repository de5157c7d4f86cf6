import type { Definition } from '../../src/definition/definition.ts';
import { dataflowId } from '../../src/definition/identity.ts';
import { resources } from '../../src/resources/index.ts';
import type { Kind } from '../../src/resources/kinds.ts';
import { formatMark, formatTag, markTag, withMark } from '../../src/resources/mark.ts';
import { givenIds, neededKinds } from '../../src/resources/orders.ts';
import type { Parts } from '../../src/plan/observed-dataflow.ts';
import { planOf } from '../../src/plan/plan-of.ts';
import { objectAt } from '../../src/resources/json.ts';
import type { JsonObject, Observed } from '../../src/resources/resource.ts';
import type { CreateDataflowResult } from '../../src/workflows/messages.ts';
import type { ShelfName } from './faults.ts';
import { shelfOf } from './shelf.ts';
import { versionOf, type SimulatedAep } from './simulated-aep.ts';

export interface Verdict {
  violations: string[];
  duplicates: number;
  orphans: number;
  humanSteps: number;
}

/** How the last run of a dataflow ended. */
export interface Ended {
  status: string;
  result?: CreateDataflowResult | undefined;
  why?: string | undefined;
}

/**
 * Counts on AEP's side what there is of the dataflow, and compares with what the run says.
 * @param unknowable kinds of which nobody can tell whose they are, so that one too many is nobody's fault.
 */
export function verdict(
  definition: Definition,
  stored: (shelf: ShelfName) => JsonObject[],
  ended: Ended,
  foreign: readonly { stored: JsonObject }[],
  unknowable: ReadonlySet<Kind> = new Set(),
): Verdict {
  const violations: string[] = [];
  let duplicates = 0;
  let orphans = 0;
  const dataflow = dataflowId(definition);
  const given = givenIds(definition);
  const { status, result, why } = ended;
  if (status !== 'COMPLETED' || !result) violations.push(`It ended ${status}: ${why}`);
  const ids = result?.resources ?? {};
  const theirs = new Set(foreign.map((one) => one.stored['id'] ?? one.stored['$id']));
  const surplus = result?.surplus.map(({ id }) => id) ?? [];
  if (new Set(surplus).size < surplus.length) violations.push(`Told twice as surplus: ${surplus.join()}`);
  for (const kind of Object.keys(shelfOf) as Kind[]) {
    const needed =
      neededKinds(definition).includes(kind) && !given[kind] && !(kind === 'schema' && given.dataset);
    const title = kind.endsWith('chema') ? resources[kind].name(definition) : undefined;
    const ours = stored(shelfOf[kind])
      .filter((one) => !theirs.has(one['id'] ?? one['$id']))
      .map((one) => resources[kind].observe(one))
      .filter(
        ({ name, mark }) =>
          (title === undefined || name === title) && (mark?.dataflow === dataflow || kind === 'mappingSet'),
      );
    const reported = ours.filter(({ id }) => result?.surplus.some((one) => one.id === id));
    const extra = Math.min(
      ours.length - reported.length - (needed ? 1 : 0),
      unknowable.has(kind) ? 0 : Infinity,
    );
    if (extra > 0 && (kind === 'flow' || ours.length > 1)) duplicates += extra;
    if (extra > 0) {
      orphans += extra;
      violations.push(
        `${extra} ${kind} too many: ${JSON.stringify(ours.map(({ id, mark }) => [id, mark?.nonce]))}`,
      );
    }
    if (extra < 0) violations.push(`No ${kind}`);
    if (kind !== 'mappingSet' && reported.length > 0)
      violations.push(`${kind} left: it could have been deleted`);
    if (result && needed && !ours.some(({ id }) => id === ids[kind]))
      violations.push(
        `The answer's ${kind} ${ids[kind]} is not what is there: ${ours.map(({ id }) => id).join(', ')}`,
      );
    if (result && ours[0] && ours.length === 1)
      for (const [next, id] of Object.entries(resources[kind].refersTo(ours[0])))
        if (ids[next as Kind] !== id)
          violations.push(`The ${kind} refers to another ${next} than the answer`);
  }
  const humanSteps = status === 'COMPLETED' ? 0 : 1;
  return { violations, duplicates, orphans, humanSteps };
}

/** What an update would still do: nothing, where AEP has all that is asked for. */
export function leftToDo(
  definition: Definition,
  stored: (shelf: ShelfName) => JsonObject[],
  now: number,
): string[] {
  const find = (kind: Kind, id: string, version?: number) => {
    const one = stored(shelfOf[kind]).find((other) => (other['id'] ?? other['$id']) === id);
    const shown = kind === 'mappingSet' ? versionOf(one, version) : one;
    return shown ? resources[kind].observe(shown) : undefined;
  };
  const flows = stored('flows')
    .map((one) => resources.flow.observe(one))
    .filter(({ mark }) => mark?.dataflow === dataflowId(definition));
  const partsOf = (flow: Observed): Parts => {
    const parts: Parts = { flow };
    const follow = (kind: Kind, one: Observed) => {
      for (const [next, id] of Object.entries(resources[kind].refersTo(one)) as [Kind, string][]) {
        const version = flow.fields['mappingVersion'] as number | undefined;
        const referred = parts[next] ? undefined : find(next, id, version);
        if (referred) follow(next, (parts[next] = referred));
      }
    };
    follow('flow', flow);
    return parts;
  };
  const given = givenIds(definition);
  const dataset = given.dataset === undefined ? undefined : find('dataset', given.dataset);
  const observed = {
    found: { flow: flows },
    flows: flows.map(partsOf),
    givenIds: { ...(dataset ? resources.dataset.refersTo(dataset) : {}), ...given },
  };
  const spec = objectAt(stored('flows').find(({ id }) => id === flows[0]?.id) ?? {}, 'flowSpec');
  const context = { flowSpec: { id: String(spec['id']), version: '1.0' } };
  const { plan } = planOf(definition, observed, { context, now, problems: [], warnings: [], choices: {} });
  return plan.steps
    .filter(({ action }) => !['keep', 'given', 'adopt'].includes(action))
    .map(
      ({ kind, action, id, reason, changes }) =>
        `${action} ${kind} ${id}: ${reason} ${JSON.stringify(changes)}`,
    );
}

/** What others have under our names: unmarked, or with the mark of a dataflow whose name is nearly ours. */
export function addForeign(definition: Definition, aep: SimulatedAep): void {
  const other = { dataflow: `${dataflowId(definition)}2`, nonce: 'aaaaaaaa' };
  for (const kind of ['sourceConnection', 'targetConnection', 'datasetBaseConnection'] as const) {
    const name = resources[kind].name(definition);
    aep.seed(shelfOf[kind], { name, description: 'Somebody else’s' });
    aep.seed(shelfOf[kind], { name, description: withMark('Another dataflow’s', other) });
  }
  const name = resources.dataset.name(definition);
  aep.seed('dataSets', { name, schemaRef: { id: 'theirs' } });
  aep.seed('dataSets', { name, schemaRef: { id: 'theirs' }, tags: { [markTag]: [formatTag(other)] } });
  aep.seed('mappingSets', { name: formatMark(other), mappings: [] });
  aep.seed('flows', { name: `${definition.name}2`, description: withMark('Another', other) });
}

/** Takes the marks of a dataflow off everything, as if somebody else had made it. */
export function unmark(dataflow: string, { shelves }: SimulatedAep): void {
  for (const [kind, shelf] of Object.entries(shelfOf) as [Kind, ShelfName][])
    for (const stored of shelves[shelf].all()) {
      const { mark, description } = resources[kind].observe(stored);
      if (mark?.dataflow !== dataflow) continue;
      const { description: _, tags: __, ...plain } = stored;
      const described = description === undefined ? plain : { ...plain, description };
      const named = kind === 'mappingSet' ? { ...described, name: 'Theirs' } : described;
      shelves[shelf].set(String(stored['id']), named);
    }
}

/** What was there before and is not there as it was. */
export function untouched(
  before: readonly { shelf: string; stored: JsonObject }[],
  after: readonly { shelf: string; stored: JsonObject }[],
): string[] {
  const now = new Map(after.map(({ stored }) => [stored['id'], JSON.stringify(stored)]));
  return before
    .filter(({ stored }) => now.get(stored['id']) !== JSON.stringify(stored))
    .map(({ shelf, stored }) => `Of the ${shelf}, ${String(stored['id'])} was not ours and was touched`);
}
