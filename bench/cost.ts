import { readOptions } from '../dev/options.ts';

import { setTimeout as sleep } from 'node:timers/promises';
import { workflowId } from '../src/definition/identity.ts';
import { newDefinition } from './lib/definitions.ts';
import { bytesOf, countEvents, historyOf, type Event } from './lib/history.ts';
import { describeMachine, type Machine } from './lib/machine.ts';
import { keepJson } from './lib/results.ts';
import { writePages } from './report/pages.ts';
import { costPart } from './report/cost.ts';
import { startBenchStack } from './lib/stack.ts';

export interface History {
  events: number;
  bytes: number;
  /** What Temporal Cloud bills: starts, activity attempts, local activities, signals, search attributes, timers. */
  actions: number;
  byType: Record<string, { count: number; bytes: number }>;
  /** Bytes of what each activity was given. */
  payloads: { activity: string; bytes: number }[];
}

export interface CostResult {
  machine: Machine;
  /** Calls to AEP by one dataflow, on a warm worker, in the order they came. */
  calls: string[];
  /** What cannot be done without: one POST for each resource. */
  fewestCalls: number;
  ours: History;
  twin: History;
  /** The watcher of the flow, when it had seen no run, and for each of the runs after. */
  watcher: { atRest: History; perRun: { events: number; bytes: number; actions: number }; runs: number };
}

const runs = 20;

/** What one dataflow costs, in calls, events, bytes and billable actions. */
export async function cost(): Promise<CostResult> {
  const machine = await describeMachine();
  await using parts = new AsyncDisposableStack();
  const stack = await startBenchStack(parts, { env: { AEP_WATCH_INTERVAL: '500' } });
  await stack.startWorker();
  const warm = newDefinition('newer');
  await (await stack.dataflows.start(warm)).result();
  await sleep(1_500);
  await stack.emulator.takeRequests();

  const definition = newDefinition('newer');
  const result = await (await stack.dataflows.start(definition)).result();
  const requests = await stack.emulator.takeRequests();
  const calls = requests
    .filter(({ path }) => !path.startsWith('/flowservice/runs') && !path.includes(result.flowId))
    .map(({ method, path }) => `${method} ${path}`);
  const ours = historyFrom(await historyOf(stack.client, workflowId(definition)));

  const twinId = `twin/${definition.name}`;
  await stack.client.workflow.execute('twin', {
    workflowId: twinId,
    taskQueue: 'aep-dataflows',
    args: [newDefinition('newer')],
  });
  const twin = historyFrom(await historyOf(stack.client, twinId));

  const watcherEvents = async () => historyOf(stack.client, result.watcherWorkflowId);
  const atRest = historyFrom(await settledHistory(watcherEvents));
  for (let run = 0; run < runs; run++) {
    const now = Date.now();
    await stack.emulator.makeRun(result.flowId, { completedAt: now - 1_000, startedAt: now - 61_000 });
    await settledHistory(watcherEvents, 1_500);
  }
  const after = historyFrom(await settledHistory(watcherEvents));
  const perRun = {
    events: (after.events - atRest.events) / runs,
    bytes: Math.round((after.bytes - atRest.bytes) / runs),
    actions: (after.actions - atRest.actions) / runs,
  };
  const cost: CostResult = {
    machine,
    calls,
    fewestCalls: 6,
    ours,
    twin,
    watcher: { atRest, perRun, runs },
  };
  keepJson('cost', cost);
  return cost;
}

/** Waits until nothing is added any more. */
async function settledHistory(read: () => Promise<Event[]>, quietMs = 1_000): Promise<Event[]> {
  for (let before = -1; ;) {
    const events = await read();
    if (events.length === before) return events;
    before = events.length;
    await sleep(quietMs);
  }
}

const billable = new Set([
  'WORKFLOW_EXECUTION_STARTED',
  'WORKFLOW_EXECUTION_SIGNALED',
  'ACTIVITY_TASK_STARTED',
  'MARKER_RECORDED',
  'TIMER_STARTED',
  'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
  'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
]);

function historyFrom(events: Event[]): History {
  const byType = countEvents(events);
  return {
    events: events.length,
    bytes: Object.values(byType).reduce((sum, { bytes }) => sum + bytes, 0),
    actions: Object.entries(byType).reduce(
      (sum, [type, { count }]) => sum + (billable.has(type) ? count : 0),
      0,
    ),
    byType,
    payloads: events
      .filter((one) => one.activityTaskScheduledEventAttributes)
      .map((one) => ({
        activity: String(one.activityTaskScheduledEventAttributes!.activityType?.name),
        bytes: bytesOf(one),
      })),
  };
}

const help = `Usage: npm run bench -- cost

What one dataflow costs: calls to AEP, events, bytes and billable actions in Temporal, and the same for each watched
run. Writes bench/results/cost.json and its part of docs/performance.md.`;

export async function run(): Promise<number> {
  readOptions(help, {});
  await cost();
  writePages();
  console.log(costPart()!.markdown);
  return 0;
}
