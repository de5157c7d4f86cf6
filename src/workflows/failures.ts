import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { InvalidDefinitionError, type Problem } from '../definition/problems.ts';
import type { FailureType } from '../failure-types.ts';
import { Conflicting, NotNow } from './refusals.ts';

const toTell = 100;

/** A failure that ends the workflow: `details[0]` holds what a program needs to know. */
export function fail(type: FailureType, message: string, details: object = {}): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
}

/** Tells the first hundred problems and their number: a failure as large as its input would never fit into the history. */
export function invalidDefinition(message: string, problems: Problem[]): ApplicationFailure {
  return fail('InvalidDefinition', message, {
    problems: problems.slice(0, toTell),
    problemCount: problems.length,
  });
}

/** The same, for a definition. */
export function invalid(problems: Problem[]): ApplicationFailure {
  return invalidDefinition(new InvalidDefinitionError(problems).message, problems);
}

/** The failure that an activity threw. */
export function thrownBy(error: unknown): ApplicationFailure | undefined {
  const thrown = error instanceof ActivityFailure ? error.cause : error;
  return thrown instanceof ApplicationFailure ? thrown : undefined;
}

const sure: ReadonlySet<string | null | undefined> = new Set([
  'RateLimited',
  'Rejected',
  'Unauthorized',
  'Unavailable',
]);

/** Whether a create that ended so may have created something. Doubt is the default: only what is known to be sure is not. */
export function isDoubt(error: unknown): boolean {
  return !isCancellation(error) && !sure.has(thrownBy(error)?.type);
}

/** What ends the workflow, for what was thrown in it; undefined for a mistake of ours, which Temporal retries until it is mended. */
export function endingOf(error: unknown, more: object): ApplicationFailure | undefined {
  if (error instanceof Conflicting) {
    const { reason, ids, differences } = error.decision;
    return fail('Conflict', error.message, {
      reason,
      ids,
      differences: differences.slice(0, toTell),
      ...more,
    });
  }
  if (error instanceof NotNow)
    return fail('InvalidDefinition', `${error.problem.field}: ${error.message}`, {
      problems: [error.problem],
      problemCount: 1,
      ...more,
    });
  const thrown = thrownBy(error);
  if (thrown?.type)
    return fail(thrown.type as FailureType, thrown.message, { ...(thrown.details?.[0] as object), ...more });
  return undefined;
}
