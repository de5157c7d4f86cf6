import { isCancellation, upsertMemo, workflowInfo } from '@temporalio/workflow';
import { z } from 'zod';
import { cut, cutJson, shown } from '../../cut.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId, namedBy, workflowId } from '../../definition/identity.ts';
import { likeName, nameProblems } from '../../definition/named.ts';
import { tellProblems, type Problem } from '../../definition/problems.ts';
import { dataflowName, resourceId, sandboxName } from '../../definition/text.ts';
import { warningsOf } from '../../definition/warnings.ts';
import { factsOf } from '../../plan/facts-of.ts';
import { fittingPlan } from '../../plan/fitting-plan.ts';
import { partsOf } from '../../plan/observe.ts';
import { planOf, type Planned } from '../../plan/plan-of.ts';
import { readDefinition, type WholeParts } from '../../plan/read-definition.ts';
import type { NotExpressible } from '../../plan/unsaid.ts';
import { resources, titleOf } from '../../resources/index.ts';
import { activityName, kinds, type Kind } from '../../resources/kinds.ts';
import { conflict } from '../../resources/decide.ts';
import { emptyOutcome } from '../../resources/outcome.ts';
import type { Whole } from '../../resources/resource.ts';
import { summarized } from '../calls.ts';
import { endingOf, invalidDefinition, reasonOf } from '../failures.ts';
import { checkInput, readOrRefuse, wrongInput } from '../inputs.ts';
import type { ImportDataflowInput, ImportDataflowResult, StepName } from '../messages.ts';
import { howToStart } from '../right-id.ts';
import { adopt, adoptedKinds, mustBeNobodyElses } from './adopt.ts';
import { factReads, recallFacts, waitForEarlierRuns } from './check-definition.ts';
import { reportProgress, type ProgressReport } from './progress.ts';
import { Conflicting } from './refusals.ts';

const importInput = () =>
  z.strictObject({
    sandbox: sandboxName().describe('The name of the sandbox that the flow is in.'),
    flowId: resourceId().describe("AEP's id of the flow."),
    name: dataflowName()
      .optional()
      .describe("What the dataflow is to be called. The flow's name unless given."),
    adopt: z.boolean().optional().describe('Whether it becomes a dataflow of ours. No unless given.'),
  }) satisfies z.ZodType<ImportDataflowInput>;

/**
 * The definition that would have made a flow, whoever made it, and what an update with that definition would do: nothing. What
 * no definition can say is listed. With `adopt` the flow becomes a dataflow of ours: flow, source connection and target
 * connection are marked, and the flow is watched. Nothing else of AEP's is changed, but for the names that a dataflow of
 * another name has.
 *
 * The query `progress` tells how far it is, by the flow's id until the dataflow's name is known; the query `plan` what follows.
 * Runs under any id; with `adopt` under the dataflow's id `dataflow:<sandbox>:<name>`, so that it never meets a create, an
 * update or a delete. Started again it goes on where it was.
 *
 * @throws ApplicationFailure `InvalidDefinition` where AEP has no such flow, where no definition makes one like it, or where
 * it needs another name; `Conflict` where another dataflow has it or part of it, or, with `adopt`, where the plan is not
 * empty: it is in `details[0].plan`.
 */
export async function importDataflow(input: unknown): Promise<ImportDataflowResult> {
  const asked = readOrRefuse(() => readImportInput(input));
  // It makes nothing: the next run need not wait for it.
  upsertMemo({ outcome: emptyOutcome() });
  const { sandbox, flowId, name } = asked;
  const report = reportProgress(
    { dataflow: dataflowId({ sandbox, name: name ?? flowId }), steps: asked.adopt ? adoption : ['check'] },
    { isListed: false },
  );
  try {
    report.step('check', 'running');
    const earlier = asked.adopt ? await waitForEarlierRuns() : undefined;
    const parts = await readParts(asked, report);
    const named = { sandbox, name: nameOf(asked, parts.flow!) };
    report.called(dataflowId(named));
    if (asked.adopt) mustHaveLock(named);
    mustBeNobodyElses(parts, dataflowId(named));
    const { definition, problems, notExpressible } = readDefinition(parts, named);
    if (!definition) throw noDefinition(flowId, problems);
    const planned = await planner(definition, report);
    const { plan, edits } = planned(parts);
    const told = { definition, notExpressible: fitting(notExpressible) };
    if (!earlier) {
      report.step('check', 'done');
      report.plan(plan);
      report.become('done');
      return { ...told, plan: fittingPlan(plan) };
    }
    const renamed = withNames(parts, edits);
    const after = planned(renamed);
    report.plan(after.plan);
    const watcherWorkflowId = await adopt({ definition, parts, edits, after, earlier, report });
    report.become('done');
    return { ...told, plan: fittingPlan(after.plan), watcherWorkflowId };
  } catch (error) {
    const ending = endingOf(error, {});
    const left = report.progress.steps.find(({ state }) => state === 'running');
    if (left && ending) report.step(left.step, 'failed', { note: reasonOf(error) });
    report.become(
      isCancellation(error) ? 'cancelled' : 'failed',
      ending && { type: ending.type!, message: ending.message },
    );
    throw ending ?? error;
  }
}

