import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { Followed } from '../../activities/watch/follow-sandbox.ts';
import { sandboxName } from '../../definition/text.ts';
import { followerWorkflowId } from '../../runs/names.ts';
import { retry } from '../calls.ts';
import { invalidDefinition } from '../failures.ts';
import { liveThroughReleases } from './long-lived.ts';

const { signalEndedRuns } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '15 seconds',
  retry,
  summary: 'Signal the watchers which runs have ended',
});

/** What `followRuns` is started with. */
export interface FollowInput {
  sandbox: string;
}

/**
 * Follows the runs of a whole sandbox for the watchers of its flows, so that not each of them has to ask. Watchers start
 * it; it ends when there are none left. It is one activity, which "fails" as long as it goes on and so writes nothing
 * into the history; a new one every day takes over what a release has changed about it.
 */
export async function followRuns(input: FollowInput, carried: Followed = {}): Promise<void> {
  const { sandbox } = check(input);
  const { isNeeded, ...followed } = await signalEndedRuns({ sandbox, ...carried });
  if (isNeeded) await continueAsNew<typeof followRuns>({ sandbox }, followed);
}

liveThroughReleases(followRuns);

function check(input: unknown): FollowInput {
  const { sandbox } = (input ?? {}) as Partial<FollowInput>;
  const id = sandboxName().safeParse(sandbox).success && followerWorkflowId({ sandbox: String(sandbox) });
  if (id === workflowInfo().workflowId) return { sandbox: String(sandbox) };
  const message = id
    ? `The follower of this sandbox runs under the workflow id ${id}.`
    : 'A follower needs a sandbox: { "sandbox": "prod" }.';
  throw invalidDefinition(message, [{ field: 'sandbox', message }]);
}
