import { cut, cutJson } from '../../cut.ts';
import type { Change, Plan } from '../../plan/plan.ts';
import type { Difference } from '../../resources/differences.ts';
import { titleOf } from '../../resources/index.ts';
import type { Planned } from '../../plan/plan-of.ts';
import { InvalidDefinitionError } from '../../definition/problems.ts';
import { invalidDefinition, shown } from '../failures.ts';
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

const brief = (value: unknown): string => cutJson(value, longestValue);

/** A change as the details of a conflict tell it. */
function differenceOf(change: Change): Difference {
  const { field } = change;
  if ('from' in change) return { field, wanted: change.to, found: change.from };
  return { field, wanted: change.added, found: change.removed };
}

/** Characters of a plan's JSON, of up to three bytes each: Temporal takes two million bytes, and more goes along with the plan. */
const mostCharacters = 300_000;
/** Of each list in a plan that is longer: the first for which it fits counts, and the last one always. */
const mostOfEach = [200, 50, 10];
const longestText = 300;

/**
 * A plan as a failure or a result tells it. One that no history would take loses what is long in it: of lists the first few
 * are told, and how many more there are.
 */
export function fittingPlan(plan: Plan): Plan {
  let fitting = plan;
  for (const most of mostOfEach) {
    if (JSON.stringify(fitting).length <= mostCharacters) break;
    fitting = shortened(plan, most);
  }
  return fitting;
}

function shortened(plan: Plan, most: number): Plan {
  const change = (one: Change): Change => {
    const field = cut(one.field, longestText);
    if ('from' in one) return { field, from: shown(one.from), to: shown(one.to) };
    return { field, added: rows(one.added), removed: rows(one.removed) };
  };
  const rows = (all: unknown[]) => first(all, shown, (more) => more);
  const told = <One extends { message: string }>(one: One): One => ({
    ...one,
    message: cut(one.message, longestText),
  });
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      ...step,
      changes: first(step.changes, change, (more) => ({ field: '', from: null, to: more })),
    })),
    problems: first(plan.problems, told, (message) => ({ field: '', message })),
  };

  function first<One, Told>(all: One[], tell: (one: One) => Told, tellMore: (more: string) => Told): Told[] {
    const more = all.length - most;
    return [...all.slice(0, most).map(tell), ...(more > 0 ? [tellMore(`and ${more} more`)] : [])];
  }
}
