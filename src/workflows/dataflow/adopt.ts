import { proxyActivities, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { Activities, LookBack } from '../../activities/index.ts';
import { newNonce } from '../nonce.ts';
import type { Definition } from '../../definition/definition.ts';
import { dataflowId } from '../../definition/identity.ts';
import { fittingPlan } from '../../plan/fitting-plan.ts';
import { isEmpty, isIdle } from '../../plan/plan.ts';
import type { Planned } from '../../plan/plan-of.ts';
import type { WholeParts } from '../../plan/read-definition.ts';
import { isDraft } from '../../plan/which-flow.ts';
import { conflict } from '../../resources/decide.ts';
import { titleOf } from '../../resources/index.ts';
import { activityName, idsOfKind, type Kind, type ResourceIds } from '../../resources/kinds.ts';
import { givenIds } from '../../resources/orders.ts';
import { emptyOutcome } from '../../resources/outcome.ts';
import type { Whole } from '../../resources/resource.ts';
import { shapeOf } from '../../runs/drift.ts';
import { callsFor, wholeSandbox } from '../calls.ts';
import { searchAttributes } from '../messages.ts';
import { announceAnew } from './accept.ts';
import type { ProgressReport } from './progress.ts';
import { Conflicting } from './refusals.ts';
import { startWatcher } from './start-watcher.ts';

const { findUsers } = proxyActivities<Activities>({
  ...wholeSandbox,
  summary: 'Find what else uses its connections',
});

/** What of a flow is marked. The flow comes last: until it is marked, nothing is a dataflow's. */
export const adoptedKinds = ['sourceConnection', 'targetConnection', 'flow'] as const;

/** @throws Conflicting where another dataflow has marked what would be marked. */
export function mustBeNobodyElses(parts: WholeParts, dataflow: string): void {
  for (const kind of adoptedKinds) {
    const one = parts[kind];
    if (one?.mark && one.mark.dataflow !== dataflow)
      throw new Conflicting(
        conflict('foreign', `The ${titleOf(kind)} ${one.id} belongs to ${one.mark.dataflow}`, [one.id]),
      );
  }
}

interface Adoption {
  definition: Definition;
  parts: WholeParts;
  /** What is changed beside the marks: names. */
  edits: Planned['edits'];
  /** What is to be done after that: nothing. */
  after: Planned;
  earlier: LookBack;
  report: ProgressReport;
}

/**
 * Marks a flow and its connections, and sees to it that it is watched. Each is one PATCH, which reads first: marked twice
 * is marked once. Returns the id of the watcher.
 * @throws Conflicting where it is not, or not alone, what the definition asks for.
 */
export async function adopt(adoption: Adoption): Promise<string> {
  const { definition, parts, edits, earlier, report } = adoption;
  const { sandbox } = definition;
  const dataflow = dataflowId(definition);
  const flowId = parts.flow!.id;
  mustBeAsAsked(adoption);
  await mustBeTheOnlyOne(adoption);
  await mustShareNothing(adoption);
  announceAnew(definition);
  upsertSearchAttributes([{ key: searchAttributes.flowId, value: flowId }]);
  report.step('check', 'done');
  for (const kind of adoptedKinds) {
    const { id } = parts[kind]!;
    report.step(kind, 'running', { id });
    const request = {
      sandbox,
      id,
      edits: (edits[kind] ?? []).filter(({ field }) => field === 'name'),
      mark: { dataflow, nonce: newNonce() },
    };
    await report.during(activityName('update', kind), callsFor(kind, earlier.bounds).update(request));
    report.step(kind, 'adopted', { id });
  }
  const given = givenIds(definition);
  const adopted: ResourceIds = {};
  for (const [kind, { id }] of Object.entries(parts) as [Kind, Whole][])
    if (given[kind] === undefined) adopted[kind] = id;
  upsertMemo({ outcome: { ...emptyOutcome(), adopted } });
  const settled = shapeOf(parts.flow!.fields);
  report.step('watch', 'running');
  const watcher = await startWatcher(definition, flowId, { wakes: true, settled });
  report.step('watch', 'done', { id: watcher });
  return watcher;
}

function mustBeAsAsked({ definition, parts, after: { plan } }: Adoption): void {
  if (isEmpty(plan)) return;
  const { id } = parts.flow!;
  const steps = plan.steps.filter(({ action }) => !isIdle(action));
  const why = isDraft(parts.flow!)
    ? 'it is a draft, which is to be published first'
    : `no definition says all that AEP does with it (${steps.map(({ kind, reason }) => `${titleOf(kind)}: ${reason}`).join('; ')})`;
  const message = `The flow ${id} cannot become ${dataflowId(definition)}: ${why}`;
  throw new Conflicting(conflict('differs', message, [id]), fittingPlan(plan));
}

/** A dataflow has one flow. */
async function mustBeTheOnlyOne({ definition, parts, earlier }: Adoption): Promise<void> {
  const { sandbox, name } = definition;
  const dataflow = dataflowId(definition);
  const knownIds = idsOfKind(earlier.ids, 'flow');
  const looking = callsFor('flow', earlier.bounds).lookFor({ sandbox, dataflow, name, knownIds });
  const others = (await looking).found.filter(
    ({ id, mark }) => id !== parts.flow!.id && mark?.dataflow === dataflow,
  );
  if (others.length === 0) return;
  const ids = others.map(({ id }) => id);
  throw new Conflicting(
    conflict('foreign', `${dataflow} has a flow already, ${ids.join(', ')}: give another name`, ids),
  );
}

/** Its connections go with it, some day: nobody else's flow may depend on them. */
async function mustShareNothing({ definition, parts }: Adoption): Promise<void> {
  const ids = [parts.sourceConnection!.id, parts.targetConnection!.id];
  const request = { sandbox: definition.sandbox, dataflow: dataflowId(definition), ids };
  const users = (await findUsers(request)).filter(({ id }) => id !== parts.flow!.id);
  if (users.length === 0) return;
  const told = users.map(({ kind, id }) => `the ${titleOf(kind)} ${id}`).join(', ');
  const message = `The flow ${parts.flow!.id} shares its source or target connection with others, and a dataflow has a pair of its own: ${told}`;
  throw new Conflicting(
    conflict(
      'foreign',
      message,
      users.map(({ id }) => id),
    ),
  );
}
