import type { FailureType } from '../client.ts';

/** What the exit status says, so that a script can tell whose move it is. docs/reference/exit-codes.md is made of it. */
export const exitCodes = {
  /** Done, nothing to do, or an empty plan. */
  done: 0,
  /** Wrong usage, a file that cannot be read, a server that does not answer, a refusal by AEP, what `doctor` finds, or several reasons at once. */
  error: 1,
  /** A plan that is not empty. */
  different: 2,
  /** A definition that is wrong, or a plan with problems. */
  invalid: 3,
  /** A conflict: what AEP or Temporal has is in the way; or nobody watches a flow. */
  conflict: 4,
  /** A person is needed: a stale plan, a choice, a rejection, or something waits for one. */
  needsPerson: 5,
  /** Others have changed the flow. */
  drift: 6,
  /** The verdict of the flow is not good. */
  notOk: 7,
  /** Detached by Ctrl-C: what was going on goes on. */
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

/** Of many that failed: theirs, where it is the same for all. @param types failure types, or words that are none of ours */
export function exitCodeOfAll(types: readonly string[]): ExitCode {
  const isKnown = (type: string): type is keyof typeof byType => Object.hasOwn(byType, type);
  const codes = new Set(types.map((type) => (isKnown(type) ? byType[type] : exitCodes.error)));
  const [code = exitCodes.done] = codes;
  return codes.size > 1 ? exitCodes.error : code;
}

export function exitCodeOf(type: FailureType | 'Cancelled'): ExitCode {
  return byType[type];
}
