import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Problem } from '../../definition/problems.ts';
import type { Approved } from '../../plan/next-of.ts';
import type { Choices, Counts, Plan } from '../../plan/plan.ts';

/** Definitions of dataflows, of whatever sandboxes; at most 1,000,000 bytes of JSON in all. */
export interface Definitions {
  /** Definitions as they are, or with their `environments` and the `environment` that is meant. */
  definitions?: unknown[] | undefined;
  /** Others follow, by the update `add`: until one comes without this, or none within an hour. */
  more?: boolean | undefined;
}

/** What `planDataflows` is started with, under any id. */
export interface PlanDataflowsInput extends Definitions {
  /** Fields of the definitions, such as `schedule.interval`: what differs there, or under it, is shown as masked and does not count. */
  mask?: string[] | undefined;
}

/** What `applyDataflows` is started with, under any id. */
export interface ApplyDataflowsInput extends Definitions, Choices {
  /** What counts for one dataflow besides, by its name, or by `<sandbox>/<name>`. */
  each?: Record<string, Approved> | undefined;
  /** How many dataflows are made or changed at the same time. Default: 10; at most 50. */
  concurrency?: number | undefined;
}

/** What `add` takes while dataflows are applied. */
export interface AddedToApply extends Definitions {
  each?: ApplyDataflowsInput['each'];
}

/** One dataflow of many, as far as it is planned. */
export interface PlannedDataflow {
  sandbox: string;
  name: string;
  /** Of its plan. Absent where there is none. */
  digest?: string;
  counts?: Counts;
  /** Why there is no plan, or why an apply would not carry it out: a problem, a conflict, a choice that nobody has made. */
  error?: Failed;
}

export interface Failed {
  /** One of the failure types, or `Cancelled`, `Terminated` or `TimedOut`. */
  type: string;
  message: string;
  /** All that is wrong with a definition, as far as there is room for it. */
  problems?: Problem[];
}

/** What `planDataflows` returns. */
export interface PlanDataflowsResult {
  /** In the order in which they came. The query `plan` has the plans. */
  dataflows: PlannedDataflow[];
  totals: {
    dataflows: number;
    /** AEP has all that is asked for. */
    empty: number;
    /** There is something to do. */
    different: number;
    /** No plan, or one with a problem or a conflict in it. */
    failed: number;
    /** Differences in masked fields. */
    masked: number;
  };
}

/**
 * What became of one dataflow. `created`, `updated`: by this run. `unchanged`: AEP had all that is asked for. `notTried`:
 * it was not begun when the whole was cancelled.
 */
export type ApplyOutcome = 'created' | 'updated' | 'unchanged' | 'failed' | 'notTried';

export interface AppliedDataflow extends PlannedDataflow {
  outcome: ApplyOutcome;
  /** Of a dataflow that was created or updated. */
  flowId?: string;
}

/** What `applyDataflows` returns. It fails for no dataflow: what failed is among them. */
export interface ApplyDataflowsResult {
  /** In the order in which they ended. */
  dataflows: AppliedDataflow[];
  totals: { dataflows: number } & Record<ApplyOutcome, number>;
}

/** What `add` answers. A definition that is wrong does not keep the others from being taken. */
export interface Added {
  taken: number;
  /** The first fifty that are wrong, each by its place among those that were given. */
  wrong: { index: number; name: string; problems: Problem[] }[];
}

/** Gives more definitions to a run that goes on. Refused with `Unavailable` while it has as many as it can hold. */
export const addUpdate = defineUpdate<Added, [AddedToApply]>('add');

/** The plan of one dataflow, by its name or by `<sandbox>/<name>`; where an earlier run of the same workflow made it: that run's id. */
export const planQuery = defineQuery<Plan | { runId: string }, [name: string]>('plan');

/** How far many dataflows are. */
export interface ManyProgress<Totals> {
  totals: Totals;
  /** How many are not planned yet. */
  waiting: number;
  /** Whether others are expected. */
  more: boolean;
}

/** Of `planDataflows`: how far it is, in numbers. */
export const planProgressQuery = defineQuery<ManyProgress<PlanDataflowsResult['totals']>>('progress');

/** How far `applyDataflows` is. */
export interface ApplyProgress extends ManyProgress<ApplyDataflowsResult['totals']> {
  /** What is under way, each as `<sandbox>/<name>`: `busy` waits for what somebody else has started under its id. */
  running: { dataflow: string; what: 'createDataflow' | 'updateDataflow' | 'busy'; since: number }[];
  /** The first hundred that failed. */
  failed: AppliedDataflow[];
}

/** Of `applyDataflows`: how far it is, in numbers, what is under way and what failed. */
export const applyProgressQuery = defineQuery<ApplyProgress>('progress');
