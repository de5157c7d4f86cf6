import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { ExistingConnection } from '../definition/connection.ts';
import type { SetupCheck } from '../setup-check.ts';
import type { Tried } from '../setup-tried.ts';
import type { ConnectorName } from '../definition/connectors.ts';
import type { Definition } from '../definition/definition.ts';
import type { DeltaCandidate } from '../explore/delta-candidates.ts';
import type { Entries } from '../explore/entries.ts';
import type { Found } from '../explore/found.ts';
import type { Suggestion } from '../explore/suggest.ts';
import type { Plan, StepKind } from '../plan/plan.ts';
import type { NotExpressible } from '../plan/unsaid.ts';
import type { Orphan } from '../resources/orphans.ts';
import type { Warning } from '../definition/problems.ts';
import type { Kind, ResourceIds } from '../resources/kinds.ts';
import type { AlsoKind } from '../resources/orders.ts';

/**
 * A worker that dies with a workflow task is missed after this; Temporal's default is 10 s. A task takes milliseconds, and
 * where a worker has all of them to replay, a task is a second under way.
 */
export const workflowTaskTimeout = '5s';

/** The task queue of every worker. */
export const taskQueue = 'aep-dataflows';

export { searchAttributes } from '../search-attribute-keys.ts';

/** What an open create is at, as `AepState` has it. One that has ended keeps what it was last. */
export type CreateState = 'running' | 'waiting-for-aep' | 'waiting-for-person';

export type StepName = 'check' | StepKind | 'replace' | 'watch' | 'sweep';

/**
 * `made`: created by this execution. `adopted`: found in place. `updated`: found, and changed in place. `given`: named by the definition. `done`: a step that
 * makes no resource. `unknown`: asked for, outcome not known. `notTried`: something else failed first. `deleted`: made,
 * and deleted again by a rollback.
 */
export type StepState =
  | 'waiting'
  | 'running'
  | 'made'
  | 'adopted'
  | 'updated'
  | 'given'
  | 'done'
  | 'failed'
  | 'unknown'
  | 'notTried'
  | 'deleted';

export interface Step {
  step: StepName;
  title: string;
  state: StepState;
  /** AEP's id, once known. */
  id?: string;
  /** Epoch milliseconds. */
  startedAt?: number;
  /** Epoch milliseconds. */
  endedAt?: number;
  note?: string;
}

/** A call that waits for its next attempt: AEP is away, asks to slow down, or may not show yet what a request has made. */
export interface Waiting {
  /** Such as `createDataset`. */
  activity: string;
  /** The kind of resource it is about, in words. Absent for checks. */
  about?: string;
  /** The type of the failure that it waits after, such as `RateLimited` or `Unavailable`; `NothingYet` after a doubt. */
  why: string;
  /** What went wrong when the create was told. */
  message: string;
  /** When that was. Epoch milliseconds. */
  since: number;
}

/** How far a `createDataflow`, an `updateDataflow` or a `planDataflow` is. */
export interface Progress {
  /** `<sandbox>/<name>` */
  dataflow: string;
  /**
   * `waiting`: AEP refused for good, and the updates `resume` and `giveUp` say how it goes on. `waitingForApproval`: nothing
   * is made or changed before the update `approve`.
   */
  state: 'running' | 'waiting' | 'waitingForApproval' | 'done' | 'failed' | 'cancelled';
  /** In the order of the tutorials. */
  steps: Step[];
  warnings: Warning[];
  /** Calls that wait for AEP for more than some seconds. */
  waiting: Waiting[];
  /** Known before the workflow ends. */
  flowId?: string;
  /** Why it failed, or what it waits about. */
  error?: { type: string; message: string };
  /** The plan that waits for approval; the query `plan` tells all of it. */
  approval?: PlanInQuestion;
  /** What a person decided last about a plan of this execution. */
  decision?: Decision;
}

/** A plan that a person is to approve or to reject. */
export interface PlanInQuestion {
  digest: string;
  summary: string;
  /** Since when it waits. Epoch milliseconds. */
  since: number;
}

/** What a person has decided about a plan. */
export interface Decision {
  decision: 'approved' | 'rejected';
  digest: string;
  /** Who decided, as whoever sent it said: nobody has checked that. */
  saidToBeBy: string;
  why?: string;
  /** ISO 8601, in UTC. */
  at: string;
}

/** How far it is: its steps, what it waits for, its warnings. */
export const progressQuery = defineQuery<Progress>('progress');

