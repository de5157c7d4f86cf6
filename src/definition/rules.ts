import { columnRules } from './column-rules.ts';
import type { Draft } from './draft.ts';
import { mappingRules } from './mapping-rules.ts';
import { nameRules } from './name-rules.ts';
import type { Suggest } from './nearest.ts';
import type { Problem } from './problems.ts';
import { scheduleRules } from './schedule-rules.ts';
import { sourceRules } from './source-rules.ts';
import { targetRules } from './target-rules.ts';

/** Reports the problem of one field. */
export type Report = (field: string, message: string) => void;

/**
 * What spans fields. The draft lacks what is wrong by itself, and a problem of such a field is dropped later; a rule
 * that concludes from the absence of another field must ask whether that one (or anything in it) is wrong.
 */
export type Rule = (
  draft: Draft,
  report: Report,
  isWrong: (field: string) => boolean,
  suggest: Suggest,
) => void;

/** What is wrong between fields. */
export function ruleProblems(draft: Draft, isWrong: (field: string) => boolean, suggest: Suggest): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (field, message) => problems.push({ field, message });
  for (const rule of [
    ...nameRules,
    ...sourceRules,
    ...targetRules,
    ...mappingRules,
    ...columnRules,
    ...scheduleRules,
  ])
    rule(draft, report, isWrong, suggest);
  return problems;
}
