import type { Client } from '@temporalio/client';
import { startFollower } from './activities/ensure-follower.ts';
import { jittered } from './activities/attempts.ts';
import { sandboxName } from './definition/text.ts';
import { followerType, sandboxOfFollower, watcherType } from './runs/names.ts';
import { searchAttributes } from './workflows/messages.ts';

export interface KeepFollowersOptions {
  client: Client;
  taskQueue: string;
  /** Milliseconds between two sweeps. */
  intervalMs: number;
  /** Hears why a sweep failed; the next one tries again. */
  warn: (message: string) => void;
  /** Hears of the end of each sweep. */
  swept?: () => void;
}

/** One sweep brings back no more followers than this. */
const mostAtOnce = 100;
/** What a sweep may take. Milliseconds. */
const sweepMs = 10_000;

/**
 * Brings back the followers of sandboxes that have watchers and no follower, such as one that an operator terminated:
 * watchers themselves look so seldom that they would miss it for hours. Two lists a sweep, whatever the number of
 * watchers, and nothing is remembered: so any worker does it for all, and it does not matter how many of them do.
 *
 * @returns ends it, and a sweep that is under way with it.
 */
export function keepFollowers(options: KeepFollowersOptions): () => Promise<void> {
  const { client, intervalMs, warn, swept } = options;
  let timer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  let sweeping: Promise<void> = Promise.resolve();
  const rest = () => {
    timer = setTimeout(() => void (sweeping = begin()), jittered(intervalMs));
  };
  const begin = async () => {
    try {
      await client.withAbortSignal(stopping.signal, () =>
        client.withDeadline(Date.now() + sweepMs, () => sweep(options)),
      );
    } catch (error) {
      if (stopping.signal.aborted) return;
      warn(`Whether all sandboxes are followed could not be seen: ${String(error)}`);
    }
    swept?.();
    if (!stopping.signal.aborted) rest();
  };
  rest();
  return () => {
    stopping.abort();
    clearTimeout(timer);
    return sweeping;
  };
}

async function sweep({ client, taskQueue, intervalMs }: KeepFollowersOptions): Promise<void> {
  const followed = new Set<string>();
  const followers = `WorkflowType = "${followerType}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query: followers })) {
    const sandbox = sandboxOfFollower(workflowId);
    if (sandboxName().safeParse(sandbox).success) followed.add(sandbox);
  }
  // A watcher that has only just begun sees to its follower itself, once it knows that there is such a flow.
  const begunBefore = new Date(Date.now() - intervalMs / 2);
  for (let started = 0; started < mostAtOnce; started++) {
    const sandbox = await unfollowed(client, followed, begunBefore);
    if (sandbox === undefined) return;
    await startFollower(client, taskQueue, sandbox);
    followed.add(sandbox);
  }
}

/** A sandbox with a watcher, besides those that are followed. */
async function unfollowed(
  client: Client,
  followed: ReadonlySet<string>,
  begunBefore: Date,
): Promise<string | undefined> {
  const names = [...followed].map((sandbox) => `"${sandbox}"`).join(', ');
  const query = [
    `WorkflowType = "${watcherType}"`,
    'ExecutionStatus = "Running"',
    `StartTime < "${begunBefore.toISOString()}"`,
    ...(names ? [`${searchAttributes.sandbox.name} NOT IN (${names})`] : []),
  ].join(' AND ');
  for await (const { typedSearchAttributes } of client.workflow.list({ query, pageSize: 1 })) {
    const sandbox = typedSearchAttributes.get(searchAttributes.sandbox);
    return sandbox !== undefined && !followed.has(sandbox) ? sandbox : undefined;
  }
  return undefined;
}
