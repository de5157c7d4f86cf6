import type { Client } from '@temporalio/client';
import type { Health } from './runs/health.ts';
import { watcherType } from './runs/names.ts';
import { searchAttributes } from './search-attribute-keys.ts';

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
}

/** How one dataflow does. */
export interface DataflowHealth {
  /** `<sandbox>/<name>` */
  dataflow: string;
  /** The type of what runs under its id just now, such as `updateDataflow`. */
  doing?: string;
  /** How its flow is. Absent where nobody watches one. */
  health?: Health;
}

/** Which dataflows are listed. */
export interface WhichDataflows {
  sandbox?: string;
  verdict?: string;
  /** `<sandbox>/<name>` */
  dataflow?: string;
}

/** From what needs a person most to what does well. */
export const worstFirst = ['failed', 'unreadable', 'stuck', 'overdue', 'degraded', 'paused', 'pending', 'ok'];

/** The dataflows whose flows are watched, the worst first, from Temporal's list of workflows alone. */
export async function listDataflows(client: Client, which: WhichDataflows): Promise<DataflowStatus[]> {
  const asked = Object.entries({
    WorkflowType: watcherType,
    ExecutionStatus: 'Running',
    [searchAttributes.sandbox.name]: which.sandbox,
    [searchAttributes.verdict.name]: which.verdict,
    [searchAttributes.dataflow.name]: which.dataflow,
  });
  const query = asked.flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${quoted(value)}`]));
  const found: DataflowStatus[] = [];
  for await (const { typedSearchAttributes } of client.workflow.list({ query: query.join(' AND ') })) {
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
    });
  }
  const rank = ({ verdict }: DataflowStatus) => worstFirst.indexOf(verdict ?? 'pending');
  return found.toSorted((a, b) => rank(a) - rank(b) || (a.dataflow < b.dataflow ? -1 : 1));
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
