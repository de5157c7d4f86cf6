import { ActivityFailure, ApplicationFailure, TimeoutFailure, isCancellation } from '@temporalio/workflow';
import { cut, longestText, shown } from '../cut.ts';
import { InvalidDefinitionError, type Problem } from '../definition/problems.ts';
import { maskedAt } from '../definition/secrets.ts';
import { isFailureType, type FailureType } from '../failure-types.ts';
import { lost } from '../resources/nonces.ts';
import { Conflicting } from './dataflow/refusals.ts';

const toTell = 100;
const longestMessage = 4_000;

/**
 * A failure that ends the workflow: `details[0]` holds what a program needs to know. A failure as large as what it tells
 * of would never fit into the history, and the workflow would hang.
 */
export function fail(type: FailureType, message: string, details: object = {}): ApplicationFailure {
  const failure = ApplicationFailure.create({
    type,
    message: cut(message, longestMessage),
    nonRetryable: true,
    details: [details],
  });
  // It would say the message again, and then only where in our code it was written.
  failure.stack = '';
  return failure;
}

/** Tells the first hundred problems and their number. */
export function invalidDefinition(message: string, problems: Problem[]): ApplicationFailure {
  const told = problems.slice(0, toTell).map((problem) => ({
    field: cut(problem.field, longestText),
    message: cut(problem.message, longestText),
    ...(problem.suggestion === undefined ? {} : { suggestion: problem.suggestion }),
  }));
  return fail('InvalidDefinition', message, { problems: told, problemCount: problems.length });
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

/** Why, in a sentence short enough to be kept beside others. */
export function reasonOf(error: unknown): string {
  const { message } = thrownBy(error) ?? (error as Error);
  return cut(message, longestText);
}

const sure: ReadonlySet<string | null | undefined> = new Set([
  'InvalidDefinition',
  'RateLimited',
  'Rejected',
  'Unauthorized',
  'Unavailable',
]);

/** Whether a create that ended so may have created something. Doubt is the default: only what is known to be sure is not. */
export function isDoubt(error: unknown): boolean {
  return !isCancellation(error) && !sure.has(thrownBy(error)?.type);
}

const refusals: ReadonlySet<string | null | undefined> = new Set(['Rejected', 'StalePlan']);

/**
 * Whether a change in place that ended so has surely changed nothing, and never will: not where an attempt before was in doubt,
 * which may have, whatever the next was answered. Nor is a missing permission a refusal: it may have been taken away between
 * the two.
 */
export function isRefusal(error: unknown): boolean {
  const thrown = thrownBy(error);
  const { isInDoubt = false } = (thrown?.details?.[1] ?? {}) as { isInDoubt?: boolean };
  return refusals.has(thrown?.type) && !isInDoubt;
}

/**
 * The nonces of the POSTs of which nobody knows what became of them, where a create ended because its worker died. Undefined
 * where it ended otherwise.
 * @param nonce of its first POST. @param before what was in doubt before it.
 */
export function doubtsOfDead(error: unknown, nonce: string, before: string[]): string[] | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof TimeoutFailure) || cause.timeoutType !== 'HEARTBEAT') return undefined;
  const { doubts = before } = (cause.lastHeartbeatDetails ?? {}) as { doubts?: string[] };
  return [...doubts, doubts.includes(nonce) ? lost : nonce];
}

/** The nonces of the POSTs of a create that failed of which nobody knows what became of them. */
export function doubtsOf(error: unknown): string[] {
  const told = thrownBy(error)?.details?.[1] as { doubts?: string[] } | undefined;
  return told?.doubts ?? [];
}

/** What ends the workflow, for what was thrown in it; undefined for a mistake of ours, which Temporal retries until it is mended. */
export function endingOf(error: unknown, more: object): ApplicationFailure | undefined {
  if (error instanceof Conflicting) {
    const { reason, ids, differences } = error.decision;
    return fail('Conflict', error.message, {
      reason,
      ids,
      differences: differences.slice(0, toTell).map(({ field, wanted, found }) => ({
        field: cut(field, longestText),
        wanted: shown(wanted),
        found: shown(maskedAt(field, found)),
      })),
      ...(error.plan ? { plan: error.plan } : {}),
      ...more,
    });
  }
  const thrown = thrownBy(error);
  if (isFailureType(thrown?.type))
    return fail(thrown.type, thrown.message, { ...(thrown.details?.[0] as object), ...more });
  return undefined;
}
