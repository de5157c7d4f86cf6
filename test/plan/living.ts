import type { Definition } from '../../src/definition/definition.ts';
import type { ObservedDataflow, Parts } from '../../src/plan/observed-dataflow.ts';
import type { Choices } from '../../src/plan/plan.ts';
import { planOf, type Planned } from '../../src/plan/plan-of.ts';
import type { WholeParts } from '../../src/plan/read-definition.ts';
import { resources } from '../../src/resources/index.ts';
import { kinds, type Kind, type ResourceIds } from '../../src/resources/kinds.ts';
import { givenIds, neededKinds } from '../../src/resources/orders.ts';
import { dataflowId } from '../../src/definition/identity.ts';
import type { JsonObject, Observed } from '../../src/resources/resource.ts';
import { answerFor } from '../resources/answers.ts';
import { context, ids } from '../resources/sample-ids.ts';

/** Epoch milliseconds. */
export const now = Date.UTC(2026, 0, 1);
const begun = now / 1000 - 3600;

/** What AEP has after a create of this definition, whose flow began an hour ago. */
export function partsOfCreated(definition: Definition, own: ResourceIds = {}): Parts {
  return createdParts(definition, own);
}

/**
 * The same with AEP's answers.
 * @param isMarked whether a create of ours made it; else somebody did who asked for the same.
 */
export function createdParts(
  definition: Definition,
  own: ResourceIds = {},
  isMarked: (kind: Kind) => boolean = () => true,
): WholeParts {
  const all = { ...ids, ...own, ...givenIds(definition) };
  const parts: WholeParts = {};
  for (const kind of neededKinds(definition)) {
    const mark = {
      dataflow: dataflowId(definition),
      nonce: `n${kinds.indexOf(kind)}00000${own[kind] ? 1 : 0}`,
    };
    const plain = resources[kind].body(definition, all, context);
    const body = isMarked(kind) && !givenIds(definition)[kind] ? resources[kind].marked(plain, mark) : plain;
    if (kind === 'flow')
      body['scheduleParams'] = { startTime: begun, ...(body['scheduleParams'] as JsonObject) };
    const made = answerFor(kind, body, all[kind], now - 3_600_000);
    const answer: JsonObject = kind === 'flow' ? { state: 'enabled', ...made } : made;
    parts[kind] = { ...resources[kind].observe(answer), answer };
  }
  return parts;
}

export function observedOf(definition: Definition, ...flows: Parts[]): ObservedDataflow {
  const found: Partial<Record<Kind, Observed[]>> = {};
  for (const kind of kinds) {
    const all = flows.flatMap((parts) => parts[kind] ?? []);
    found[kind] = [...new Map(all.map((one) => [one.id, one])).values()];
  }
  return {
    found,
    flows: flows.filter(({ flow }) => flow),
    // The schema of a dataset that is given alone is read from it.
    givenIds: {
      ...(definition.dataset?.id ? { schema: ids.schema } : {}),
      ...givenIds(definition),
    },
  };
}

export function plan(
  definition: Definition,
  observed: ObservedDataflow,
  choices: Choices = {},
  at = now,
): Planned {
  return planOf(definition, observed, { context, now: at, problems: [], warnings: [], choices });
}

/** What is done, by kind: only what is not idle. */
export function actionsOf({ plan: { steps } }: Planned): Record<string, string> {
  const busy = steps.filter(({ action }) => !['keep', 'adopt', 'given'].includes(action));
  return Object.fromEntries(
    busy.map(({ kind, action, id }) => [action === 'remove' ? `${kind} ${id}` : kind, action]),
  );
}
