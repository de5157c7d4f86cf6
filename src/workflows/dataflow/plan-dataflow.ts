import { CancellationScope, setCurrentDetails } from '@temporalio/workflow';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId, workflowId } from '../../definition/identity.ts';
import { fittingPlan } from '../../plan/fitting-plan.ts';
import { makePlan } from '../../plan/make-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PlanReads } from '../../plan/reads.ts';
import { planAsMarkdown } from '../../plan/render.ts';
import { resources, titleOf } from '../../resources/index.ts';
import { activityName } from '../../resources/kinds.ts';
import type { Recalled } from '../../activities/index.ts';
import { listing, summarized } from '../calls.ts';
import { endingOf } from '../failures.ts';
import { parse } from './accept.ts';
import { factReads, recallFacts } from './check-definition.ts';
import { holdsRows } from './holds-rows.ts';
import { giveUp } from './resource-calls.ts';

/** Lists may have many pages. */
const reading = (summary: string) => summarized(summary, listing);

/**
 * What a create or an update of this definition would do, and what is against it: everything at once. It asks AEP and
 * changes nothing there.
 *
 * The plan as text is in the workflow's current details: Temporal's web pages and `temporal workflow metadata` show it.
 * Runs under any id, also while the dataflow is being created, and then tells what is there at that moment.
 *
 * @param input a definition.
 * @throws ApplicationFailure `InvalidDefinition` where the definition by itself makes no sense; what AEP has against it is
 * in the plan's `problems`.
 */
export async function planDataflow(input: unknown): Promise<Plan> {
  const { definition, warnings } = parse(input);
  const scope = CancellationScope.current();
  try {
    const recalled = await recallFacts(definition, true);
    const asked = {
      definition,
      warnings,
      now: () => Date.now(),
      recalled: recalled.fields,
      stop: () => scope.cancel(),
    };
    const { plan } = await makePlan(asked, planReads(definition, recalled));
    const told = fittingPlan(plan);
    setCurrentDetails(planAsMarkdown(told));
    return told;
  } catch (error) {
    throw endingOf(error, {}) ?? error;
  }
}

/** Each question an activity. */
function planReads(definition: Definition, recalled: Recalled): PlanReads {
  const { sandbox } = definition;
  const dataflow = dataflowId(definition);
  const bound = giveUp(definition);
  return {
    ...factReads(definition, recalled, bound, (_activity, call) => call),
    notes: () => reading('Read what earlier runs noted').readNotes({ workflowId: workflowId(definition) }),
    async look(kind, knownIds) {
      const request = { sandbox, dataflow, name: resources[kind].name(definition), knownIds, ...bound };
      const { found } = await reading(`Look for ${titleOf(kind)}`)[activityName('lookFor', kind)](request);
      return found;
    },
    read: (kind, id, version) =>
      reading(`Read ${titleOf(kind)}`)[activityName('read', kind)]({
        sandbox,
        id,
        ...(version === undefined ? {} : { version }),
        ...bound,
      }),
    rows: (datasetId) => holdsRows(sandbox, datasetId),
  };
}
