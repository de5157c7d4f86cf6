import type { Rule } from './rules.ts';

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

export const scheduleRules: Rule[] = [once, repeated];