/**
 * Goes on after a refusal, where the definition has `"onFailure": "wait"`: with a corrected definition, or with the same
 * one. Refused with `InvalidDefinition` where nothing waits, or where the definition is of another dataflow.
 */
export const resumeUpdate = defineUpdate<void, [definition: unknown]>('resume');

/** Ends a create that waits after a refusal, as `"onFailure": "keep"` (unless said otherwise) or `"rollback"` would have. */
export const giveUpUpdate = defineUpdate<void, [how: 'keep' | 'rollback' | null | undefined]>('giveUp');

/** What is to be done, as a create or an update has planned it last. Null before that. Of long lists the first 200 rows. */
export const planQuery = defineQuery<Plan | null>('plan');

/**
 * Approves the plan that waits, where approval is required. It is planned again then: refused with `StalePlan` and the plan
 * that counts now where the digest is of another one, and with `Conflict` where nothing waits for approval.
 */
export const approveUpdate = defineUpdate<void, [Approve]>('approve');

export interface Approve {
  /** Of the plan that was looked at. */
  digest: string;
  /** Who approves. It is told as said by the sender: nobody checks it. */
  by: string;
  why?: string | undefined;
}

/** Rejects the plan that waits: the execution ends as `RejectedByPerson`, and nothing is done. `Conflict` where none waits. */
export const rejectUpdate = defineUpdate<void, [Reject]>('reject');

export interface Reject {
  /** Who rejects it. It is told as said by the sender: nobody checks it. */
  by: string;
  why: string;
}

/** What `createDataflow` is started with, under the id `dataflow:<sandbox>:<name>`, where it is more than a definition. */
export interface CreateDataflowInput {
  /** What is to be made. */
  definition: Record<string, unknown>;
  /** Nothing is made before a person has approved the plan: see `approve`. */
  requireApproval?: boolean | undefined;
}

/** What `planDataflow` is started with where it is more than a definition, under any id. */
export interface PlanDataflowInput {
  /** What is to be planned. */
  definition: Record<string, unknown>;
  /** Of how many of the first rows the plan shows what they would become: at most 5, none unless given. They stay in the history. */
  sampleRows?: number | undefined;
}

/** What `createDataflow` returns. */
export interface CreateDataflowResult {
  flowId: string;
  /** The id of every resource the dataflow is made of: made, found in place or given. */
  resources: ResourceIds;
  /** Those that this execution made; the others were there. */
  made: Kind[];
  /** The workflow that watches the flow's runs. */
  watcherWorkflowId: string;
  warnings: Warning[];
  /** Resources of ours that are one too many and stay: mapping sets, which AEP cannot delete, what others use, and datasets that may hold data. */
  surplus: { kind: Kind; id: string; why: string }[];
}

/** What `deleteDataflow` is started with, under the id `dataflow:<sandbox>:<name>`. */
export interface DeleteDataflowInput {
  sandbox: string;
  /** The dataflow's. */
  name: string;
  /** What else is to go: kinds that stay otherwise, since they may hold data or serve others. */
  also?: AlsoKind[] | undefined;
  /** Delete only these ids, of whatever kind. */
  only?: string[] | undefined;
}

export interface DeleteDataflowResult {
  /** In the order of their deletion. */
  deleted: ResourceIds[];
  left: { kind: Kind; id: string; why: string }[];
  /** Said where nothing at all carries the dataflow's mark. */
  note?: string;
}

/** What `listOrphans` is started with, under any id. */
export interface ListOrphansInput {
  sandbox: string;
  /** Ids of orphans to delete. Nothing else is deleted. */
  delete?: string[] | undefined;
}

export interface ListOrphansResult {
  /** The first 500, each with what can be done about it. */
  orphans: (Orphan & { next: string })[];
  count: number;
  /** Dataflows that are being created or deleted just now, whose resources are left out. The first 500. */
  atWork: string[];
  deleted: string[];
  notDeleted: { id: string; why: string }[];
}

/** What `updateDataflow` is started with, under the id `dataflow:<sandbox>:<name>`. */
export interface UpdateDataflowInput {
  /** The definition as it is to be from now on. */
  definition: Record<string, unknown>;
  /** The digest of a plan that somebody has looked at: exactly that one is carried out, or none (`StalePlan`). */
  digest?: string | undefined;
  /** What the new flow loads, where the living one has to be replaced: see the plan's `choices`. */
  replaceFlow?: 'from-now' | 'backfill' | undefined;
  /** Make a flow anew that an earlier run made and that AEP does not show any more. */
  missingFlow?: 'recreate' | undefined;
  /** Nothing is changed before a person has approved the plan: see `approve`. */
  requireApproval?: boolean | undefined;
}

