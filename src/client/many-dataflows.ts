import type { Client, WorkflowHandle } from '@temporalio/client';
import { DataflowError, mustBeGood, updated } from './dataflow-error.ts';
import { bytesOf, namesOf, tooManyDefinitions } from '../definition/many.ts';
import { isObject } from '../definition/plain-json.ts';
import type { Problem } from '../definition/problems.ts';
import { nameOfValue } from '../definition/shape.ts';
import type { Plan } from '../plan/plan.ts';
import {
  addUpdate,
  planQuery,
  type Added,
  type AddedToApply,
  type ApplyDataflowsInput,
  type ApplyDataflowsResult,
  type ApplyProgress,
  type PlanDataflowsInput,
  type PlanDataflowsResult,
} from '../workflows/sandbox/many-messages.ts';

/** The plans of many dataflows. */
export interface ManyPlans extends PlanDataflowsResult {
  readonly workflowId: string;
  /**
   * The plan of one of them in full, by its name or by `<sandbox>/<name>`, for as long as Temporal keeps the workflow.
   * @throws DataflowError `InvalidDefinition` where there is none.
   */
  plan(name: string): Promise<Plan>;
}

/** Bytes of the definitions that are sent at once: Temporal takes two million, and a run keeps all that it is sent. */
const mostBytesAtOnce = 400_000;
/** After so long is a run asked again that had no room for more. Milliseconds. */
const roomAgainMs = 500;

type Many = PlanDataflowsInput | ApplyDataflowsInput;

/** One `applyDataflows`, running or ended. */
export interface ApplyHandle {
  readonly workflowId: string;
  /**
   * Waits until all have ended. What failed is among them, and no error.
   * @throws DataflowError `Cancelled`, `Unauthorized`.
   */
  result(): Promise<ApplyDataflowsResult>;
  progress(): Promise<ApplyProgress>;
  /**
   * Gives it more definitions while it goes on; of those that are wrong it says why.
   * @throws DataflowError `Conflict` where it takes no more.
   */
  add(more: AddedToApply): Promise<Added>;
  /** Asks it to stop: it begins nothing more, and what it has begun finishes what it sent and notes what exists. */
  cancel(): Promise<void>;
}

/**
 * Starts a workflow with the first of many definitions and gives it the others, as it has room for them.
 * @throws DataflowError `InvalidDefinition` before any of them is sent, where they cannot be: of too many the workflow would
 * refuse the last.
 */
export async function startMany<Input extends Many>(
  input: Input,
  start: (first: Input) => Promise<WorkflowHandle>,
): Promise<WorkflowHandle> {
  mustBeSendable(input);
  const [first = [], ...others] = portionsOf(input.definitions ?? []);
  const said = 'each' in input ? input.each : undefined;
  const all = new Set((input.definitions ?? []).flatMap(namesOf));
  const portion = (definitions: unknown[], isLast: boolean): AddedToApply => {
    const names = new Set(definitions.flatMap(namesOf));
    const isFirst = definitions === first;
    // What is none of these definitions is told by the workflow.
    const own = Object.entries(said ?? {}).filter(([name]) => names.has(name) || (isFirst && !all.has(name)));
    const more = !isLast || input.more === true;
    return {
      definitions,
      ...(own.length > 0 ? { each: Object.fromEntries(own) } : {}),
      ...(more ? { more } : {}),
    };
  };
  const { definitions: _, more: __, ...how } = input;
  const handle = await start({
    ...Object.fromEntries(Object.entries(how).filter(([key]) => key !== 'each')),
    ...portion(first, others.length === 0),
  } as Input);
  for (const [index, definitions] of others.entries())
    await add(handle, portion(definitions, index === others.length - 1));
  return handle;
}

/** Gives a run more definitions, as soon as it has room for them. */
export async function add(handle: WorkflowHandle, portion: AddedToApply): Promise<Added> {
  mustBeSendable(portion);
  const nobody = async () =>
    new DataflowError('Conflict', `${handle.workflowId} takes no more: it has ended, or was never started`);
  for (;;) {
    try {
      return await updated(() => handle.executeUpdate(addUpdate, { args: [portion] }), nobody);
    } catch (error) {
      const isFull = error instanceof DataflowError && error.type === 'Unavailable';
      if (!isFull) throw error;
      await new Promise((resolve) => setTimeout(resolve, roomAgainMs));
    }
  }
}

function mustBeSendable(input: unknown): void {
  if (!isObject(input))
    return mustBeGood([{ field: '', message: `must be an object, not ${nameOfValue(input ?? null)}` }]);
  const definitions = input['definitions'] ?? [];
  if (!Array.isArray(definitions))
    return mustBeGood([{ field: 'definitions', message: `must be a list, not ${nameOfValue(definitions)}` }]);
  const tooMany = tooManyDefinitions(definitions.length);
  if (tooMany !== undefined) return mustBeGood([{ field: 'definitions', message: tooMany }]);
  mustBeGood(definitions.flatMap(notJson));
}

function notJson(one: unknown, index: number): Problem[] {
  try {
    bytesOf(one);
    return [];
  } catch (error) {
    return [{ field: `definitions[${index}]`, message: `must be plain JSON: ${String(error)}` }];
  }
}

function portionsOf(definitions: readonly unknown[]): unknown[][] {
  const portions: unknown[][] = [];
  let bytes = Infinity;
  for (const one of definitions) {
    const size = bytesOf(one);
    if (bytes + size > mostBytesAtOnce) {
      portions.push([]);
      bytes = 0;
    }
    bytes += size;
    portions.at(-1)!.push(one);
  }
  return portions;
}

/** The plan of one, whichever run of the workflow made it. */
export async function planAmong(client: Client, workflowId: string, name: string): Promise<Plan> {
  const answer = await client.workflow.getHandle(workflowId).query(planQuery, name);
  if (!('runId' in answer)) return answer;
  return (await client.workflow.getHandle(workflowId, answer.runId).query(planQuery, name)) as Plan;
}
