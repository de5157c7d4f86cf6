import type { Kind, ResourceIds } from './kinds.ts';

/** What became of each kind of resource, however a workflow ended. Kept in its memo, for people and for the next run. */
export interface Outcome {
  /** Created by this execution. */
  made: ResourceIds;
  /** Found in place. */
  adopted: ResourceIds;
  /** Made by this execution and deleted again: a rollback. */
  deleted?: ResourceIds;
  /** Flows that it deleted, whoever made them. */
  deletedFlows?: string[];
  /** What ended it: AEP refused this kind, or holds something of it that does not fit. Nothing was made of it. */
  failed: { kind: Kind; why: string }[];
  /** Never asked for, because something else failed first. */
  notTried: Kind[];
  /** Asked for, and nobody knows whether it came into being. The next create finds out. */
  unknown: Kind[];
}

/** Nothing was made, found or asked for. */
export function emptyOutcome(): Outcome {
  return { made: {}, adopted: {}, failed: [], notTried: [], unknown: [] };
}
