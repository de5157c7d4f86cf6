import type { FailureType } from '../client.ts';

/** What the exit status says, so that a script can tell whose move it is. The table is docs/cli.md's, too. */
export const exitCodes = {
  /** Done, nothing to do, or an empty plan. */
  done: 0,
  /** Wrong usage, or something that is none of the others. */
  error: 1,
  /** A plan that is not empty. */
  different: 2,
  /** A definition that is wrong, or a plan with problems. */
  invalid: 3,
  /** What AEP or Temporal has is in the way. */
  conflict: 4,
  /** A person has to say something: a plan that is stale, a choice, an approval. */
  needsPerson: 5,
  /** Others have changed the flow. */
  drift: 6,
  /** The flow's verdict is not good. */
  notOk: 7,
  /** Ctrl-C while something went on, which goes on. */
  detached: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byType: Record<FailureType | 'Cancelled', ExitCode> = {
  InvalidDefinition: exitCodes.invalid,
  Conflict: exitCodes.conflict,
  StalePlan: exitCodes.needsPerson,
  ChoiceNeeded: exitCodes.needsPerson,
  RejectedByPerson: exitCodes.needsPerson,
  Unauthorized: exitCodes.error,
  Rejected: exitCodes.error,
  OutcomeUnknown: exitCodes.error,
  UnknownWorkflowType: exitCodes.error,
  RateLimited: exitCodes.error,
  Unavailable: exitCodes.error,
  Cancelled: exitCodes.error,
};

export function exitCodeOf(type: FailureType | 'Cancelled'): ExitCode {
  return byType[type];
}
