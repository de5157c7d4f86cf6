import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { Outcome } from '../resources/outcome.ts';
import type { ResourceIds } from '../resources/kinds.ts';
import { watcherType } from '../runs/names.ts';
import type { DriftHealth } from '../runs/health.ts';
import type { NotedFailure, NotedPlan } from '../workflows/dataflow/noted.ts';
import { searchAttributes, type Decision } from '../workflows/messages.ts';

/** One thing that was done to a dataflow, or that others have done to its flow. */
export interface HistoryEntry {
  what: 'create' | 'update' | 'delete' | 'import' | 'drift';
  /** When it began; of drift, when its watcher noticed it. ISO 8601, in UTC. */
  at: string;
  /** The execution that did it, or that noticed it. */
  workflowId: string;
  runId: string;
  /** Of all but drift: how the execution is, or has ended. */
  status?:
    | 'running'
    | 'completed'
    | 'failed'
    | 'cancelled'
    | 'terminated'
    | 'timedOut'
    | 'paused'
    | 'unknown';
  endedAt?: string;
  /** Who started it: the Temporal client that did, as it calls itself, or the workflow, such as one that applies a folder. */
  startedBy?: string;
  /** What was planned, by its digest, and what that changes. Absent where it ended before there was a plan. */
  plan?: NotedPlan;
  /** What people have decided about its plans, oldest first. */
  decisions?: Decision[];
  /** Why it failed. */
  failure?: NotedFailure;
  /** The ids of what it made. */
  made?: ResourceIds;
  /** The flows that it deleted: where `made` has one, that has taken their place. */
  deletedFlows?: string[];
  /** The flow that others have changed, and how. */
  flowId?: string;
  drift?: DriftHealth;
}

const whats: Record<string, HistoryEntry['what']> = {
  createDataflow: 'create',
  updateDataflow: 'update',
  deleteDataflow: 'delete',
  importDataflow: 'import',
};

const statuses: Record<string, HistoryEntry['status']> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timedOut',
  PAUSED: 'paused',
};

/** So many executions are read at once. */
const atOnce = 10;

/**
 * What was done to a dataflow, oldest first, as far as Temporal keeps the executions that did it: by their memos, which lists
 * come with, and by who started each.
 * @param workflowId the dataflow's. @param dataflow `<sandbox>/<name>`
 */
export async function historyOf(
  client: Client,
  workflowId: string,
  dataflow: string,
): Promise<HistoryEntry[]> {
  const [own, watchers] = await Promise.all([
    listed(client, `WorkflowId = "${workflowId}"`),
    listed(client, `${searchAttributes.dataflow.name} = "${dataflow}" AND WorkflowType = "${watcherType}"`),
  ]);
  const entries: HistoryEntry[] = watchers.flatMap(driftsOf);
  const done = own.filter(({ type }) => Object.hasOwn(whats, type));
  for (let next = 0; next < done.length; next += atOnce)
    entries.push(...(await Promise.all(done.slice(next, next + atOnce).map((one) => entryOf(client, one)))));
  return entries.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

async function listed(client: Client, query: string): Promise<WorkflowExecutionInfo[]> {
  const executions: WorkflowExecutionInfo[] = [];
  for await (const execution of client.workflow.list({ query })) executions.push(execution);
  return executions;
}

async function entryOf(client: Client, execution: WorkflowExecutionInfo): Promise<HistoryEntry> {
  const { workflowId, runId, type, status, startTime, closeTime, memo = {} } = execution;
  const { made, deletedFlows = [] } = (memo['outcome'] ?? {}) as Partial<Outcome>;
  const startedBy = await starterOf(client, execution);
  return {
    what: whats[type]!,
    at: startTime.toISOString(),
    workflowId,
    runId,
    status: statuses[status.name] ?? 'unknown',
    ...(closeTime ? { endedAt: closeTime.toISOString() } : {}),
    ...(startedBy ? { startedBy } : {}),
    ...(memo['plan'] ? { plan: memo['plan'] as NotedPlan } : {}),
    ...(memo['decisions'] ? { decisions: memo['decisions'] as Decision[] } : {}),
    ...(memo['failure'] ? { failure: memo['failure'] as NotedFailure } : {}),
    ...(made && Object.keys(made).length > 0 ? { made } : {}),
    ...(deletedFlows.length > 0 ? { deletedFlows } : {}),
  };
}

/** Only the first event tells. Absent where Temporal keeps the history no more. */
async function starterOf(
  client: Client,
  { workflowId, runId }: WorkflowExecutionInfo,
): Promise<string | undefined> {
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    return started?.identity || (started?.parentWorkflowExecution?.workflowId ?? undefined);
  } catch {
    return undefined;
  }
}

function driftsOf({
  workflowId,
  runId,
  memo = {},
  searchAttributes: attributes,
}: WorkflowExecutionInfo): HistoryEntry[] {
  const flowId = String(attributes?.[searchAttributes.flowId.name] ?? '');
  const drifts = (memo['drifts'] ?? []) as DriftHealth[];
  return drifts.map((drift) => ({ what: 'drift', at: drift.noticed, workflowId, runId, flowId, drift }));
}
