import {
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { createRunActivities, Look } from '../activities/runs.ts';
import { connectorNameOf } from '../definition/connectors.ts';
import { judgedSince, readFrom } from '../runs/cursor.ts';
import { describeHealth } from '../runs/details.ts';
import { healthOf } from '../runs/health.ts';
import type { Health, Watched } from '../runs/health.ts';
import { absorb, isOver, needsFullPass, waitFrom } from '../runs/watch.ts';
import type { WatchState } from '../runs/watch.ts';
import { invalidDefinition } from './failures.ts';
import { searchAttributes } from './messages.ts';
import { checkWatchInput } from './watch-input.ts';
import { healthQuery } from './watch-messages.ts';
import type { WatchInput, WatchResult } from './watch-messages.ts';

const { awaitRuns } = proxyActivities<ReturnType<typeof createRunActivities>>({
  // Many pages at the slowest; a worker that dies in between costs no more than this.
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '5 seconds', maximumInterval: '15 minutes' },
  summary: 'Wait for runs to end',
});

/** One execution stays small enough to be read and replayed at a glance; the next one goes on where it stopped. */
const longestHistory = 500;
const largestHistoryBytes = 400_000;

/**
 * Watches the runs of one flow for as long as the flow lives, and judges each of them once. It only watches: it
 * makes, changes and deletes nothing in AEP. `carried` is what one execution hands to the next; others leave it out.
 */
export async function watchFlowRuns(input: WatchInput, carried?: WatchState): Promise<WatchResult> {
  let state = carried;
  setHandler(healthQuery, () => healthOf(watched(input, state), state, input.watch ?? {}));
  const { sandbox, flowId, watch: settings = {} } = checkWatchInput(input, workflowInfo().workflowId);
  publish(healthOf(watched(input, state), state, settings));

  for (;;) {
    const news = await awaitRuns(nextLook(input, state));
    if (news.flow === null && !state) throw noSuchFlow(sandbox, flowId);
    state = absorb(state, news, settings);
    const health = healthOf(watched(input, state), state, settings);
    publish(health);
    if (news.flow === null && !news.cutShort) return { reason: 'gone', health };
    if (isOver(state)) return { reason: 'done', health };

    const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
    if (continueAsNewSuggested || historyLength > longestHistory || historySize > largestHistoryBytes) {
      await continueAsNew<typeof watchFlowRuns>(input, state);
    }
  }
}

// It lives as long as its flow: pinned to the release that started it, no worker could ever be retired.
// The server takes a behaviour only from workers that take part in versioning.
setWorkflowOptions(
  () =>
    workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {},
  watchFlowRuns,
);

/** The judged ids are history each time they are handed over: all of them only for a full pass. */
function nextLook({ sandbox, flowId, watch = {} }: WatchInput, state: WatchState | undefined): Look {
  if (!state) return { sandbox, flowId, judged: [], open: [], full: true, waitMs: 0 };
  const { cursor, flow, readAt: lastRead } = state;
  const full = needsFullPass(state);
  const from = full ? cursor.floor : readFrom(cursor);
  const open = cursor.open.map(({ id }) => id);
  const waitMs = waitFrom(state, watch);
  return { sandbox, flowId, from, judged: judgedSince(cursor, from), open, flow, full, waitMs, lastRead };
}

function watched(
  { sandbox, flowId, dataflow, connector }: WatchInput,
  state: WatchState | undefined,
): Watched {
  const belongsTo = dataflow ?? state?.flow.dataflow;
  const specId = state?.flow.connectionSpecId;
  const source = connector ?? (specId && (connectorNameOf(specId) ?? specId));
  return {
    sandbox,
    flowId,
    ...(belongsTo ? { dataflow: belongsTo } : {}),
    ...(source ? { connector: source } : {}),
  };
}

/** For people in the Temporal UI, and for lists of workflows. A search attribute is set when it changes: each time is an event. */
function publish(health: Health): void {
  setCurrentDetails(describeHealth(health));
  const { dataflow, flowId, sandbox, connector, verdict } = searchAttributes;
  const wanted = [
    { key: flowId, value: health.flowId },
    { key: sandbox, value: health.sandbox },
    { key: verdict, value: health.verdict },
    ...(health.dataflow ? [{ key: dataflow, value: health.dataflow }] : []),
    ...(health.connector ? [{ key: connector, value: health.connector }] : []),
  ];
  const { typedSearchAttributes } = workflowInfo();
  const changed = wanted.filter(({ key, value }) => typedSearchAttributes.get(key) !== value);
  if (changed.length > 0) upsertSearchAttributes(changed);
}

function noSuchFlow(sandbox: string, flowId: string) {
  const message = `There is no flow ${flowId} in the sandbox ${sandbox}.`;
  return invalidDefinition(message, [{ field: 'flowId', message }]);
}
