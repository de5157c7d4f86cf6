import type { Watch } from '../definition/watch.ts';
import { durationMs } from '../definition/duration.ts';
import { causeOf } from './causes.ts';
import type { JudgedRun } from './record.ts';
import { lastNews } from './watch.ts';
import type { WatchState } from './watch.ts';

/** A failed run, and the runs that AEP made of it when it was asked to run it again. Times are epoch milliseconds. */
export interface Story {
  /** The run that failed first. */
  root: string;
  /** The run that stands for it now. */
  run: string;
  /** How often AEP was asked. */
  tried: number;
  /** When to ask next. Absent while an answer, or the end of a run, is waited for. */
  dueAt?: number;
  /** Set while nobody knows whether AEP took the request: a run that starts after this moment is taken for its answer. */
  doubtSince?: number;
}

const storiesToKeep = 10;
const usualPauseMs = 5 * 60_000;
/** AEP's clock and ours may differ a little; a run that started this much before the request still counts as its answer. */
const slackMs = 60_000;

/** Goes on with the stories of failed runs. `gaveUp`: the last runs of those that have come to a bad end. */
export function followRetries(
  before: Story[],
  fresh: JudgedRun[],
  state: WatchState,
  { retry }: Watch,
): { stories: Story[]; gaveUp: JudgedRun[] } {
  const gaveUp: JudgedRun[] = [];
  let stories = before.map((story) => answered(story, fresh, state));
  for (const run of fresh) {
    const story = stories.find((one) => one.run === run.id);
    if (run.verdict !== 'failed') {
      stories = stories.filter((one) => one !== story);
      continue;
    }
    if (!story && !retry) continue;
    const { root, tried } = story ?? { root: run.id, tried: 0 };
    const again = retry && tried < retry.times && causeOf(run.cause?.code).heals;
    stories = stories.filter((one) => one !== story);
    if (again)
      stories.push({ root, run: run.id, tried, dueAt: lastNews(state) + pauseBefore(tried, retry.pause) });
    else if (story) gaveUp.push(run);
  }
  // The oldest go first: nobody waits for them any more.
  return { stories: stories.slice(-storiesToKeep), gaveUp };
}

/** AEP was asked, and this is the run it made of the failed one. */
export function retried(stories: Story[], story: Story, newRun: string): Story[] {
  return replace(stories, story, { root: story.root, run: newRun, tried: story.tried + 1 });
}

/** AEP was asked, and nobody knows whether it heard. It counts as asked; only if no run shows by the next time, it is asked again. */
export function doubted(stories: Story[], story: Story, now: number, { retry }: Watch): Story[] {
  const { root, run } = story;
  const tried = story.tried + 1;
  if (!retry || tried >= retry.times) return stories.filter((one) => one.root !== root);
  const dueAt = now + pauseBefore(tried, retry.pause);
  return replace(stories, story, { root, run, tried, dueAt, doubtSince: now });
}

/** How long to wait before a failed run is run again that was already run again `tried` times. Milliseconds. */
export function pauseBefore(tried: number, pause: string | undefined): number {
  return ((pause && durationMs(pause)) || usualPauseMs) * 2 ** tried;
}

function replace(stories: Story[], { root }: Story, by: Story): Story[] {
  return stories.map((one) => (one.root === root ? by : one));
}

/** Better a run too few than the same rows twice: whatever started since the doubt is taken for the answer. */
function answered(story: Story, fresh: JudgedRun[], { cursor, behindMs }: WatchState): Story {
  const { doubtSince, root, tried } = story;
  if (doubtSince === undefined) return story;
  const since = doubtSince - behindMs - slackMs;
  const answer = [...fresh, ...cursor.open].find(({ id, start }) => id !== story.run && start >= since);
  return answer ? { root, run: answer.id, tried } : story;
}
