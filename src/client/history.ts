import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { Outcome } from '../resources/outcome.ts';
import type { ResourceIds } from '../resources/kinds.ts';
import { watcherType } from '../runs/names.ts';
import { isObject, listOf } from '../runs/raw.ts';
import type { DriftHealth } from '../runs/health.ts';
import type { NotedFailure, NotedPlan } from '../workflows/dataflow/noted.ts';
import { searchAttributes, type Decision } from '../workflows/messages.ts';
import type { NotedAsk } from '../workflows/watch/noted-asks.ts';

/** One thing that was done to a dataflow, or that others have done to its flow. */
export interface HistoryEntry {
  /** `pause`, `resume`, `retry` and `accept-drift`: what somebody had the watcher of its flow do. */
  what: 'create' | 'update' | 'delete' | 'import' | 'drift' | NotedAsk['what'];
  /** When it began; of drift, when its watcher noticed it. ISO 8601, in UTC. */
  at: string;
  /** The execution that did it, or that noticed it. */
  workflowId: string;
  runId: string;
  /** Of all but drift: how the execution is, or has ended; of what a watcher was asked for, how that has ended. */
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
  /**
   * Who started it, or asked the watcher for it: the Temporal client that did, as it calls itself, or the workflow, such as
   * one that applies a folder. Absent where Temporal keeps the history no more.
   */
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
  /** The flow that others have changed, or that the watcher is of. */
  flowId?: string;
  /** How others have changed it. */
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
  const done = own.filter(({ type }) => Object.hasOwn(whats, type));
  const entries: HistoryEntry[] = [
    ...driftsOf(watchers),
    ...(await asksOf(client, watchers)),
    ...(await eachOf(done, (one) => entryOf(client, one))),
  ];
  return entries.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

/** Some at a time. */
async function eachOf<One, Of>(all: readonly One[], of: (one: One) => Promise<Of>): Promise<Of[]> {
  const found: Of[] = [];
  for (let next = 0; next < all.length; next += atOnce)
    found.push(...(await Promise.all(all.slice(next, next + atOnce).map(of))));
  return found;
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

/** What watchers noted, once: an execution may begin with the memo of the one before, as far as Temporal hands it on. */
function notesOf<Note>(
  watchers: readonly WorkflowExecutionInfo[],
  field: string,
  keyOf: (note: Note) => string,
): { note: Note; execution: WorkflowExecutionInfo }[] {
  const oldestFirst = watchers.toSorted((a, b) => a.startTime.getTime() - b.startTime.getTime());
  const found = new Map<string, { note: Note; execution: WorkflowExecutionInfo }>();
  for (const execution of oldestFirst)
    // Whoever started it may have written anything there.
    for (const note of listOf(execution.memo?.[field]).filter(isObject) as Note[]) {
      const key = `${execution.workflowId} ${keyOf(note)}`;
      if (!found.has(key)) found.set(key, { note, execution });
    }
  return [...found.values()];
}

function driftsOf(watchers: readonly WorkflowExecutionInfo[]): HistoryEntry[] {
  return notesOf<DriftHealth>(watchers, 'drifts', ({ noticed }) => noticed).map(({ note, execution }) => ({
    what: 'drift',
    at: note.noticed,
    workflowId: execution.workflowId,
    runId: execution.runId,
    ...flowOf(execution),
    drift: note,
  }));
}

async function asksOf(client: Client, watchers: readonly WorkflowExecutionInfo[]): Promise<HistoryEntry[]> {
  const asks = notesOf<NotedAsk>(watchers, 'asked', ({ updateId, at }) => `${updateId} ${at}`);
  const executions = new Map(
    asks.map(({ note: { runId }, execution: { workflowId } }) => [runId, { workflowId, runId }]),
  );
  const who = new Map((await eachOf([...executions.values()], (one) => askersOf(client, one))).flat());
  return asks.map(({ note: { what, at, updateId, runId, failure }, execution }) => {
    const startedBy = who.get(`${runId} ${updateId}`);
    return {
      what,
      at,
      workflowId: execution.workflowId,
      runId,
      status: failure ? 'failed' : 'completed',
      ...(startedBy ? { startedBy } : {}),
      ...flowOf(execution),
      ...(failure ? { failure } : {}),
    };
  });
}

/** Who sent each update that an execution took, by its run id and the update's. Workflow code is not told. */
async function askersOf(
  client: Client,
  execution: { workflowId: string; runId: string },
): Promise<[key: string, who: string][]> {
  const found: [string, string][] = [];
  let nextPageToken: Uint8Array | undefined;
  try {
    do {
      const page = await client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution,
        ...(nextPageToken ? { nextPageToken } : {}),
      });
      for (const event of page.history?.events ?? []) {
        const { meta } =
          event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest ??
          event.workflowExecutionUpdateAdmittedEventAttributes?.request ??
          {};
        if (meta?.identity) found.push([`${execution.runId} ${meta.updateId}`, meta.identity]);
      }
      nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
    } while (nextPageToken);
  } catch {
    // Temporal keeps it no more.
  }
  return found;
}

function flowOf({ searchAttributes: attributes }: WorkflowExecutionInfo): { flowId: string } {
  return { flowId: String(attributes?.[searchAttributes.flowId.name] ?? '') };
}
