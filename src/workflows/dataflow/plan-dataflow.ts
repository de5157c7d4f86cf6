import { CancellationScope, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import { z } from 'zod';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import { isWrapped } from '../../definition/wrapped.ts';
import { passedThrough } from '../../families/columns.ts';
import { fittingPlan } from '../../plan/fitting-plan.ts';
import { makePlan } from '../../plan/make-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PlanReads } from '../../plan/reads.ts';
import { planAsMarkdown } from '../../plan/render.ts';
import type { PreviewRows } from '../../plan/sampled-rows.ts';
import { resources, titleOf } from '../../resources/index.ts';
import { activityName } from '../../resources/kinds.ts';
import type { Recalled } from '../../activities/index.ts';
import { listing, summarized } from '../calls.ts';
import { endingOf } from '../failures.ts';
import { checkInput } from '../inputs.ts';
import type { PlanDataflowInput } from '../messages.ts';
import { parse } from './accept.ts';
import { factReads, readNotes, recallFacts, sourceReads } from './check-definition.ts';
import { holdsRows } from './holds-rows.ts';
import { reportProgress, workFor, type ProgressReport } from './progress.ts';
import { giveUp } from './resource-calls.ts';

/** Lists may have many pages. */
const reading = (summary: string) => summarized(summary, listing);

/**
 * What a create or an update of this definition would do, and what is against it: everything at once. It asks AEP and
 * changes nothing there.
 *
 * The plan as text is in the workflow's current details: Temporal's web pages and `temporal workflow metadata` show it. Until
 * there is one they show how far it is, and which calls wait for AEP; the query `progress` answers the same.
 * Runs under any id, also while the dataflow is being created, and then tells what is there at that moment.
 *
 * @param input a definition, or `{ definition, sampleRows }`: with so many of the first rows of its source the plan shows what
 * they would become. That is people's data, and stays in the history: there is none unless it is asked for.
 * @throws ApplicationFailure `InvalidDefinition` where the definition by itself makes no sense; what AEP has against it is
 * in the plan's `problems`.
 */
export async function planDataflow(input: unknown): Promise<Plan> {
  const { definition: given, sampleRows = 0 } = isWrapped(input)
    ? checkInput(planInput(), input, 'This cannot be planned')
    : { definition: input };
  const { definition, warnings, elsewhere } = parse(given);
  const scope = CancellationScope.current();
  const { dataflow, steps } = workFor(definition);
  const report = reportProgress(
    { dataflow, steps: steps.filter((step) => step !== 'watch') },
    { isListed: false },
  );
  try {
    report.step('check', 'running');
    const recalled = await recallFacts(definition, true);
    const asked = {
      definition,
      elsewhere,
      warnings,
      now: () => Date.now(),
      recalled,
      previewRows: sampleRows > 0 ? previewOf(definition, sampleRows, report) : undefined,
      stop: () => scope.cancel(),
    };
    const { plan } = await makePlan(asked, planReads(definition, recalled, report));
    const told = fittingPlan(plan);
    report.plan(told);
    report.become('done');
    // Nobody needs to know any more how it came about.
    setCurrentDetails(planAsMarkdown(told));
    return told;
  } catch (error) {
    const ending = endingOf(error, {});
    report.become(
      isCancellation(error) ? 'cancelled' : 'failed',
      ending && { type: ending.type!, message: ending.message },
    );
    throw ending ?? error;
  }
}

const planInput = () =>
  z.strictObject({
    definition: passedThrough().describe('What is to be planned.'),
    sampleRows: z
      .int()
      .min(0)
      .max(5)
      .optional()
      .describe(
        'Of how many of the first rows it is shown what they would become. That is kept in the history. None unless given.',
      ),
  }) satisfies z.ZodType<PlanDataflowInput>;

/** Two or three calls, which wait for the source. */
function previewOf(
  { sandbox }: Pick<Definition, 'sandbox'>,
  count: number,
  report: ProgressReport,
): PreviewRows {
  return (asked, mappingSet) => {
    const previewing = summarized(`Preview ${count} rows`, { startToCloseTimeout: '90 seconds' });
    return report.during('previewRows', previewing.previewRows({ sandbox, asked, mappingSet, count }));
  };
}

/** Each question an activity. */
function planReads(definition: Definition, recalled: Recalled, report: ProgressReport): PlanReads {
  const { sandbox } = definition;
  const dataflow = dataflowId(definition);
  const bound = giveUp(definition);
  const during = report.during.bind(report);
  return {
    ...factReads(definition, bound, during),
    ...sourceReads(definition, recalled, bound, during),
    notes: () => readNotes(definition),
    async look(kind, knownIds) {
      // What comes first is over by the first look.
      if (report.stateOf('check') !== 'done') report.step('check', 'done');
      report.step(kind, 'running');
      const request = { sandbox, dataflow, name: resources[kind].name(definition), knownIds, ...bound };
      const activity = activityName('lookFor', kind);
      const { found } = await during(activity, reading(`Look for ${titleOf(kind)}`)[activity](request));
      report.step(kind, 'done');
      return found;
    },
    read(kind, id, version) {
      const request = { sandbox, id, ...(version === undefined ? {} : { version }), ...bound };
      const activity = activityName('read', kind);
      return during(activity, reading(`Read ${titleOf(kind)}`)[activity](request));
    },
    rows: (datasetId) => holdsRows(sandbox, datasetId),
  };
}
