/**
 * All runs of a sandbox. Runs are worked out when somebody looks: each flow's schedule is followed up to the
 * clock's time, whatever that jumped over. What is kept per run is small; the full object is built on reading.
 */
import { newUuid } from '../ids.ts';
import { merge } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Settings } from '../options.ts';
import type { Took } from '../rows/copy.ts';
import type { RowError, RowsRun } from '../rows/promotion.ts';
import type { Asked } from '../rows/run-rows.ts';
import { Heap } from './heap.ts';
import { LongFailures } from './long-failures.ts';
import { chance, drawOutcome } from './outcomes.ts';
import type { Outcome, PlannedRun, RunPlan } from './outcomes.ts';
import { nextDue } from './schedule.ts';
import type { Schedule } from './schedule.ts';

/** What is kept of a run. Times are epoch ms of the emulator's clock. */
export type Run = {
  id: string;
  flowId: string;
  /** Number that all its varying details are drawn from. */
  draw: number;
  outcome: Outcome;
  createdAt: number;
  startedAt: number;
  /** When its status is final; Infinity for a stuck run. */
  endAt: number;
  /** What `completedAtUTC` says once it has ended; some failed runs never say. */
  completedAt: number | undefined;
  /** The period whose data it takes; a run off schedule has none. */
  window?: { start: number; end: number };
  plan?: PlannedRun;
  /** Of a run that read rows: why some did not arrive, and which it took. */
  rows?: { errors: RowError[]; took: Took };
  params?: JsonObject;
  /** Fields set by `PUT /runs/{id}` or by the control, over what the emulator works out. */
  change?: JsonObject;
};

/** A flow that is switched on: it is due on its schedule from `from` until it is switched off. */
type Duty = { flowId: string; ordinal: number; schedule: Schedule; dueAt: number; until: number };

type Plan = { outcomes: (Outcome | PlannedRun)[]; next: number; repeat: boolean };

/** A list kept in order of a number; nearly everything arrives at its end. */
class Ordered {
  readonly runs: Run[] = [];
  readonly #key: (run: Run) => number;

  constructor(key: (run: Run) => number) {
    this.#key = key;
  }

