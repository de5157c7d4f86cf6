import { activityName, kinds, type Kind } from '../resources/kinds.ts';
import { uniqueKinds } from '../resources/plan.ts';
import { createCheckActivities } from './check.ts';
import type { Dependencies } from './dependencies.ts';
import { createOf, createUniqueOf } from './create.ts';
import { createFlowActions } from './flow-actions.ts';
import { lookBackOf } from './look-back.ts';
import { lookOf, readOf } from './look.ts';
import { createOrphanActivities } from './orphans.ts';
import { listMarkedOf, removeOf } from './remove.ts';
import { createRunActivities } from './runs.ts';
import { settleOf, settleOrCreateOf } from './settle.ts';
import { createTellActivities } from './tell.ts';
import { createUserActivities } from './users.ts';

/** One activity per API call, named after it, so that the timeline in the Temporal UI reads like the tutorial. */
export function createActivities(dependencies: Dependencies) {
  return {
    lookBack: lookBackOf(dependencies),
    ...createCheckActivities(dependencies),
    ...createOrphanActivities(dependencies),
    ...createUserActivities(dependencies),
    ...createRunActivities(dependencies),
    ...createFlowActions(dependencies),
    ...createTellActivities(dependencies),
    ...forEachKind('lookFor', (kind) => lookOf(kind, dependencies)),
    ...forEachKind('settle', (kind) => settleOf(kind, dependencies)),
    ...forEachKind('settleOrCreate', (kind) => settleOrCreateOf(kind, dependencies)),
    ...forEachKind('read', (kind) => readOf(kind, dependencies)),
    ...forEachKind('create', (kind) =>
      (uniqueKinds.has(kind) ? createUniqueOf : createOf)(kind, dependencies),
    ),
    ...forEachKind('listMarked', (kind) => listMarkedOf(kind, dependencies)),
    ...forEachKind('delete', (kind) => removeOf(kind, dependencies)),
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

export type { BaseConnection, FlowSpecAnswer, Recalled } from './check.ts';
export type { CreateRequest, Created } from './create.ts';
export type { Bounds, LookBack } from './look-back.ts';
export type { Look, LookRequest } from './look.ts';
export type { Orphans } from './orphans.ts';
export type { Marked } from './remove.ts';
export type { Settled, SettleOrCreateRequest, SettleRequest } from './settle.ts';
