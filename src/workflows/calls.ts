import { resources, titleOf } from '../resources/index.ts';
import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import { cut } from '../cut.ts';
import { heartbeatTimeoutAt, heartbeatTimeoutMs } from '../heartbeat-timeout.ts';
import type { Activities, Bounds } from '../activities/index.ts';
import { activityName, type Kind } from '../resources/kinds.ts';

/** What an activity may take beside its call to AEP. Milliseconds. */
const overheadMs = 2_000;

/**
 * An attempt that fails says itself when the next is due (`nextRetryDelay`, which no maximum cuts). This is for those
 * that could not, as their worker died: another takes over soon, however many looks and pauses there were before. Sooner
 * than after a second the server tries nothing again.
 */
export const retry = { initialInterval: '1 second', maximumInterval: '10 seconds' } as const;

/**
 * For what may list everything in a sandbox: page after page, each with a time-out of its own. A worker that died is
 * missed by its heartbeat, and one that lists for longer than this is told to stop by the next.
 */
export const listing: ActivityOptions = { startToCloseTimeout: '30 minutes' };

/** The same for what lists every kind there is. */
export const wholeSandbox: ActivityOptions = {
  ...listing,
  heartbeatTimeout: '10 seconds',
  retry,
};

/** Has a worker that died be told to the workflow. */
const missedAtOnce = { ...retry, nonRetryableErrorTypes: ['TemporalTimeout:Heartbeat'] };

const longestSummary = 100;

/** Activities under a summary that the Temporal UI shows in its timeline: one call to AEP each, unless `options` say otherwise. */
export function summarized(summary: string, options: ActivityOptions = {}) {
  return proxyActivities<Activities>({
    startToCloseTimeout: '30 seconds',
    heartbeatTimeout: heartbeatTimeoutMs,
    retry,
    summary: cut(summary, longestSummary),
    ...options,
  });
}

const verbs = {
  lookFor: 'Look for',
  settle: 'Wait for late',
  read: 'Read',
  create: 'Create',
  update: 'Change',
  listMarked: 'List the marked',
  delete: 'Delete',
};
type Verb = keyof typeof verbs;

/** The activities for one kind of resource, each under a summary that the Temporal UI shows in its timeline. */
export function callsFor<K extends Kind>(kind: K, bounds: Bounds, serverMs = 0) {
  const call = <V extends Verb>(verb: V, options: ActivityOptions = {}) =>
    summarized(`${verbs[verb]} ${titleOf(kind)}`, {
      startToCloseTimeout: bounds.httpTimeoutMs + overheadMs,
      heartbeatTimeout: heartbeatTimeoutAt(serverMs),
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      ...options,
    })[activityName(verb, kind)];
  return {
    lookFor: call('lookFor', listing),
    settle: call('settle', listing),
    read: call('read'),
    // The server would wait a second before it lets another worker take over, and the workflow need not.
    create: call('create', resources[kind].hasUniqueTitle ? listing : { ...listing, retry: missedAtOnce }),
    update: call('update', listing),
    listMarked: call('listMarked', listing),
    delete: call('delete', listing),
  };
}

/** How an attempt ends of which nobody knows what it did. */
export const doubtTypes = ['OutcomeUnknown', 'TemporalTimeout:StartToClose', 'TemporalTimeout:Heartbeat'];