  add(run: Run): void {
    const at = this.after(this.#key(run));
    if (at === this.runs.length) this.runs.push(run);
    else this.runs.splice(at, 0, run);
  }

  remove(run: Run): void {
    const at = this.runs.indexOf(run, this.from(this.#key(run)));
    if (at >= 0) this.runs.splice(at, 1);
  }

  /** Position of the first run whose number is greater. */
  after(number: number): number {
    return this.#search((key) => key <= number);
  }

  /** Position of the first run whose number is not smaller. */
  from(number: number): number {
    return this.#search((key) => key < number);
  }

  #search(isBefore: (key: number) => boolean): number {
    let low = 0;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#key(this.runs[middle] as Run))) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const endOf = (run: Run): number => run.endAt;

function ofFlow(lists: Map<string, Ordered>, flowId: string, key: (run: Run) => number): Ordered {
  const known = lists.get(flowId);
  if (known !== undefined) return known;
  const made = new Ordered(key);
  lists.set(flowId, made);
  return made;
}

/** Narrowing that the indexes can do; bounds are inclusive, epoch ms. */
export type Narrow = {
  flowIds?: string[];
  ids?: string[];
  completedFrom?: number;
  completedTo?: number;
  createdFrom?: number;
};

const rowsOf = (read: RowsRun | undefined): Pick<Run, 'rows'> =>
  read === undefined ? {} : { rows: { errors: read.errors, took: read.took } };

/** The window that is asked for on demand, in epoch seconds. */
function windowOf(params: JsonObject | undefined): Run['window'] {
  const [start, end] = [Number(params?.windowStartTime) * 1000, Number(params?.windowEndTime) * 1000];
  return Number.isFinite(start) && Number.isFinite(end) ? { start, end } : undefined;
}

/** What a run of a flow comes to by the rows behind its source; undefined where there are none. */
export type ReadRows = (flowId: string, asked: Asked) => RowsRun | undefined;

/** What can be worked out in some seconds. */
export const mostRunsAtOnce = 500_000;

export class RunBook {
  readonly #settings: Settings;
  readonly #duties = new Heap<Duty>((duty) => duty.dueAt);
  readonly #onDuty = new Map<string, Duty>();
  readonly #ordinals = new Map<string, number>();
  readonly #byId = new Map<string, Run>();
  readonly #byFlow = new Map<string, Ordered>();
  readonly #endsByFlow = new Map<string, Ordered>();
  readonly #byCreation = new Ordered((run) => run.createdAt);
  readonly #byCompletion = new Ordered((run) => run.completedAt ?? Infinity);
  readonly #plans = new Map<string | undefined, Plan>();
  /** Since when each flow that was on before has been off. */
  readonly #offSince = new Map<string, number>();
  /** Of each flow that has had one. */
  readonly #lastWindows = new Map<string, { end: number; periodMs: number }>();
  /** The flows that have had a run on their schedule. */
  readonly #hadRuns = new Set<string>();
  readonly #failing: LongFailures;
  readonly #readRows: ReadRows;

  constructor(settings: Settings, readRows: ReadRows) {
    this.#settings = settings;
    this.#readRows = readRows;
    this.#failing = new LongFailures(settings);
  }

  /** Starts to follow a flow's schedule. What was due while the flow was off is made up, where that is wanted. */
  switchOn(flowId: string, schedule: Schedule, now: number): void {
    this.switchOff(flowId, now);
    const offSince = this.#offSince.get(flowId);
    this.#offSince.delete(flowId);
    if (offSince !== undefined && offSince < now) this.#failing.forget(flowId);
    const ordinal = this.#ordinals.get(flowId) ?? this.#ordinals.size + 1;
    this.#ordinals.set(flowId, ordinal);
    // A flow that is new may start in the second that has begun.
    const missedFrom = offSince === undefined ? Math.floor(now / 1000) * 1000 : offSince + 1;
    if (offSince === undefined || this.#settings.missedRuns === 'made-up')
      this.#makeUp(flowId, ordinal, schedule, missedFrom, now);
    const dueAt = nextDue(schedule, Math.max(missedFrom, now));
    if (dueAt === undefined) return;
    const duty = { flowId, ordinal, schedule, dueAt, until: Infinity };
    this.#onDuty.set(flowId, duty);
    this.#duties.push(duty);
  }

  /** No run is due any more from now on; those that are under way go on. */
  switchOff(flowId: string, now: number): void {
    this.settle(now);
    const duty = this.#onDuty.get(flowId);
    if (duty === undefined) return;
    duty.until = now;
    this.#onDuty.delete(flowId);
    this.#offSince.set(flowId, now);
  }

  /** The flows that failed for so long by now that AEP switches them off, each told once, with the moment. */
  takeFailedOut(now: number): { flowId: string; at: number }[] {
    this.settle(now);
    return this.#failing.take(now);
  }

  /** How many runs would be worked out up to this moment. */
  pending(until: number): number {
    let count = 0;
    for (const { schedule, dueAt } of this.#onDuty.values()) {
      if (dueAt <= until) count += 1 + Math.floor((until - dueAt) / (schedule.periodMs ?? Infinity));
    }
    return count;
  }

  /** Works out every run that is due by now: of more than can be worked out at a time, the newest. */
  settle(now: number): void {
    const first = this.#duties.peek()?.dueAt ?? Infinity;
    if (first > now) return;
    // A clock that ran fast while nobody looked: the oldest are left out.
    const from = first + (now - first) * Math.max(0, 1 - mostRunsAtOnce / this.pending(now));
    for (
      let duty = this.#duties.peek();
      duty !== undefined && duty.dueAt <= now;
      duty = this.#duties.peek()
    ) {
      this.#duties.pop();
      if (duty.dueAt < from && duty.schedule.periodMs !== undefined) {
        duty.dueAt = nextDue(duty.schedule, from) ?? duty.dueAt;
        this.#duties.push(duty);
        continue;
      }
      if (duty.dueAt >= Math.min(duty.until, this.#failing.outFrom(duty.flowId))) {
        duty.dueAt = Infinity;
        continue;
      }
      this.#makeDue(duty.flowId, duty.ordinal, duty.schedule, duty.dueAt, duty.dueAt);
      const next = nextDue(duty.schedule, duty.dueAt + 1);
      duty.dueAt = next ?? Infinity;
      if (next !== undefined) this.#duties.push(duty);
    }
  }

  plan(plan: RunPlan, now: number): void {
    this.settle(now);
    const known = this.#plans.get(plan.flowId);
    const left = known === undefined || known.repeat ? [] : known.outcomes.slice(known.next);
    this.#plans.set(plan.flowId, {
      outcomes: [...left, ...plan.outcomes],
      next: 0,
      repeat: plan.repeat ?? false,
    });
  }

  /** Makes a run now, off schedule; one that is tried `again` takes the same rows. */
  make(
    flowId: string,
    now: number,
    details: Partial<Omit<Run, 'id' | 'flowId' | 'rows'>> = {},
    again?: Took,
  ): Run {
    this.settle(now);
    const draw = details.draw ?? chance(this.#settings.seed, this.#byId.size, now);
    const planned = details.plan ?? (details.outcome === undefined ? this.#planned(flowId) : undefined);
    const drawn = details.outcome ?? planned?.outcome ?? drawOutcome(this.#settings.runs, draw);
    const { window = windowOf(details.params) } = details;
    const read =
      details.outcome === undefined ? this.#read(flowId, planned, drawn, { window, again, now }) : undefined;
    const plan = planned ?? read?.plan;
    const outcome = plan?.outcome ?? drawn;
    const createdAt = details.createdAt ?? now;
    const startedAt = details.startedAt ?? createdAt + 5000;
    return this.#add({
      ...details,
      id: newUuid(),
      flowId,
      draw,
      // A run that was asked for does come.
      outcome: outcome === 'missing' ? 'success' : outcome,
      createdAt,
      startedAt,
      ...this.#end(outcome, startedAt, draw, plan, details),
      ...(plan === undefined ? {} : { plan }),
      ...rowsOf(read),
    });
  }

  /** Sets fields of a run over what the emulator works out. Times that are set move it in the indexes. */
  change(run: Run, change: JsonObject): void {
    if (run.completedAt !== undefined) this.#byCompletion.remove(run);
    const ends = ofFlow(this.#endsByFlow, run.flowId, endOf);
    ends.remove(run);
    run.change = merge(run.change ?? {}, change);
    const duration = run.change.metrics?.durationSummary;
    const time = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
    run.startedAt = time(duration?.startedAtUTC) ?? run.startedAt;
    run.completedAt = time(duration?.completedAtUTC) ?? run.completedAt;
    if (run.completedAt !== undefined) {
      run.endAt = run.completedAt;
      this.#byCompletion.add(run);
    }
    ends.add(run);
  }

  get(id: string, now: number): Run | undefined {
    this.settle(now);
    const run = this.#byId.get(id);
    return run !== undefined && run.createdAt <= now ? run : undefined;
  }

  /** The run of a flow that started last. */
  latestStarted(flowId: string, now: number): Run | undefined {
    this.settle(now);
    return this.#byFlow.get(flowId)?.runs.findLast((run) => run.createdAt <= now && run.startedAt <= now);
  }

  /** When the run of a flow that ended last by this moment did. */
  latestEnd(flowId: string, by: number): number | undefined {
    this.settle(by);
    const ends = this.#endsByFlow.get(flowId);
    return ends?.runs[ends.after(by) - 1]?.endAt;
  }

  /** Runs that have appeared by now, oldest first, narrowed as far as the indexes go. */
  visible(narrow: Narrow, now: number): Run[] {
    this.settle(now);
    const { ids, flowIds, completedFrom, completedTo, createdFrom = -Infinity } = narrow;
    const appeared = (list: Ordered | undefined): Run[] =>
      list === undefined ? [] : list.runs.slice(list.from(createdFrom), list.after(now));
    const sorted = (runs: Run[]): Run[] => runs.sort((a, b) => a.createdAt - b.createdAt);

    if (ids !== undefined) {
      const found = ids.map((id) => this.#byId.get(id)).filter((run) => run !== undefined);
      return sorted(found.filter((run) => run.createdAt <= now));
    }
    if (flowIds !== undefined) {
      const lists = flowIds.map((id) => appeared(this.#byFlow.get(id)));
      return lists.length === 1 ? (lists[0] ?? []) : sorted(lists.flat());
    }
    if (completedFrom !== undefined || completedTo !== undefined) {
      const ended = this.#byCompletion;
      // A run that has not ended does not say when it will.
      const until = ended.after(Math.min(completedTo ?? now, now));
      const part = ended.runs.slice(ended.from(completedFrom ?? -Infinity), until);
      return sorted(part.filter((run) => run.createdAt >= createdFrom && run.createdAt <= now));
    }
    return appeared(this.#byCreation);
  }

  /** Guess: all that was missed is asked for at once. AEP's pages say how many come, not in which order or how many at a time. */
  #makeUp(flowId: string, ordinal: number, schedule: Schedule, since: number, now: number): void {
    const from = Math.max(since, now - mostRunsAtOnce * (schedule.periodMs ?? 0));
    for (
      let dueAt = nextDue(schedule, from);
      dueAt !== undefined && dueAt < now;
      dueAt = nextDue(schedule, dueAt + 1)
    ) {
      this.#makeDue(flowId, ordinal, schedule, dueAt, now);
    }
  }

  /** The run of one time that is due. It takes its course from a later moment when it is made up. */
  #makeDue(flowId: string, ordinal: number, schedule: Schedule, dueAt: number, from: number): void {
    const slot = Math.round((dueAt - schedule.startMs) / 60_000);
    const draw = chance(this.#settings.seed, ordinal, slot);
    const planned = this.#planned(flowId);
    const drawn = planned?.outcome ?? drawOutcome(this.#settings.runs, draw);
    if (drawn === 'missing') return;
    const isFirst = !this.#hadRuns.has(flowId);
    this.#hadRuns.add(flowId);
    const { window } = this.#windowUntil(dueAt, flowId, schedule);
    const read = this.#read(flowId, planned, drawn, { window, isFirst, now: dueAt });
    const plan = planned ?? read?.plan;
    const outcome = plan?.outcome ?? drawn;
    const [least, most] = this.#settings.runAppearsMs;
    const createdAt = from + (plan?.appearsMs ?? Math.round(least + (most - least) * chance(draw * 1e9, 1)));
    const startedAt = createdAt + 5000;
    const end = this.#end(outcome, startedAt, draw, plan, {});
    this.#add({
      id: newUuid(),
      flowId,
      draw,
      outcome,
      createdAt,
      startedAt,
      ...end,
      ...(window === undefined ? {} : { window }),
      ...(plan === undefined ? {} : { plan }),
      ...rowsOf(read),
    });
  }

  /**
   * The period whose data a run takes. Guess: the first one is no longer, whatever `backfill` says; and one that follows
   * on another period begins where that ended.
   */
  #windowUntil(end: number, flowId: string, { startMs, periodMs }: Schedule): Pick<Run, 'window'> {
    if (periodMs === undefined) return {};
    const last = this.#lastWindows.get(flowId);
    this.#lastWindows.set(flowId, { end, periodMs });
    let start = end - periodMs;
    if (last === undefined && this.#settings.firstWindow === 'start') start = Math.max(start, startMs);
    else if (last !== undefined && last.periodMs !== periodMs) start = last.end;
    return { window: { start, end } };
  }

  #end(
    outcome: Outcome,
    startedAt: number,
    draw: number,
    plan: PlannedRun | undefined,
    details: Partial<Run>,
  ): Pick<Run, 'endAt' | 'completedAt'> {
    const [least, most] = this.#settings.runLastsMs;
    const lasts = plan?.lastsMs ?? Math.round(least + (most - least) * chance(draw * 1e9, 2));
    const endAt = details.endAt ?? (outcome === 'stuck' ? Infinity : startedAt + lasts);
    const silent = outcome === 'stuck' || outcome === 'failed-no-end';
    return { endAt, completedAt: silent ? undefined : (details.completedAt ?? endAt) };
  }

  #add(run: Run): Run {
    this.#byId.set(run.id, run);
    ofFlow(this.#byFlow, run.flowId, (one) => one.createdAt).add(run);
    ofFlow(this.#endsByFlow, run.flowId, endOf).add(run);
    this.#failing.count(run);
    this.#byCreation.add(run);
    if (run.completedAt !== undefined) this.#byCompletion.add(run);
    return run;
  }

  /** Nothing that was planned or drawn otherwise reads rows. */
  #read(flowId: string, planned: PlannedRun | undefined, drawn: Outcome, asked: Asked): RowsRun | undefined {
    return planned === undefined && drawn === 'success' ? this.#readRows(flowId, asked) : undefined;
  }

  #planned(flowId: string): PlannedRun | undefined {
    for (const key of [flowId, undefined]) {
      const plan = this.#plans.get(key);
      if (plan === undefined) continue;
      const outcome = plan.outcomes[plan.next];
      plan.next += 1;
      if (plan.next >= plan.outcomes.length) {
        if (plan.repeat) plan.next = 0;
        else this.#plans.delete(key);
      }
      if (outcome !== undefined) return typeof outcome === 'string' ? { outcome } : outcome;
    }
    return undefined;
  }
}
