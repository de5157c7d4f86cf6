import {
  CancellationScope,
  CancelledFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import { z } from 'zod';
import { dataflowId } from '../../definition/identity.ts';
import { endingOf } from '../failures.ts';
import { checkInput } from '../inputs.ts';
import { carryOut, untilFree } from './carry-out.ts';
import {
  Intake,
  approvedShape,
  definitionsShape,
  mustBeginWithSome,
  type Carried,
  type Entry,
} from './intake.ts';
import { isLong, roomLeft } from './long-run.ts';
import {
  applyProgressQuery,
  type AppliedDataflow,
  type ApplyDataflowsInput,
  type ApplyDataflowsResult,
  type ApplyOutcome,
  type ApplyProgress,
} from './many-messages.ts';
import { Planning, plannedDataflow, type Turn } from './planning.ts';
import { rowsOf } from './told.ts';

const each = z.record(z.string(), approvedShape()).optional();

const input = () =>
  z.strictObject({
    ...definitionsShape(),
    ...approvedShape().omit({ digest: true }).shape,
    each,
    concurrency: z.number().int().min(1).max(50).optional(),
  }) satisfies z.ZodType<ApplyDataflowsInput>;

const what = 'This cannot be applied';
const defaultConcurrency = 10;
/** How often what others have changed meanwhile is planned anew. */
const mostTries = 3;
const failedToTell = 100;

/**
 * Makes AEP have what many definitions ask for: plans all of them from one look at each list of a sandbox, and starts for
 * each that is not as asked for the workflow that makes or changes it, so many at a time. Each runs under its dataflow's own
 * id, so that it never meets another; where somebody else is at work there, that is waited for, and planned anew.
 *
 * No dataflow's failure is that of the whole: the result says what became of each. Started again it goes on where AEP is.
 * Cancelled it cancels what it has started, waits for that, and begins nothing more. Runs under any id.
 *
 * @throws ApplicationFailure `InvalidDefinition` where the input as a whole makes no sense, `Unauthorized`.
 */
export async function applyDataflows(
  given: unknown,
  carried?: Carried<AppliedDataflow>,
): Promise<ApplyDataflowsResult> {
  const asked = checkInput(input(), given, what);
  if (!carried) mustBeginWithSome(asked, what);
  const applying = new Applying(asked, carried);
  try {
    return await applying.run();
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
      await CancellationScope.nonCancellable(() => applying.stopped());
      throw new CancelledFailure('The apply was cancelled');
    }
    throw endingOf(error, {}) ?? error;
  }
}

class Applying {
  readonly #asked: ApplyDataflowsInput;
  readonly #concurrency: number;
  readonly #intake: Intake<AppliedDataflow>;
  readonly #planning: Planning<AppliedDataflow>;
  /** What is planned and not begun. */
  readonly #todo: Turn[] = [];
  readonly #running = new Map<string, ApplyProgress['running'][number]>();
  /** Waits for what others have started. */
  readonly #waits = new CancellationScope({ cancellable: true });
  #isPlanning = false;
  #failure: { error: unknown } | undefined;

