import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { createPace } from '../pace.ts';

/**
 * A cluster allows ten lists of workflows a second, for all clients of a namespace. So many a worker begins, and so many
 * at once where it has begun none for a while: one create alone waits for none of its lists.
 */
const listsPerSecond = 4;
const listsAtOnce = 8;
/** Ids have 255 bytes at most, and a query has to stay of a size that every store takes. */
const idsInList = 50;

interface Asker {
  workflowId: string;
  resolve: (executions: WorkflowExecutionInfo[]) => void;
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

  executionsOf(workflowId: string): Promise<WorkflowExecutionInfo[]> {
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
      for (const { workflowId, resolve } of answered)
        resolve(found.filter((execution) => execution.workflowId === workflowId));
    } catch (error) {
      for (const { reject } of answered) reject(error);
    }
  }

  async #found(ids: Set<string>): Promise<WorkflowExecutionInfo[]> {
    const query = `WorkflowId IN (${[...ids].map((id) => `"${id}"`).join(', ')})`;
    const found: WorkflowExecutionInfo[] = [];
    for await (const execution of this.#client.workflow.list({ query })) found.push(execution);
    return found;
  }
}

const listsOf = new WeakMap<Client, Lists>();

/** Every execution of a workflow id that lists show now, in no order. */
export function listExecutions(client: Client, workflowId: string): Promise<WorkflowExecutionInfo[]> {
  let lists = listsOf.get(client);
  if (!lists) listsOf.set(client, (lists = new Lists(client)));
  return lists.executionsOf(workflowId);
}
