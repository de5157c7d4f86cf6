import { resources } from '../resources/index.ts';
import { activityName, kinds, type Kind } from '../resources/kinds.ts';
import { createCheckActivities } from './dataflow/read-facts.ts';
import type { Dependencies } from './dependencies.ts';
import { createOf } from './dataflow/create.ts';
import { createUniqueOf } from './dataflow/create-unique.ts';
import { createLastWindow } from './dataflow/last-window.ts';
import { editableKinds, updateOf } from './dataflow/update.ts';
import { createFlowActions } from './flow-actions.ts';
import { lookBackOf } from './dataflow/look-back.ts';
import { lookOf, readOf } from './dataflow/look.ts';
import { createOrphanActivities } from './dataflow/orphans.ts';
import { listMarkedOf, removeOf } from './dataflow/remove.ts';
import { createRunActivities } from './watch/index.ts';
import { createRetrigger } from './watch/retrigger-run.ts';
import { settleOf } from './dataflow/settle.ts';
import { createNotificationActivities } from './watch/send-notification.ts';
import { createUserActivities } from './dataflow/users.ts';

/** One activity per API call, named after it, so that the timeline in the Temporal UI reads like the tutorial. */
export function createActivities(dependencies: Dependencies) {
  return {
    lookBack: lookBackOf(dependencies),
    ...createCheckActivities(dependencies),
    ...createOrphanActivities(dependencies),
    ...createUserActivities(dependencies),
    ...createRunActivities(dependencies),
    ...createFlowActions(dependencies),
    ...createLastWindow(dependencies),
    ...createRetrigger(dependencies),
    ...createNotificationActivities(dependencies),
    ...forEachKind('lookFor', (kind) => lookOf(kind, dependencies)),
    ...forEachKind('settle', (kind) => settleOf(kind, dependencies)),
    ...forEachKind('read', (kind) => readOf(kind, dependencies)),
    ...forEachKind('create', (kind) =>
      (resources[kind].hasUniqueTitle ? createUniqueOf : createOf)(kind, dependencies),
    ),
    ...forEach(editableKinds, 'update', (kind) => updateOf(kind, dependencies)),
    ...forEachKind('listMarked', (kind) => listMarkedOf(kind, dependencies)),
    ...forEachKind('delete', (kind) => removeOf(kind, dependencies)),
  };
}

export type Activities = ReturnType<typeof createActivities>;

type Named<Verb extends string, K extends Kind, Activity> = {
  [One in K as `${Verb}${Capitalize<One>}`]: Activity;
};

function forEach<K extends Kind, Verb extends string, Activity>(
  some: readonly K[],
  verb: Verb,
  activityOf: (kind: K) => Activity,
): Named<Verb, K, Activity> {
  return Object.fromEntries(some.map((kind) => [activityName(verb, kind), activityOf(kind)])) as Named<
    Verb,
    K,
    Activity
  >;
}

function forEachKind<Verb extends string, Activity>(verb: Verb, activityOf: (kind: Kind) => Activity) {
  return forEach(kinds, verb, activityOf);
}

export type { BaseConnection, FlowSpecAnswer, Recalled } from './dataflow/read-facts.ts';
export type { RecalledFields } from './dataflow/read-fields.ts';
export type { CreateRequest, Created } from './dataflow/create.ts';
export type { Bounds, LookBack } from './dataflow/look-back.ts';
export type { Look, LookRequest } from './dataflow/look.ts';
export type { Orphans } from './dataflow/orphans.ts';
export type { Marked } from './dataflow/remove.ts';
export type { SettleRequest } from './dataflow/settle.ts';
export type { LastWindow, LastWindowRequest } from './dataflow/last-window.ts';
export type { EditableKind, Stale, Updated, UpdateRequest } from './dataflow/update.ts';
export type { FlowActionRequest } from './flow-actions.ts';