  constructor(asked: ApplyDataflowsInput, carried: Carried<AppliedDataflow> | undefined) {
    const { concurrency, definitions: _, more: __, each: ___, ...all } = asked;
    this.#asked = asked;
    this.#concurrency = concurrency ?? defaultConcurrency;
    this.#intake = new Intake(carried);
    this.#planning = new Planning(this.#intake, { inFull: false });
    setHandler(applyProgressQuery, () => this.#progress());
    if (!carried) this.#intake.take(asked, all);
    this.#intake.listen(z.strictObject({ ...definitionsShape(), each }), roomLeft, all);
  }

  async run(): Promise<ApplyDataflowsResult> {
    const { waiting } = this.#intake;
    for (let begun = 0; ;) {
      if (this.#failure) {
        // What was begun is told by the query: it ends well or badly by itself.
        await condition(() => this.#isIdle());
        throw this.#failure.error;
      }
      const isFull = begun > 0 && isLong();
      if (isFull && this.#isIdle()) await this.#goOn();
      if (isFull) this.#waits.cancel();
      else if (this.#todo.length > 0 && this.#hasRoom()) {
        begun += 1;
        this.#begin(this.#todo.shift()!);
        continue;
      } else if (waiting.length > 0 && this.#isToPlan()) {
        begun += 1;
        this.#plan();
        continue;
      } else if (this.#isIdle() && this.#todo.length === 0 && waiting.length === 0) {
        if (!this.#intake.expectsMore) break;
        this.#planning.pause();
        await this.#intake.moreCame();
        continue;
      }
      await condition(() => this.#isDue());
    }
    this.#intake.close();
    await condition(allHandlersFinished);
    return this.#result();
  }

  /** Whether the loop has something to do: begin, plan, go on in another run, or end. */
  #isDue(): boolean {
    return (
      this.#failure !== undefined ||
      this.#isIdle() ||
      (!isLong() && this.#todo.length > 0 && this.#hasRoom()) ||
      (!isLong() && this.#intake.waiting.length > 0 && this.#isToPlan())
    );
  }

  /** After a cancellation: waits until what was begun has ended. */
  async stopped(): Promise<void> {
    await condition(() => this.#isIdle());
    const left = [...this.#todo.map(({ entry }) => entry), ...this.#intake.waiting];
    for (const entry of left) {
      const { sandbox, name } = entry.definition ?? entry.wrong;
      this.#intake.tell({ sandbox, name, outcome: 'notTried' }, entry);
    }
    this.#todo.splice(0);
    this.#intake.waiting.splice(0);
    this.#show();
  }

  #isIdle(): boolean {
    return this.#running.size === 0 && !this.#isPlanning;
  }

  /** A plan grows old while it waits: the next are made when all that are made are begun. */
  #isToPlan(): boolean {
    return !this.#isPlanning && this.#todo.length === 0;
  }

  #hasRoom(): boolean {
    const atWork = [...this.#running.values()].filter(({ what }) => what !== 'busy');
    return atWork.length < this.#concurrency;
  }

  #plan(): void {
    this.#isPlanning = true;
    const planning = this.#planning.next().then(({ turns, wrong }) => {
      for (const one of wrong) this.#intake.tell({ ...one.wrong, outcome: 'failed' }, one);
      for (const turn of turns) this.#take(turn);
      this.#show();
    });
    this.#noteEnd(planning, () => (this.#isPlanning = false));
  }

  /** What follows from a plan. */
  #take(turn: Turn): void {
    const { planned } = turn;
    if (planned.digest === undefined) return this.#tell(turn, 'failed');
    const { start } = planned.next;
    if (start === undefined) return this.#tell(turn, 'failed');
    if (start === 'nothing') return this.#tell(turn, 'unchanged');
    return void this.#todo.push(turn);
  }

  #begin(turn: Turn): void {
    const { entry, planned } = turn;
    const dataflow = dataflowId(entry.definition);
    const start = (planned as { next: { start: 'createDataflow' | 'updateDataflow' } }).next.start;
    this.#running.set(dataflow, { dataflow, what: start, since: Date.now() });
    this.#show();
    const work = async () => {
      const done = await carryOut(entry, start);
      if (done === 'busy') return this.#waitFor(turn);
      if (isOvertaken(turn, done.error?.type)) return this.#again(entry);
      const { outcome, ...more } = done;
      return this.#tell(turn, outcome, more);
    };
    this.#noteEnd(work(), () => this.#running.delete(dataflow));
  }

  /** Somebody else works on this dataflow: what follows is planned once that has ended. */
  async #waitFor(turn: Turn): Promise<void> {
    const { entry } = turn;
    const dataflow = dataflowId(entry.definition);
    this.#running.set(dataflow, { dataflow, what: 'busy', since: Date.now() });
    this.#show();
    try {
      const isFree = await this.#waits.run(() => untilFree(entry));
      if (isFree && (entry.tries ?? 0) < mostTries) return this.#again(entry);
    } catch (error) {
      if (!isCancellation(error)) throw error;
      // The next run asks again.
      return this.#intake.putBack([entry]);
    }
    const message = `Something else works on ${dataflow}, for too long or again and again: start this again when it has ended`;
    return this.#tell(turn, 'failed', { error: { type: 'Conflict', message } });
  }

  #again(entry: Turn['entry']): void {
    this.#planning.lookAnew();
    this.#intake.putBack([{ ...entry, tries: (entry.tries ?? 0) + 1 }]);
  }

  #tell(turn: Turn, outcome: ApplyOutcome, more: Partial<AppliedDataflow> = {}): void {
    this.#intake.tell({ ...plannedDataflow(turn), ...more, outcome }, turn.entry);
  }

  #noteEnd(work: Promise<void>, end: () => void): void {
    void work
      .catch((error: unknown) => {
        if (!isCancellation(error)) this.#failure ??= { error };
      })
      .finally(() => {
        end();
        this.#show();
      });
  }

  async #goOn(): Promise<never> {
    await condition(allHandlersFinished);
    this.#intake.putBack(this.#todo.map(({ entry }): Entry => entry));
    const { definitions: _, more: __, each: ___, ...how } = this.#asked;
    return continueAsNew<typeof applyDataflows>(how, this.#intake.carried);
  }

  #result(): ApplyDataflowsResult {
    return { dataflows: this.#intake.told, totals: totalsOf(this.#intake.told) };
  }

  #progress(): ApplyProgress {
    const { told, waiting, expectsMore } = this.#intake;
    return {
      totals: totalsOf(told),
      waiting: waiting.length + this.#todo.length,
      more: expectsMore,
      running: [...this.#running.values()],
      failed: told.filter(({ outcome }) => outcome === 'failed').slice(0, failedToTell),
    };
  }

  #show(): void {
    setCurrentDetails(details(this.#progress()));
  }
}

/** Whether somebody else was quicker between the plan and its being carried out, so that another plan counts now. */
function isOvertaken({ entry: { approved, tries = 0 } }: Turn, type: string | undefined): boolean {
  const isStale = type === 'Conflict' || (type === 'StalePlan' && approved?.digest === undefined);
  return isStale && tries < mostTries;
}

function totalsOf(told: readonly AppliedDataflow[]): ApplyDataflowsResult['totals'] {
  const totals = { dataflows: told.length, created: 0, updated: 0, unchanged: 0, failed: 0, notTried: 0 };
  for (const { outcome } of told) totals[outcome] += 1;
  return totals;
}

function details({ totals, waiting, running, failed }: ApplyProgress): string {
  const { dataflows, ...outcomes } = totals;
  const ended = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    `**${dataflows} have ended** (${ended.join(', ')}), ${running.length} are under way, ${waiting} wait`,
    ...running.map(
      ({ dataflow, what }) =>
        `- ${dataflow}: ${what === 'busy' ? 'waits until what others have started has ended' : what}`,
    ),
    ...rowsOf(failed, () => 'failed'),
  ].join('\n');
}
