import { cut, longestText, shown } from '../cut.ts';
import type { Change, Plan } from './plan.ts';

/** Characters of a plan's JSON, of up to three bytes each: Temporal takes two million bytes, and more goes along with the plan. */
const mostCharacters = 300_000;
/** Of each list in a plan that is longer: the first for which it fits counts, and the last one always. */
const mostOfEach = [200, 50, 10];

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
  const changes = (all: Change[]) => first(all, change, (more) => ({ field: '', from: null, to: more }));
  const rows = (all: unknown[]) => first(all, shown, (more) => more);
  const told = <One extends { message: string }>(one: One): One => ({
    ...one,
    message: cut(one.message, longestText),
  });
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      ...step,
      changes: changes(step.changes),
      ...(step.masked ? { masked: changes(step.masked) } : {}),
    })),
    ...(plan.columns
      ? {
          columns: first(
            plan.columns,
            (one) => one,
            (name) => ({ name, type: '' }),
          ),
        }
      : {}),
    problems: first(plan.problems, told, (message) => ({ field: '', message })),
  };

  function first<One, Told>(all: One[], tell: (one: One) => Told, tellMore: (more: string) => Told): Told[] {
    const more = all.length - most;
    return [...all.slice(0, most).map(tell), ...(more > 0 ? [tellMore(`and ${more} more`)] : [])];
  }
}
