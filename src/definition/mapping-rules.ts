import type { Rule } from './rules.ts';
import { factsOf } from './source-facts.ts';

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

const deltaColumnRequired: Rule = ({ source, deltaColumn, schedule }, report) => {
  if (!source || deltaColumn || schedule?.frequency === undefined || schedule.frequency === 'once') return;
  if (factsOf(source)?.kind === 'table')
    report(
      'deltaColumn',
      `is required with frequency "${schedule.frequency}": the column by which AEP finds new rows, such as {"name": "updatedAt"}`,
    );
};

export const mappingRules: Rule[] = [oneOrigin, deltaColumnRequired];
