import { workflowId } from './identity.ts';
import type { Rule } from './rules.ts';
import { workflowIdProblem } from './text.ts';

/** The longest id that a definition leads to is its lock's. */
const idMustFit: Rule = ({ sandbox, name }, report) => {
  if (sandbox === undefined || name === undefined) return;
  const problem = workflowIdProblem(workflowId({ sandbox, name }));
  if (problem) report('name', problem);
};

export const nameRules: Rule[] = [idMustFit];
