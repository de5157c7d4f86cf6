import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { RunsRequest } from '../../activities/watch/read-runs.ts';
import type { PlannedLook } from '../../runs/next-look.ts';
import type { News, WantedLook } from '../../runs/watch-state.ts';
import { thrownBy } from '../failures.ts';

const { readRuns } = proxyActivities<Activities>({
  // Many pages at the slowest; a worker that dies in between costs no more than this.
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
  // Whoever waits for a dataflow to be made comes first.
  priority: { priorityKey: 4 },
  summary: 'Look at the flow’s runs',
});

/** A watcher's own looks at AEP: one at a time, and while it lasts (hours, where AEP is away) the watcher hears what else comes. */
export class Looks {
  /** What somebody wants to be looked at, beside what is planned. */
  #wanted: (PlannedLook & WantedLook) | undefined;
  /** The same, while a look is under way that somebody wanted. */
  #awaited: WantedLook | undefined;
  #underWay = false;
  /** How often a look was wanted, how many of those the latest look sees to, and how many were seen to. */
  #asked = 0;
  #covered = 0;
  #seen = 0;
  #news: News | undefined;
  #error: unknown;

  /**
   * Asks for a look at the newest runs, and at more where `look` says so: one that begins from now on.
   * Returns what `seen` has come to when that was taken.
   */
  want(look: WantedLook): number {
    this.#wanted = { at: 0, full: false, ...both(look, this.#wanted) };
    return (this.#asked += 1);
  }

  /** See `want`. Others may want more meanwhile. */
  get seen(): number {
    return this.#seen;
  }

  /** What can begin now. */
  get wanted(): (PlannedLook & WantedLook) | undefined {
    return this.#underWay ? undefined : this.#wanted;
  }

  /** What was wanted, and has not come. */
  get unseen(): WantedLook | undefined {
    const first = this.#wanted ?? this.#awaited;
    return first && both(first, this.#awaited);
  }

  get underWay(): boolean {
    return this.#underWay;
  }

  /** Whether nothing is wanted, under way or waits to be taken. */
  get areDone(): boolean {
    return this.#wanted === undefined && !this.#underWay && !this.haveEnded;
  }

  get haveEnded(): boolean {
    return this.#news !== undefined || this.#error !== undefined;
  }

  start(request: RunsRequest): void {
    // A look that is planned reads at least the newest runs.
    if (covers(request, this.#wanted)) {
      this.#awaited = this.#wanted;
      this.#wanted = undefined;
      this.#covered = this.#asked;
    }
    this.#underWay = true;
    void this.#look(request);
  }

  /** What the look that has ended brought. Throws what it failed with: it was cancelled, or there is no such sandbox. */
  take(): News | undefined {
    if (this.#error !== undefined) throw thrownBy(this.#error) ?? this.#error;
    const news = this.#news;
    this.#news = undefined;
    if (news) {
      this.#awaited = undefined;
      this.#seen = this.#covered;
    }
    return news;
  }

  async #look(request: RunsRequest): Promise<void> {
    try {
      this.#news = await readRuns(request);
    } catch (error) {
      this.#error = error;
    }
    this.#underWay = false;
  }
}

/** What both ask for. */
function both(one: WantedLook, other: WantedLook | undefined): WantedLook {
  return {
    readsFlow: one.readsFlow || other?.readsFlow === true,
    ...(one.readsParts || other?.readsParts ? { readsParts: true } : {}),
    ...(one.isDeleted || other?.isDeleted ? { isDeleted: true } : {}),
  };
}

function covers(request: RunsRequest, wanted: WantedLook | undefined): boolean {
  if (wanted?.isDeleted && !request.isDeleted) return false;
  if (wanted?.readsParts && !request.readsParts) return false;
  return !wanted?.readsFlow || request.readsFlow;
}
