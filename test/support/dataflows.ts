import { WorkflowFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { RecordedRequest } from '../../emulator/emulator.ts';
import { DataflowError, type Plan } from '../../src/client.ts';
import type { Outcome } from '../../src/resources/outcome.ts';
import type { createDataflow } from '../../src/workflows/dataflow/create-dataflow.ts';
import { administrator } from '../watch/make-flow.ts';
import { example } from './example.ts';
import type { Rig } from './rig.ts';

type Json = Record<string, unknown>;

/**
 * Sandboxes for an emulator, and the next one that nobody has: a place of its own in AEP for each test.
 * @param count how many the tests of a file take. There are twice as many: a test that failed takes others when it is tried again.
 */
export function places(count: number): { sandboxes: string[]; next: () => string } {
  const sandboxes = Array.from({ length: 2 * count }, (_, index) => `place-${index}`);
  const free = [...sandboxes];
  return {
    sandboxes,
    next: () => {
      const sandbox = free.pop();
      if (!sandbox) throw new Error(`${count} places are not enough`);
      return sandbox;
    },
  };
}

/** A dataflow of the newer generation, named `orders`: six kinds of resource. */
export function orders(sandbox: string, changes: Json = {}): Json {
  return { ...example('orders-from-bigquery', { name: 'orders', sandbox }), ...changes };
}

/** What AEP then holds of it, by `marked`. */
export const oneOfSix = {
  sourceConnections: 1,
  schemas: 1,
  dataSets: 1,
  targetConnections: 1,
  mappingSets: 1,
  flows: 1,
};

/** An expression that only AEP finds wrong, and only when the mapping set is made: nobody reads it before. */
export const wrongExpression = 'concat(Name Name)';
/** AEP refuses it when most of a new dataflow is made. */
export const refusedMapping = [{ expression: wrongExpression, destination: 'person.name.fullName' }];

/** A dataflow of the older generation, named `orders`: all nine kinds of resource. */
export function legacyOrders(sandbox: string, changes: Json = {}): Json {
  const legacy = example('tutorial-protocols', { name: 'orders', sandbox });
  return { ...legacy, target: { datasetBaseConnection: {} }, ...changes };
}

/** What AEP then holds of it, by `marked`. */
export const oneOfNine = { ...oneOfSix, connections: 1, classes: 1, schemas: 2 };

/** Starts it as any Temporal client can: nothing is checked before. */
export function startPlainly(
  rig: Pick<Rig, 'temporal'>,
  input: unknown,
  workflowId: string,
): Promise<WorkflowHandle<typeof createDataflow>> {
  return rig.temporal.client.workflow.start<typeof createDataflow>('createDataflow', {
    workflowId,
    taskQueue: 'aep-dataflows',
    args: [input],
  });
}

export interface Told {
  type: string | null | undefined;
  message: string;
  details: Json;
}

/** What a caller is told by a dataflow that must fail. */
export async function failureOf(handle: { result(): Promise<unknown> }): Promise<Told> {
  const error = await errorOf(handle.result());
  if (error instanceof DataflowError) return error;
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) {
    const { type, message, details } = error.cause;
    return { type, message, details: (details?.[0] ?? {}) as Json };
  }
  throw error;
}

/** What our client tells of a request that must be refused, with the plan that counts now where there is one. */
export async function refusalOf(asked: Promise<unknown>): Promise<Told & { plan: Plan }> {
  const error = await errorOf(asked);
  if (!(error instanceof DataflowError)) throw error;
  const { type, message, details } = error;
  return { type, message, details, plan: details['plan'] as Plan };
}

function errorOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    (result) => new Error(`It did not fail, it answered ${JSON.stringify(result)}`),
    (error: unknown) => error,
  );
}

/** What its memo says of its resources. */
export async function outcomeOf(temporal: Client, workflowId: string): Promise<Outcome | undefined> {
  const { memo } = await temporal.workflow.getHandle(workflowId).describe();
  return memo?.['outcome'] as Outcome | undefined;
}

/** The requests that workers sent for one sandbox. */
export function requestsIn(
  { emulator }: Pick<Rig, 'emulator'>,
  sandbox: string,
  filter: { method?: string; path?: string } = {},
): RecordedRequest[] {
  return emulator.control
    .requests(filter)
    .filter((request) => request.sandbox === sandbox && request.headers['x-api-key'] === 'test-client');
}

/** A client of AEP that has nothing to do with the worker. */
export const administratorOf = ({ emulator }: Pick<Rig, 'emulator'>) => administrator(emulator.url);
