import { resources } from '../resources/index.ts';
import { activityName, kinds, type Kind } from '../resources/kinds.ts';
import { createConnectionActivities } from './connections/index.ts';
import { createCheckActivities } from './dataflow/read-facts.ts';
import { createSourceReads } from './dataflow/read-source.ts';
import type { Dependencies } from './dependencies.ts';
import { createLastWindow } from './dataflow/last-window.ts';
import { updateOf } from './dataflow/update.ts';
import { createFlowActions } from './flow-actions.ts';
import { lookBackOf, notesOf } from './dataflow/look-back.ts';
import { createOf } from './dataflow/create.ts';
import { createUniqueOf } from './dataflow/create-unique.ts';
import { lookOf, readOf } from './dataflow/look.ts';
import { createOrphanActivities } from './dataflow/orphans.ts';
import { listMarkedOf, removeOf } from './dataflow/remove.ts';
import { createExploreActivities } from './source/explore.ts';
import { createPreviewRows } from './source/preview-rows.ts';
import { createPlanActivities } from './sandbox/plan-some.ts';
import { untilFree } from './sandbox/until-free.ts';
import { createSetupActivities } from './setup/check-aep.ts';
import { createTryActivities } from './setup/try-aep.ts';
import { ensureFollower, type Follower } from './watch/ensure-follower.ts';
import { createRunActivities } from './watch/index.ts';
import { createRetrigger } from './watch/retrigger-run.ts';
import { createNotificationActivities } from './watch/send-notification.ts';
import { readWholeOf } from './dataflow/read-whole.ts';
import { settleOf } from './dataflow/settle.ts';
import { createUserActivities } from './dataflow/users.ts';

/** One activity per API call, named after it, so that the timeline in the Temporal UI reads like the tutorial. */
export function createActivities(dependencies: Dependencies) {
  const follower = ensureFollower();
  return {
    lookBack: lookBackOf(dependencies),
    readNotes: notesOf(),
    ...createCheckActivities(dependencies),
    ...createConnectionActivities(dependencies),
    ...createSourceReads(dependencies),
    ...createOrphanActivities(dependencies),
    ...createUserActivities(dependencies),
    ...createRunActivities({ ...dependencies, follower }),
    ...createFlowActions(dependencies),
    ...createLastWindow(dependencies),
    ...createPlanActivities(dependencies),
    ...createExploreActivities(dependencies),
    ...createPreviewRows(dependencies),
    ...createSetupActivities(dependencies),
    ...createTryActivities(dependencies),
    untilFree,
    ...createRetrigger(dependencies),
    ...createNotificationActivities(dependencies),
    ...forEachKind('lookFor', (kind) => lookOf(kind, dependencies)),
    ...forEachKind('settle', (kind) => settleOf(kind, dependencies)),
    ...forEachKind('read', (kind) => readOf(kind, dependencies)),
    ...forEachKind('readWhole', (kind) => readWholeOf(kind, dependencies)),
    ...forEachKind('create', (kind) =>
      (resources[kind].hasUniqueTitle ? createUniqueOf : createOf)(kind, dependencies),
    ),
    createFlow: thenFollowed(createOf('flow', dependencies), follower),
    ...forEachKind('update', (kind) => updateOf(kind, dependencies)),
    ...forEachKind('listMarked', (kind) => listMarkedOf(kind, dependencies)),
    ...forEachKind('delete', (kind) => removeOf(kind, dependencies)),
  };
}

/** The watcher of a flow that was made begins with what its create knows: it need not look, which would see to that. */
function thenFollowed(create: ReturnType<typeof createOf>, follower: Follower): typeof create {
  return async (request) => {
    const answer = await create(request);
    // Nobody waits for it.
    if (answer.created) void follower.ensure(request.sandbox);
    return answer;
  };
}

export type Activities = ReturnType<typeof createActivities>;

type Named<Verb extends string, Activity> = { [K in Kind as `${Verb}${Capitalize<K>}`]: Activity };

function forEachKind<Verb extends string, Activity>(
  verb: Verb,
  activityOf: (kind: Kind) => Activity,
): Named<Verb, Activity> {
  return Object.fromEntries(kinds.map((kind) => [activityName(verb, kind), activityOf(kind)])) as Named<
    Verb,
    Activity
  >;
}

export type { BaseConnectionRequest, Recalled } from './dataflow/read-facts.ts';
export type { CreateRequest, Created } from './dataflow/create.ts';
export type { Bounds, LookBack } from './dataflow/look-back.ts';
export type { Look, LookRequest } from './dataflow/look.ts';
export type { Orphans } from './dataflow/orphans.ts';
export type { Marked } from './dataflow/remove.ts';
export type { LastWindow, LastWindowRequest } from './dataflow/last-window.ts';
export type { Stale, Updated, UpdateRequest } from './dataflow/update.ts';
export type { FlowActionRequest } from './flow-actions.ts';
export type { DescribeRequest, ListRequest, SeekRequest } from './source/explore.ts';
export type { PlannedOne, PlanSomeRequest } from './sandbox/plan-some.ts';
export type { SettleRequest } from './dataflow/settle.ts';
