import { isCancellation } from '@temporalio/workflow';
import type { Definition } from '../../definition/definition.ts';
import { reasonOf } from '../failures.ts';
import { handled } from '../handled.ts';
import { checkBeforeCreating, lookBack, recallFacts } from './check-definition.ts';
import type { Ledger } from './ledger.ts';
import type { Work } from './prepare.ts';
import type { ProgressReport } from './progress.ts';
import { giveUp, resourceCalls } from './resource-calls.ts';

/**
 * Reads what the definition takes for granted and what ran before, all at once, and begins an attempt with it.
 * @throws InvalidDefinition with everything that is wrong.
 */
export async function beginWork(
  definition: Definition,
  report: ProgressReport,
  ledger: Ledger,
): Promise<Work> {
  report.step('check', 'running');
  const recalled = await recallFacts(definition, ledger.earlier !== undefined);
  const checking = handled(checkBeforeCreating(definition, recalled, giveUp(definition), report));
  const earlier = ledger.earlier ?? recalled.lookBack ?? (await lookBack());
  const checked = await checking.catch((error: unknown) => {
    if (!isCancellation(error)) report.step('check', 'failed', { note: reasonOf(error) });
    throw error;
  });
  report.step('check', 'done');
  const calls = resourceCalls(definition, earlier.bounds, report);
  ledger.begin(definition, earlier, calls);
  return { definition, checked, report, ledger, calls };
}