function readImportInput(input: unknown): ImportDataflowInput {
  const read = checkInput(importInput(), input, cannot);
  const { sandbox, name } = read;
  const problems = name === undefined ? [] : nameProblems({ sandbox, name });
  if (problems.length > 0) throw wrongInput(cannot, problems);
  if (read.adopt && name !== undefined) mustHaveLock({ sandbox, name });
  return read;
}

const cannot = 'This flow cannot be imported';
const adoption: StepName[] = ['check', ...adoptedKinds, 'watch'];

function mustHaveLock(named: Pick<Definition, 'sandbox' | 'name'>): void {
  const id = workflowId(named);
  const { workflowId: given } = workflowInfo();
  if (given === id) return;
  const message = `${dataflowId(named)} is adopted under the workflow id ${id}, not ${given}: the id is its lock. ${howToStart(id)}`;
  throw wrongInput(cannot, [{ field: 'name', message }]);
}

/** The flow and all that it refers to, of the mapping set the version that it applies. */
async function readParts(
  { sandbox, flowId }: ImportDataflowInput,
  report: ProgressReport,
): Promise<WholeParts> {
  const read = async (kind: Kind, id: string, version?: number): Promise<Whole | null> => {
    const reading = summarized(`Read all of the ${titleOf(kind)}`);
    const request = { sandbox, id, ...(version === undefined ? {} : { version }) };
    const activity = activityName('readWhole', kind);
    const answer = await report.during(activity, reading[activity](request));
    return answer && { ...resources[kind].observe(answer), answer };
  };
  const flow = await read('flow', flowId);
  if (!flow) {
    const message = `${flowId} is not there, or hidden by an access label: give the id of an existing flow in the sandbox ${sandbox}`;
    throw wrongInput(cannot, [{ field: 'flowId', message }]);
  }
  const parts = await partsOf(flow, read);
  const missing = Object.entries(resources.flow.refersTo(flow)).flatMap(([kind, id]) =>
    parts[kind as Kind] ? [] : `its ${titleOf(kind as Kind)} ${id}`,
  );
  if (missing.length === 0) return parts;
  throw noDefinition(flowId, [{ field: 'flowId', message: `AEP does not show ${missing.join(' and ')}` }]);
}

/** @throws Conflicting where it is another dataflow's; InvalidDefinition where it needs a name. */
function nameOf({ sandbox, flowId, name }: ImportDataflowInput, { name: own = '', mark }: Whole): string {
  if (mark) {
    const there = namedBy(mark.dataflow);
    if (there.sandbox === sandbox && (name ?? there.name) === there.name) return there.name;
    const message = `The flow ${flowId} carries the mark of ${mark.dataflow}: it is that dataflow, or a copy of its flow whose mark is to be taken off first`;
    throw new Conflicting(conflict('foreign', message, [flowId]));
  }
  if (name !== undefined) return name;
  const [problem] = nameProblems({ sandbox, name: own });
  if (!problem) return own;
  const suggestion = likeName({ sandbox, name: own });
  const message = `is required, as no dataflow can be called as the flow is: ${cutJson(own, 100)} ${problem.message}. Give another, such as "${suggestion}"`;
  throw wrongInput(cannot, [{ field: 'name', message, suggestion }]);
}

function noDefinition(flowId: string, problems: Problem[]) {
  return invalidDefinition(`No definition makes a flow like ${flowId}:\n${tellProblems(problems)}`, problems);
}

/** What is planned for parts that carry the dataflow's mark, or will. */
async function planner(
  definition: Definition,
  report: ProgressReport,
): Promise<(parts: WholeParts) => Planned> {
  const recalled = await recallFacts(definition, true);
  const reads = factReads(definition, {}, report.during.bind(report));
  const { context, given, problems, ...facts } = await factsOf(definition, reads, { recalled });
  const warnings = [...warningsOf(definition), ...facts.warnings];
  const mark = { dataflow: dataflowId(definition), nonce: '' };
  return (parts) => {
    const flow = { ...parts };
    for (const kind of adoptedKinds) flow[kind] = { mark, ...flow[kind]! };
    const found = Object.fromEntries(kinds.map((kind) => [kind, flow[kind] ? [flow[kind]] : []]));
    const facts = { context, now: Date.now(), problems, warnings, choices: {} };
    return planOf(definition, { found, flows: [flow], givenIds: given }, facts);
  };
}

/** As they are called once they are adopted. */
function withNames(parts: WholeParts, edits: Planned['edits']): WholeParts {
  const renamed = { ...parts };
  for (const kind of adoptedKinds)
    for (const { field, to } of edits[kind] ?? [])
      if (field === 'name') renamed[kind] = { ...renamed[kind]!, name: String(to) };
  return renamed;
}

const mostToTell = 500;
const longestPath = 300;

function fitting(all: NotExpressible[]): NotExpressible[] {
  const told = all
    .slice(0, mostToTell)
    .map(({ path, value }) => ({ path: cut(path, longestPath), value: shown(value) }));
  const more = all.length - told.length;
  return more > 0 ? [...told, { path: '', value: `and ${more} more` }] : told;
}
