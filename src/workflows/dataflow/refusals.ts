import type { Problem } from '../../definition/problems.ts';
import type { Conflict } from '../../resources/decide.ts';

/** What AEP holds under our name or mark does not fit what is wanted. */
export class Conflicting extends Error {
  readonly decision: Conflict;

  constructor(decision: Conflict) {
    super(decision.message);
    this.decision = decision;
  }
}

/** What a definition can turn out to ask for only when a flow is about to be made. */
export class NotNow extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}
