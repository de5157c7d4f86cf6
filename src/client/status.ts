import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Health } from '../runs/health.ts';
import { watcherType } from '../runs/names.ts';
import type { NotedHealth } from '../runs/noted-health.ts';
import { searchAttributes } from '../search-attribute-keys.ts';

/** A dataflow whose flow is watched, as Temporal's lists have it: a moment later than its watcher knows. */
export interface DataflowStatus {
  /** `<sandbox>/<name>` */
  dataflow: string;
  flowId: string;
  /** The flow's verdict, as in its health. */
  verdict?: string;
  /** Whether others have changed the flow. */
  drift: boolean;
  connector?: string;
  /** What its watcher noted of it when its verdict changed, or, while that stays, some hours ago at most. */
  noted?: NotedHealth;
}

/** What is noted of how it is now: a note of another verdict is of before. */
export function notedNow(
  one: Pick<DataflowStatus, 'verdict' | 'noted'> | undefined,
): NotedHealth | undefined {
  return one?.noted?.verdict === one?.verdict ? one?.noted : undefined;
}

/** What is being done to a dataflow just now. */
export interface UnderWay {
  /** `<sandbox>/<name>` */
  dataflow: string;
  /** The type of what runs under its id, such as `updateDataflow`. */
  doing: string;
  /** Whom it waits for. Absent: for nobody. */
  waitsFor?: 'person' | 'aep';
  connector?: string;
  /** When it began. ISO 8601, in UTC. */
  since: string;
}

/** How one dataflow does. */
export interface DataflowHealth {
  /** `<sandbox>/<name>` */
  dataflow: string;
  /** The type of what runs under its id just now, such as `updateDataflow`. */
  doing?: string;
  /** How its flow is. Absent where nobody watches one. */
  health?: Health;
  /** Where nobody watches one: how its flow was when the last watch ended, as long as Temporal keeps that. */
  last?: Health;
}

/** Which dataflows are listed. */
export interface WhichDataflows {
  sandbox?: string;
  verdict?: string;
  /** `<sandbox>/<name>` */
  dataflow?: string;
}

/** Waits until the next list may be asked for: Temporal allows some a second. */
export type Pace = () => Promise<void>;

/** The most that Temporal puts into one answer. */
const pageSize = 1_000;

/** From what needs a person most to what does well. */
export const worstFirst = ['failed', 'unreadable', 'stuck', 'overdue', 'degraded', 'paused', 'pending', 'ok'];

/** The dataflows whose flows are watched, the worst first, from Temporal's list of workflows alone. */
export async function listDataflows(
  client: Client,
  which: WhichDataflows,
  pace?: Pace,
): Promise<DataflowStatus[]> {
  const asked = Object.entries({
    WorkflowType: watcherType,
    ExecutionStatus: 'Running',
    [searchAttributes.sandbox.name]: which.sandbox,
    [searchAttributes.verdict.name]: which.verdict,
    [searchAttributes.dataflow.name]: which.dataflow,
  });
  const query = asked.flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${quoted(value)}`]));
  const found: DataflowStatus[] = [];
  for await (const { typedSearchAttributes, memo } of listed(client, query.join(' AND '), pace)) {
    const dataflow = typedSearchAttributes.get(searchAttributes.dataflow);
    const flowId = typedSearchAttributes.get(searchAttributes.flowId);
    // A flow that is watched and is no dataflow of ours has no name here.
    if (dataflow === undefined || flowId === undefined) continue;
    const verdict = typedSearchAttributes.get(searchAttributes.verdict);
    const connector = typedSearchAttributes.get(searchAttributes.connector);
    found.push({
      dataflow,
      flowId,
      ...(verdict === undefined ? {} : { verdict }),
      drift: typedSearchAttributes.get(searchAttributes.drift) === 'yes',
      ...(connector === undefined ? {} : { connector }),
      ...(memo?.['health'] ? { noted: memo['health'] as NotedHealth } : {}),
    });
  }
  const rank = ({ verdict }: DataflowStatus) => worstFirst.indexOf(verdict ?? 'pending');
  return found.toSorted((a, b) => rank(a) - rank(b) || (a.dataflow < b.dataflow ? -1 : 1));
}

const doings = ['createDataflow', 'updateDataflow', 'deleteDataflow', 'importDataflow'];
const waitsFor: Record<string, UnderWay['waitsFor']> = {
  'waiting-for-person': 'person',
  'waiting-for-aep': 'aep',
};

/** What is being done to dataflows just now, from Temporal's list of workflows alone. */
export async function listUnderWay(client: Client, pace?: Pace): Promise<UnderWay[]> {
  const query = `WorkflowType IN (${doings.map(quoted).join(', ')}) AND ExecutionStatus = "Running"`;
  const found: UnderWay[] = [];
  for await (const { type, startTime, typedSearchAttributes } of listed(client, query, pace)) {
    const dataflow = typedSearchAttributes.get(searchAttributes.dataflow);
    // Until its first task, only its id says which it is.
    if (dataflow === undefined) continue;
    const waits = waitsFor[typedSearchAttributes.get(searchAttributes.state) ?? ''];
    const connector = typedSearchAttributes.get(searchAttributes.connector);
    found.push({
      dataflow,
      doing: type,
      ...(waits ? { waitsFor: waits } : {}),
      ...(connector === undefined ? {} : { connector }),
      since: startTime.toISOString(),
    });
  }
  return found;
}

/** The newest watcher of a dataflow that has ended. */
export async function lastWatcher(client: Client, dataflow: string): Promise<WorkflowHandle | undefined> {
  const query = `WorkflowType = ${quoted(watcherType)} AND ${searchAttributes.dataflow.name} = ${quoted(dataflow)}`;
  for await (const { workflowId, runId } of client.workflow.list({ query, pageSize: 1 }))
    return client.workflow.getHandle(workflowId, runId);
  return undefined;
}

async function* listed(client: Client, query: string, pace: Pace | undefined) {
  let sinceAsked = pageSize;
  const executions = client.workflow.list({ query, pageSize })[Symbol.asyncIterator]();
  for (;;) {
    // The next page is asked for with the first item that is not there.
    if (sinceAsked === pageSize) {
      await pace?.();
      sinceAsked = 0;
    }
    const next = await executions.next();
    if (next.done) return;
    sinceAsked += 1;
    yield next.value;
  }
}

/** The first of the dataflows whose flows are watched and whose names, `<sandbox>/<name>`, begin so. */
export async function dataflowNames(client: Client, prefix: string, most: number): Promise<string[]> {
  const begins = `${searchAttributes.dataflow.name} STARTS_WITH ${quoted(prefix)}`;
  const all = `WorkflowType = "${watcherType}" AND ExecutionStatus = "Running"`;
  const query = prefix === '' ? all : `${all} AND ${begins}`;
  const names = new Set<string>();
  for await (const { typedSearchAttributes } of client.workflow.list({ query, pageSize: most })) {
    const name = typedSearchAttributes.get(searchAttributes.dataflow);
    if (name !== undefined) names.add(name);
    if (names.size >= most) break;
  }
  return [...names].toSorted();
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
