import type { Aep } from '../../aep/aep.ts';
import { createFollowActivities } from './follow-sandbox.ts';
import { ensureFollower, type Follower } from './ensure-follower.ts';
import { createLookActivities } from './read-runs.ts';

export interface RunDependencies {
  /** Default: one of its own. */
  follower?: Follower;
  aep: Aep;
  /** Milliseconds between two looks of a sandbox's follower. */
  watchIntervalMs: number;
  /** Milliseconds until what AEP made is sure to show. */
  listLagMs: number;
  /** Looks of watchers that this worker begins in a second, at most. Default 10. */
  watchLooksPerSecond?: number;
}

/** What watchers and followers ask of AEP. */
export function createRunActivities({
  watchLooksPerSecond = 10,
  follower = ensureFollower(),
  ...dependencies
}: RunDependencies) {
  return {
    ...createLookActivities({ ...dependencies, follower, looksPerSecond: watchLooksPerSecond }),
    ...createFollowActivities(dependencies),
  };
}