/** What `updateDataflow` returns. */
export interface UpdateDataflowResult {
  flowId: string;
  /** The id of every resource the dataflow is made of now. */
  resources: ResourceIds;
  /** What was carried out. Of long lists the first 200 rows. */
  plan: Plan;
  watcherWorkflowId: string;
  warnings: Warning[];
  /** Resources of ours that are one too many and stay. */
  surplus: { kind: Kind; id: string; why: string }[];
}

/**
 * What `importDataflow` is started with: under any id, and with `adopt` under the id `dataflow:<sandbox>:<name>`.
 */
export interface ImportDataflowInput {
  sandbox: string;
  /** AEP's id of the flow, whoever made it. */
  flowId: string;
  /** What the dataflow is to be called. The flow's name unless given, or the dataflow's whose mark it carries. */
  name?: string | undefined;
  /** Whether it becomes a dataflow of ours: flow, source connection and target connection are marked. No unless given. */
  adopt?: boolean | undefined;
}

/** What `importDataflow` returns. */
export interface ImportDataflowResult {
  /** What would have made this flow. */
  definition: Definition;
  /** What an update with it would do once it is adopted: nothing, as far as a definition can say what AEP has. */
  plan: Plan;
  /** What of the flow and its parts no definition can say. It stays as it is until another flow takes the place of this one. */
  notExpressible: NotExpressible[];
  /** With `adopt`: the workflow that watches the flow's runs. */
  watcherWorkflowId?: string;
}

/** Which source is meant. */
export interface SourceInput {
  sandbox: string;
  /** The base connection: AEP's id of it, or its name. */
  connection?: ExistingConnection | undefined;
  /** Instead of `connection`, for a connector that has none, such as `data-landing-zone`. */
  connector?: ConnectorName | undefined;
}

/** What `checkSetup` is started with, under any id. */
export interface CheckSetupInput {
  /** Where the services of AEP are asked. Absent: in the first sandbox that AEP names to this client. */
  sandbox?: string | undefined;
}

/** What `checkSetup` returns: what AEP says to a worker. */
export interface CheckSetupResult {
  checks: SetupCheck[];
}

/** What `trySandbox` is started with, under any id. */
export interface TrySandboxInput extends SourceInput {
  /** A table, or a file or folder, as the explore call names it: a throwaway dataflow that loads it is tried, too. */
  path?: string | undefined;
  /** Whether runs of that dataflow are waited for, which takes up to an hour and loads its rows. No unless given. */
  runs?: boolean | undefined;
}

/** Of `trySandbox`: how far it is, a line for each step, with the one that deletes what it makes. */
export const tryProgressQuery = defineQuery<string[]>('progress');

/** What `trySandbox` returns: which guesses about AEP held there. */
export interface TrySandboxResult extends Tried {
  /** Environment variables of workers that should be larger than they are. */
  settings: Record<string, string>;
}

/** What `exploreSource` is started with, under any id. */
export interface ExploreSourceInput extends SourceInput {
  /** A table, or a file or folder, as the explore call names it. Absent: what the source holds. */
  path?: string | undefined;
  /** Whether the first rows are wanted, too. They are people's data, and are kept in the history. No unless given. */
  rows?: boolean | undefined;
}

/** What `exploreSource` returns: what a source or a folder holds, or the columns of a table or a file. */
export type ExploreSourceResult = {
  /** As a definition names it. */
  source: { connector: string } | { connectionSpec: { id: string } };
} & (
  | (Entries & { path?: undefined })
  | (Found & {
      path: string;
      /** Of a table: the columns by which AEP could find new rows, the likeliest first. */
      deltaCandidates?: DeltaCandidate[];
    })
);

/** What `suggestDefinition` is started with, under any id. */
export interface SuggestDefinitionInput extends SourceInput {
  /** A table, or a file or folder, as the explore call names it. */
  path: string;
  /** What the dataflow is to be called. Made from table and connector unless given. */
  name?: string | undefined;
}

/** What `suggestDefinition` returns. */
export interface SuggestDefinitionResult extends Suggestion {
  /** What AEP takes but may not be meant. */
  warnings: Warning[];
}
