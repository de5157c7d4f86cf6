import type { Plan } from '../../plan/plan.ts';
import type { Conflict } from '../../resources/decide.ts';

/** What AEP holds under our name or mark does not fit what is wanted. */
export class Conflicting extends Error {
  readonly decision: Conflict;
  readonly plan: Plan | undefined;

  constructor(decision: Conflict, plan?: Plan) {
    super(decision.message);
    this.decision = decision;
    this.plan = plan;
  }
}
