import type { Client } from '@temporalio/client';
import { startFollower } from '../activities/watch/ensure-follower.ts';
import { jittered } from '../activities/unreadable.ts';
import { sandboxName } from '../definition/text.ts';
import { followerType, sandboxOfFollower, watcherType } from '../runs/names.ts';
import { searchAttributes } from '../workflows/messages.ts';

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

/** One sweep looks so often for sandboxes without follower, each time at so many watchers. */
const mostLists = 5;
const watchersInList = 20;
/** What a sweep may take. Milliseconds. */
const sweepMs = 10_000;

/**
 * Brings back the followers of sandboxes that have watchers and no follower, such as one that an operator terminated:
 * watchers themselves look so seldom that they would miss it for hours. Two lists a sweep, and a few where some are missing, whatever the number of
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
    if (isSandboxName(sandbox)) followed.add(sandbox);
  }
  // A watcher that has only just begun sees to its follower itself, once it knows that there is such a flow.
  const begunBefore = new Date(Date.now() - intervalMs / 2);
  for (let lists = 0; lists < mostLists; lists++) {
    const sandboxes = await unfollowed(client, followed, begunBefore);
    if (sandboxes.size === 0) return;
    for (const sandbox of sandboxes) {
      await startFollower(client, taskQueue, sandbox);
      followed.add(sandbox);
    }
  }
}

/** Sandboxes with a watcher, besides those that are followed: of the first watchers that Temporal names. */
async function unfollowed(
  client: Client,
  followed: ReadonlySet<string>,
  begunBefore: Date,
): Promise<Set<string>> {
  const names = [...followed].map((sandbox) => `"${sandbox}"`).join(', ');
  const query = [
    `WorkflowType = "${watcherType}"`,
    'ExecutionStatus = "Running"',
    `StartTime < "${begunBefore.toISOString()}"`,
    ...(names ? [`${searchAttributes.sandbox.name} NOT IN (${names})`] : []),
  ].join(' AND ');
  const sandboxes = new Set<string>();
  let watchers = 0;
  for await (const { typedSearchAttributes } of client.workflow.list({ query, pageSize: watchersInList })) {
    const sandbox = typedSearchAttributes.get(searchAttributes.sandbox);
    // One that has not begun may say none, or anything: whoever started it wrote that. It must not hide the others.
    if (isSandboxName(sandbox) && !followed.has(sandbox)) sandboxes.add(sandbox);
    if (++watchers === watchersInList) break;
  }
  return sandboxes;
}

function isSandboxName(text: string | undefined): text is string {
  return sandboxName().safeParse(text).success;
}
