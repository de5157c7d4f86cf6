import { cutJson } from '../../cut.ts';
import { fittingPlan } from '../../plan/fitting-plan.ts';
import { tellStale } from '../../plan/next-of.ts';
import type { Change, Plan } from '../../plan/plan.ts';
import type { Difference } from '../../resources/differences.ts';
import { titleOf } from '../../resources/index.ts';
import type { Planned } from '../../plan/plan-of.ts';
import { InvalidDefinitionError } from '../../definition/problems.ts';
import { fail, invalidDefinition } from '../failures.ts';
import { Conflicting } from './refusals.ts';

/** @throws InvalidDefinition where a problem stands. */
export function mustHaveNoProblem({ plan }: Planned): void {
  const { problems } = plan;
  if (problems.length > 0) throw invalidDefinition(new InvalidDefinitionError(problems).message, problems);
}

/** @throws Conflicting where something is in the way. */
export function mustHaveNoConflict({ plan, conflicts }: Planned): void {
  const [first] = conflicts;
  if (!first) return;
  const differences = plan.steps
    .filter(({ action }) => action === 'conflict')
    .flatMap(({ changes }) => changes.map(differenceOf));
  throw new Conflicting({ ...first, differences }, fittingPlan(plan));
}

/** Where somebody has looked at another plan than the one that counts now. */
export function stalePlan(plan: Plan) {
  return fail('StalePlan', tellStale(plan), { plan: fittingPlan(plan) });
}

const toTell = 10;
const longestValue = 200;

/** @throws Conflicting where a create would change a flow that lives: that is an update. To sweep a late twin of it is not. */
export function mustChangeNoLivingFlow({ plan, living }: Planned): void {
  // What goes beside one that is as asked for is a create that took effect too late, or left of a replacement.
  const busy = plan.steps.filter(({ action }) => !['keep', 'given', 'remove'].includes(action));
  if (!living || busy.length === 0) return;
  const differences = plan.steps.flatMap(({ changes }) => changes.map(differenceOf));
  const told = differences
    .slice(0, toTell)
    .map(({ field, wanted, found }) => `${field}: wanted ${brief(wanted)}, found ${brief(found)}`);
  if (differences.length > toTell) told.push(`and ${differences.length - toTell} more`);
  if (told.length === 0) told.push(...busy.map(({ kind, reason }) => `${titleOf(kind)}: ${reason}`));
  const { id } = living.flow!;
  const message = `The flow ${id} lives and is not what the definition asks for (updateDataflow changes it, planDataflow tells how): ${told.join('; ')}`;
  throw new Conflicting(
    { action: 'conflict', reason: 'differs', message, ids: [id], differences },
    fittingPlan(plan),
  );
}

const brief = (value: unknown): string => cutJson(value ?? undefined, longestValue);

/** A change as the details of a conflict tell it. */
function differenceOf(change: Change): Difference {
  const { field } = change;
  if ('from' in change) return { field, wanted: change.to, found: change.from };
  return { field, wanted: change.added, found: change.removed };
}
