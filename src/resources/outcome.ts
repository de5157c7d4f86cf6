import type { Kind, ResourceIds } from './kinds.ts';

/** What became of each kind of resource, however a workflow ended. Kept in its memo, for people and for the next run. */
export interface Outcome {
  /** Created by this execution. */
  made: ResourceIds;
  /** Found in place. */
  adopted: ResourceIds;
  /** Found, and changed in place. */
  updated?: ResourceIds;
  /** Made by this execution and deleted again: a rollback. */
  deleted?: ResourceIds;
  /** Flows that it deleted, whoever made them. */
  deletedFlows?: string[];
  /** The flow that it began to replace, and whether that one loaded before. */
  replacing?: Replacing;
  /** What ended it: AEP refused this kind, or holds something of it that does not fit. Nothing was made of it. */
  failed: { kind: Kind; why: string }[];
  /** Never asked for, because something else failed first. */
  notTried: Kind[];
  /** The base connection that is there by now, where the execution is about one. */
  baseConnection?: string;
  /** Asked for, and nobody knows whether it came into being. The next create finds out. */
  unknown: Kind[];
}

export interface Replacing {
  flowId: string;
  /** Else somebody had paused it, and so is to be the one that takes its place. */
  wasEnabled: boolean;
}

/** Nothing was made, found or asked for. */
export function emptyOutcome(): Outcome {
  return { made: {}, adopted: {}, failed: [], notTried: [], unknown: [] };
}
