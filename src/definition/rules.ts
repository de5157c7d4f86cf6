import { columnRules } from './column-rules.ts';
import type { Draft } from './definition.ts';
import { expressionRule } from './expression-rules.ts';
import { workflowId } from './identity.ts';
import type { Suggest } from './nearest.ts';
import type { Problem } from './problems.ts';
import { sourceRules } from './source-rules.ts';
import { workflowIdProblem } from './text.ts';

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

/** The longest id that a definition leads to is its lock's. */
const idMustFit: Rule = ({ sandbox, name }, report) => {
  if (sandbox === undefined || name === undefined) return;
  const problem = workflowIdProblem(workflowId({ sandbox, name }));
  if (problem) report('name', problem);
};

const onlyId =
  (part: object | undefined, field: string, what: string): Rule =>
  (_, report) => {
    const { id, ...others } = { id: undefined, ...part };
    if (id === undefined) return;
    for (const key of Object.keys(others))
      report(`${field}.${key}`, `must be left out beside id: ${what} is used as it is`);
  };

const existingAsTheyAre: Rule = (draft, ...rest) => {
  onlyId(draft.schema, 'schema', 'an existing schema')(draft, ...rest);
  onlyId(draft.dataset, 'dataset', 'an existing dataset')(draft, ...rest);
  onlyId(
    draft.target?.datasetBaseConnection,
    'target.datasetBaseConnection',
    'an existing connection',
  )(draft, ...rest);
  onlyId(draft.source?.adHocSchema, 'source.adHocSchema', 'an existing ad-hoc schema')(draft, ...rest);
};

const schemaOfDataset: Rule = ({ schema, dataset }, report, isWrong) => {
  if (dataset?.id !== undefined) {
    if (schema && schema.id === undefined)
      report('schema', 'must be left out where dataset.id is given: the schema is read from the dataset');
  } else if (isWrong('dataset') || isWrong('schema.id')) return;
  else if (!schema)
    report(
      'schema',
      'is required: {"class", "fieldGroups"} for a new one, {"id"} for an existing one; or "dataset": {"id"}, whose schema is used',
    );
  else if (schema.id === undefined && schema.class === undefined)
    report(
      'schema.class',
      'is required for a new schema, such as https://ns.adobe.com/xdm/context/profile; or give id',
    );
};

const schemaIdsAreSchemas: Rule = ({ source, schema }, report) => {
  for (const [field, id] of [
    ['source.adHocSchema.id', source?.adHocSchema?.id],
    ['schema.id', schema?.id],
  ] as const)
    if (id?.includes('/classes/'))
      report(field, 'must be the $id of a schema (…/schemas/…); this is the $id of a class');
};

const oneOrigin: Rule = ({ mapping }, report, isWrong) => {
  mapping?.forEach((entry, index) => {
    if (!entry) return;
    const neither = entry.source === undefined && entry.expression === undefined;
    if (neither && !isWrong(`mapping[${index}].expression`))
      report(`mapping[${index}].source`, 'is required: a column of the source, or expression instead');
    if (entry.source !== undefined && entry.expression !== undefined)
      report(`mapping[${index}].expression`, 'must not be given beside source: one of the two');
  });
};

const once: Rule = ({ schedule }, report) => {
  if (schedule?.frequency !== 'once') return;
  for (const field of ['interval', 'backfill'] as const)
    if (schedule[field] !== undefined)
      report(`schedule.${field}`, `must be left out with frequency "once": AEP refuses it`);
};

const repeated: Rule = ({ schedule }, report) => {
  const { frequency, interval } = schedule ?? {};
  if (frequency === undefined || frequency === 'once') return;
  const least = frequency === 'minute' ? 15 : 1;
  if (interval === undefined)
    report('schedule.interval', `is required with frequency "${frequency}": at least ${least}`);
  else if (interval < least)
    report('schedule.interval', `must be at least ${least} with frequency "${frequency}", not ${interval}`);
};

/** What is wrong between fields. */
export function ruleProblems(draft: Draft, isWrong: (field: string) => boolean, suggest: Suggest): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (field, message) => problems.push({ field, message });
  const rules: Rule[] = [
    idMustFit,
    ...sourceRules,
    existingAsTheyAre,
    schemaOfDataset,
    schemaIdsAreSchemas,
    oneOrigin,
    ...columnRules,
    expressionRule,
    once,
    repeated,
  ];
  for (const rule of rules) rule(draft, report, isWrong, suggest);
  return problems;
}
