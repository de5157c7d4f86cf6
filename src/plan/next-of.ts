import { InvalidDefinitionError } from '../definition/problems.ts';
import type { FailureType } from '../failure-types.ts';
import { openChoices, tellChoices } from './choices-of.ts';
import { isEmpty, setsWatch, type Choices, type Plan } from './plan.ts';
import type { Planned } from './plan-of.ts';

/** What follows from a plan: a workflow to start, nothing to do, or why nothing can be done. */
export type Next =
  | { start: 'createDataflow' | 'updateDataflow' }
  | { start: 'nothing' }
  | { start?: undefined; type: FailureType; message: string };

/** What was said beforehand of one dataflow. */
export interface Approved extends Choices {
  /** Of the plan that somebody has looked at: no other is carried out. */
  digest?: string | undefined;
}

/**
 * Which workflow carries out a plan that was made before any choice, with these choices: the one that makes a dataflow, or
 * the one that changes a living one. In the order in which those two would refuse it.
 */
export function nextOf({ plan, living, conflicts }: Planned, { digest, ...choices }: Approved): Next {
  if (digest !== undefined && digest !== plan.digest) return { type: 'StalePlan', message: tellStale(plan) };
  const isChosen = choices.missingFlow !== undefined;
  const conflict = conflicts.find(({ reason }) => !(reason === 'missing' && isChosen));
  if (conflict) return { type: 'Conflict', message: conflict.message };
  if (plan.problems.length > 0)
    return { type: 'InvalidDefinition', message: new InvalidDefinitionError(plan.problems).message };
  if (isEmpty(plan)) return { start: setsWatch(plan) ? 'updateDataflow' : 'nothing' };
  const open = openChoices(plan, choices);
  if (open.length > 0) return { type: 'ChoiceNeeded', message: tellChoices(open) };
  return { start: living || conflicts.length > 0 ? 'updateDataflow' : 'createDataflow' };
}

/** Why a plan is not carried out, or approved, by the digest of another one. */
export function tellStale({ summary, digest }: Plan): string {
  return `This is not the plan that was looked at: AEP or the definition has changed since. Now it is: ${summary} (${digest})`;
}
