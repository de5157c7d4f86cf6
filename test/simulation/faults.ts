/** What can be done to a simulated run: a list of these, and the seed of what is left to chance, make it up. */

/** The collections that AEP keeps. */
export const shelves = [
  'connections',
  'sourceConnections',
  'targetConnections',
  'flows',
  'schemas',
  'classes',
  'dataSets',
  'mappingSets',
] as const;
export type ShelfName = (typeof shelves)[number];

/**
 * The moments of one call at which a process can be hit. `noted`: Temporal has the heartbeat that what came of it was noted
 * in, and not yet how the attempt ended.
 */
export const points = ['beforeSending', 'sent', 'committed', 'answered', 'noted'] as const;
export type Point = (typeof points)[number];

/** What surely creates nothing. */
export type Refusal = 'notReached' | 'rateLimited' | 'rateLimitedLong' | 'unauthorized' | 'refused';

/** How an answer gets lost. The connection ends at `afterMs`; a hang ends at the caller's deadline. A `refusal` is one whose body breaks off. */
export type Loss = 'reset' | 'error' | 'truncated' | 'refusal' | 'hang';

/**
 * When the call takes effect all the same: never, or on the way from its arrival (0) to the latest moment that the
 * configured bounds allow (1); beyond that, in seconds after it.
 */
export type Commit = 'never' | { part: number } | { beyondSeconds: number };

/** What is hit: the worker process that sends the call, the Temporal server, or both. */
export const hits = ['kill', 'stop', 'shutdown', 'serverDown', 'both'] as const;
export type Hit = (typeof hits)[number];

export interface CallFault {
  /** `update` is a PATCH or a PUT; `act` switches a flow. */
  verb: 'create' | 'update' | 'act' | 'list' | 'get' | 'remove';
  shelf: ShelfName;
  /** Which of the calls of this sort, from 0. */
  nth: number;
  how:
    | { refusal: Refusal }
    | { loss: Loss; afterMs: number; commit: Commit }
    | { hit: Hit; point: Point; forMs: number; commit: Commit };
}

/** What happens at a moment, whatever is being done then. */
export type Incident =
  | { what: 'kill' | 'stop' | 'shutdown'; atMs: number; worker: number; forMs: number }
  | { what: 'serverDown'; atMs: number; forMs: number }
  /** Lists of workflows show nothing new, until the store behind them takes writes again. */
  | { what: 'listsStop'; atMs: number; forMs: number };

/** What a person or a system does to the workflow. */
export type Act =
  /** Terminates it and starts it again. */
  | { what: 'terminate'; atMs: number; againAfterMs: number }
  /** Cancels it, waits for its end and starts it again. */
  | { what: 'cancel'; atMs: number; againAfterMs: number }
  /** Resets it to one of its tasks: 0 the first, 1 the last. */
  | { what: 'reset'; atMs: number; to: number }
  /** Waits for its end, and starts it again. */
  | { what: 'again'; afterMs: number }
  /** Waits for its end, deletes the dataflow, and creates it again. */
  | { what: 'delete'; againAfterMs: number }
  /** Has Temporal know nothing any more of what has ended, then and later: after its retention period, or with a new namespace. */
  | { what: 'forget' }
  /**
   * Waits for its end, and takes the dataflow's marks off everything, as if others had made it. Then the flow is adopted:
   * from now on it is created and updated from the definition that was read back.
   */
  | { what: 'adopt' }
  /**
   * Waits for its end, and creates it in another sandbox from the same definition with environments beside it. From then on that
   * one is meant, and the first must stay as it is.
   */
  | { what: 'promote' }
  /** Changes the definition: whatever is started from now on is given the new one. */
  | { what: 'change'; part: ChangedPart; to: number }
  /** Waits for its end, changes the definition, and updates the dataflow. From now on it is updated, not created. */
  | { what: 'update'; part: ChangedPart; to: number }
  /** Waits for its end, and requires approval from then on: a person approves each plan after a while. It is updated, not created. */
  | { what: 'approve'; part: ChangedPart; to: number; afterMs: number }
  /**
   * Somebody else changes how often the flow loads after a while, whatever is being done then; or what all parts on a shelf say,
   * or deletes them. When that has ended, the dataflow is updated.
   */
  | { what: 'others'; afterMs: number; shelf?: ShelfName; deletes?: boolean };

/** What of a definition is changed: the mapping, what makes another source connection, and what every part is told by. */
export const changedParts = ['mapping', 'source', 'description'] as const;
export type ChangedPart = (typeof changedParts)[number];
