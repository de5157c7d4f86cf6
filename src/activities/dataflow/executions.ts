import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { dataflowOf } from '../../definition/identity.ts';
import type { Watch } from '../../definition/watch.ts';
import { watcherType } from '../../runs/names.ts';
import { searchAttributes } from '../../search-attribute-keys.ts';
import { createPace } from '../pace.ts';

/**
 * A cluster allows ten lists of workflows a second, for all clients of a namespace. So many a worker begins, and so many
 * at once where it has begun none for a while: one create alone waits for none of its lists.
 */
const listsPerSecond = 4;
const listsAtOnce = 8;
/** Ids have 255 bytes at most, and a query has to stay of a size that every store takes. */
const idsInList = 50;

/** What lists show of a dataflow, in no order. */
export interface Listed {
  /** Every execution under its workflow id. */
  executions: WorkflowExecutionInfo[];
  /** The flows of it that are watched, by AEP's ids, and how: that a watcher goes on is noted for longer than what has ended. */
  watching: Record<string, Watch>;
}

interface Asker {
  workflowId: string;
  resolve: (listed: Listed) => void;
  reject: (error: unknown) => void;
}

/** Lists executions by workflow id: for many ids at once, where many are asked for. */
class Lists {
  readonly #client: Client;
  readonly #takeTurn = createPace(listsPerSecond, { atOnce: listsAtOnce });
  #askers: Asker[] = [];
  #isPlanned = false;

  constructor(client: Client) {
    this.#client = client;
  }

  listed(workflowId: string): Promise<Listed> {
    return new Promise((resolve, reject) => {
      this.#askers.push({ workflowId, resolve, reject });
      this.#plan();
    });
  }

  /** Whoever asks until the list begins is answered by it: never by one that began before. */
  #plan(): void {
    if (this.#isPlanned || this.#askers.length === 0) return;
    this.#isPlanned = true;
    setTimeout(() => {
      this.#isPlanned = false;
      void this.#list();
      this.#plan();
    }, this.#takeTurn());
  }

  async #list(): Promise<void> {
    const ids = new Set<string>();
    for (const { workflowId } of this.#askers) if (ids.size < idsInList) ids.add(workflowId);
    const answered = this.#askers.filter(({ workflowId }) => ids.has(workflowId));
    this.#askers = this.#askers.filter(({ workflowId }) => !ids.has(workflowId));
    try {
      const found = await this.#found(ids);
      for (const { workflowId, resolve } of answered) resolve(ofDataflow(workflowId, found));
    } catch (error) {
      for (const { reject } of answered) reject(error);
    }
  }

  /** Watchers are asked for along with the others: a create alone takes no more lists for them. */
  async #found(ids: Set<string>): Promise<WorkflowExecutionInfo[]> {
    const dataflows = [...ids].flatMap((id) => dataflowOf(id) ?? []);
    const watchers = [
      `WorkflowType = "${watcherType}"`,
      'ExecutionStatus = "Running"',
      `${searchAttributes.dataflow.name} IN (${quoted(dataflows)})`,
    ].join(' AND ');
    const query = [`WorkflowId IN (${quoted(ids)})`, ...(dataflows.length > 0 ? [`(${watchers})`] : [])];
    const found: WorkflowExecutionInfo[] = [];
    for await (const execution of this.#client.workflow.list({ query: query.join(' OR ') }))
      found.push(execution);
    return found;
  }
}

function quoted(texts: Iterable<string>): string {
  return [...texts].map((text) => `"${text}"`).join(', ');
}

function ofDataflow(workflowId: string, found: readonly WorkflowExecutionInfo[]): Listed {
  const dataflow = dataflowOf(workflowId);
  const watchers = found.filter(
    ({ type, typedSearchAttributes }) =>
      type === watcherType &&
      dataflow !== undefined &&
      typedSearchAttributes.get(searchAttributes.dataflow) === dataflow,
  );
  return {
    executions: found.filter((execution) => execution.workflowId === workflowId),
    watching: Object.fromEntries(
      watchers.flatMap(({ typedSearchAttributes, memo }) => {
        const id = typedSearchAttributes.get(searchAttributes.flowId);
        return id === undefined ? [] : [[id, (memo?.['watch'] ?? {}) as Watch]];
      }),
    ),
  };
}

const listsOf = new WeakMap<Client, Lists>();

/** What lists show now of a workflow id, and of the dataflow whose id that is. */
export function listExecutions(client: Client, workflowId: string): Promise<Listed> {
  let lists = listsOf.get(client);
  if (!lists) listsOf.set(client, (lists = new Lists(client)));
  return lists.listed(workflowId);
}
