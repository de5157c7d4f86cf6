import { Context, activityInfo, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { followerType, followerWorkflowId } from '../../runs/names.ts';

/** Far less often than watchers ask for it: one that was terminated is brought back by `keep-followers.ts`. Milliseconds. */
const goodForMs = 60_000;

export interface Follower {
  /** Sees to it that a sandbox is followed. It never fails: a watcher is right without a follower, only later. */
  ensure(sandbox: string): Promise<void>;
}

/** Keeps the followers of sandboxes alive. From an activity, because a workflow takes only so many signals. */
export function ensureFollower(): Follower {
  const startedAt = new Map<string, number>();
  return {
    async ensure(sandbox: string): Promise<void> {
      if (Date.now() - (startedAt.get(sandbox) ?? -Infinity) < goodForMs) return;
      startedAt.set(sandbox, Date.now());
      try {
        await startFollower(Context.current().client, activityInfo().taskQueue, sandbox);
      } catch (error) {
        startedAt.delete(sandbox);
        log.warn(`The follower of the sandbox ${sandbox} could not be started`, { error });
      }
    },
  };
}

/** Starts the follower of a sandbox, unless it is there. */
export async function startFollower(client: Client, taskQueue: string, sandbox: string): Promise<void> {
  await client.workflow.start(followerType, {
    workflowId: followerWorkflowId({ sandbox }),
    taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [{ sandbox }],
    staticSummary: `Tells the watchers in ${sandbox} which runs have ended`,
  });
}
