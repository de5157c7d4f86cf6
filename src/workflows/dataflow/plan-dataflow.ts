import { setCurrentDetails } from '@temporalio/workflow';
import { dataflowId, workflowId } from '../../definition/identity.ts';
import type { Plan } from '../../plan/plan.ts';
import { planOf } from '../../plan/plan-of.ts';
import { planAsMarkdown } from '../../plan/render.ts';
import { activityName, type Kind } from '../../resources/kinds.ts';
import { resources, titleOf } from '../../resources/index.ts';
import { listing, summarized } from '../calls.ts';
import { endingOf } from '../failures.ts';
import { parse } from './accept.ts';
import { readFacts, recallFacts } from './check-definition.ts';
import { mappingProblems } from './check-mapping.ts';
import { observe } from './observe.ts';
import { fittingPlan } from './refuse-plan.ts';
import { giveUp } from './resource-calls.ts';
import { rowsTwice } from './rows-twice.ts';

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
  const { sandbox } = definition;
  const dataflow = dataflowId(definition);
  const during = <Returned>(_activity: string, call: Promise<Returned>) => call;
  const bound = giveUp(definition);
  try {
    const [facts, notes] = await Promise.all([
      recallFacts(definition, true).then((recalled) => readFacts(definition, recalled, bound, during)),
      reading('Read what earlier runs noted').readNotes({ workflowId: workflowId(definition) }),
    ]);
    const observed = await observe(definition, {
      async look(kind: Kind) {
        // Most runs note the same ids.
        const knownIds = [...new Set(notes.ids.flatMap((ids) => ids[kind] ?? []))];
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
      given: facts.given,
      flowLeft: notes.flowLeft,
    });
    const planned = (problems = facts.problems) =>
      planOf(definition, observed, {
        context: facts.context,
        now: Date.now(),
        problems,
        warnings,
        choices: {},
      });
    const { plan } = planned();
    const schema = plan.steps.find(({ kind }) => kind === 'schema');
    const isThere = schema?.action === 'keep' || schema?.action === 'adopt';
    // AEP validates the mapping of a schema that it has.
    const mapping =
      isThere && facts.problems.length === 0
        ? await mappingProblems(definition, schema.id, { ...bound, during })
        : [];
    const all = mapping.length === 0 ? plan : planned([...facts.problems, ...mapping]).plan;
    const loads = plan.steps.some(({ kind, action }) => kind === 'flow' && action === 'create');
    const dataset = plan.steps.find(
      ({ kind, action }) => kind === 'dataset' && action !== 'create' && action !== 'replace',
    );
    const rows = loads && dataset?.id ? await rowsTwice(definition, dataset.id) : undefined;
    if (rows) all.warnings.push(rows);
    const told = fittingPlan(all);
    setCurrentDetails(planAsMarkdown(told));
    return told;
  } catch (error) {
    throw endingOf(error, {}) ?? error;
  }
}
