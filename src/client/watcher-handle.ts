import type { Client } from '@temporalio/client';
import type { Watch } from '../definition/watch.ts';
import { lookCutOff } from './turned-away.ts';
import {
  acceptDriftUpdate,
  checkNowUpdate,
  pauseUpdate,
  resumeUpdate,
  setWatchUpdate,
  stopUpdate,
  watcherWorkflowId,
  type Health,
  type Resumed,
} from '../workflows/watch/watch-messages.ts';

/**
 * The watcher of a flow, and what it can be asked to do. Each throws DataflowError where it is refused; `Conflict` where
 * nobody watches the flow.
 */
export interface WatcherHandle {
  readonly workflowId: string;
  /** Looks at AEP now, and returns how the flow is then. */
  checkNow(): Promise<Health>;
  /** Has AEP run a failed run again: the newest, unless one is named. Returns the id of the new run. */
  retryRun(runId?: string): Promise<{ runId: string }>;
  /** New settings, all of them: what is left out is as if it had never been set. */
  setWatch(watch: Watch): Promise<Watch>;
  /** Disables the flow until `resume`: AEP starts no more runs of it. Returns how it is then. */
  pause(): Promise<Health>;
  /** Enables the flow. Returns how it is then, and in `note` that AEP makes up what was missed. */
  resume(): Promise<Resumed>;
  /** Takes the flow as it was seen last: what others have changed is drift no more. */
  acceptDrift(): Promise<Health>;
  /** Ends the watch; the flow goes on. Returns how it was. */
  stop(): Promise<Health>;
}

/** @param mind sends an update, and turns what Temporal throws into what callers know */
export function watcherHandle(
  client: Client,
  flow: { sandbox: string; flowId: string },
  mind: <Answer>(send: () => Promise<Answer>) => Promise<Answer>,
): WatcherHandle {
  const workflowId = watcherWorkflowId(flow);
  const handle = client.workflow.getHandle(workflowId);
  const checkNow = () => mind(() => handle.executeUpdate(checkNowUpdate));
  /** Has the flow enabled or disabled. By the time that a look is cut off it is: to ask for it once more would be refused. */
  const switched = async (update: typeof pauseUpdate | typeof resumeUpdate): Promise<Resumed> => {
    const answer = await mind(async () => {
      try {
        return await handle.executeUpdate<Resumed, []>(update);
      } catch (error) {
        return lookCutOff(error) ?? Promise.reject(error as Error);
      }
    });
    if (!('sendAgain' in answer)) return answer;
    const { note } = answer;
    return { ...(await checkNow()), ...(note === undefined ? {} : { note }) };
  };
  return {
    workflowId,
    checkNow,
    retryRun: (runId) =>
      mind(() =>
        handle.executeUpdate<{ runId: string }, [{ runId?: string }]>('retryRun', {
          args: [runId === undefined ? {} : { runId }],
        }),
      ),
    setWatch: (watch) => mind(() => handle.executeUpdate(setWatchUpdate, { args: [watch] })),
    pause: () => switched(pauseUpdate),
    resume: () => switched(resumeUpdate),
    acceptDrift: () => mind(() => handle.executeUpdate(acceptDriftUpdate)),
    stop: () => mind(() => handle.executeUpdate(stopUpdate)),
  };
}
