import type {
  AepDataflows,
  DataflowHealth,
  DataflowStatus,
  FullProgress,
  HistoryEntry,
  Pace,
  Plan,
  UnderWay,
} from '../client.ts';
import { namedBy } from '../definition/identity.ts';
import { rememberingStillThere } from '../client/status.ts';
import { refusalBy } from '../client/server-refusal.ts';
import { paceOf } from './pace.ts';
import { Shared, SharedByName } from './shared.ts';

/** A dataflow as the list has it. */
export type Row = DataflowStatus;

/** All that is known of one dataflow. */
export interface DataflowFacts extends DataflowHealth {
  /** As the list has it. */
  row?: Row;
  /** What runs under its id just now, and how far it is. */
  underWay?: UnderWay;
  progress?: FullProgress;
  /** How its newest create or update ended, with the ids of what the dataflow is made of. */
  steps: FullProgress['steps'];
  /** Oldest first. */
  history: HistoryEntry[];
  /** Why it is not known how it is now. */
  unknown?: string;
}

/** Lists a second on the average: Temporal allows a namespace ten, also to all others who ask. */
const allowance = { perSecond: 2, atOnce: 10 };

/** What the pages show. However many look, Temporal is asked once for each thing. */
export class Facts {
  readonly #client: AepDataflows;
  readonly #pace: Pace;
  readonly #patienceMs: number;
  readonly #rows: Shared<Row[]>;
  readonly #dataflows = new SharedByName((name) => this.#load(name), { freshMs: 2_000 });
  readonly #unwatched = new SharedByName((name) => this.#status(name), { freshMs: 10_000 });
  readonly #done = new SharedByName((name) => this.#whatWasDone(name), { freshMs: 30_000, goodMs: 60_000 });
  readonly #plans = new SharedByName((name) => this.#plan(name), { freshMs: 2_000 });

  /** @param patience how long is waited for a worker's answer. Milliseconds. */
  constructor(client: AepDataflows, pace: Pace = paceOf(allowance), patience = patienceMs) {
    this.#client = client;
    this.#pace = pace;
    this.#patienceMs = patience;
    const whichStay = rememberingStillThere();
    this.#rows = new Shared(() => this.#client.list({}, this.#pace, whichStay), {
      freshMs: 5_000,
      goodMs: 30_000,
    });
  }

  /** All dataflows, the worst first. @throws where Temporal does not answer */
  rows(): Promise<Row[]> {
    return this.#rows.get();
  }

  /** @param dataflow `<sandbox>/<name>` @throws DataflowError where none can have this name */
  dataflow(dataflow: string): Promise<DataflowFacts> {
    return this.#dataflows.get(dataflow);
  }

  /** The plan that is carried out or waits for approval, or was the last. Undefined where there is none. */
  plan(dataflow: string): Promise<Plan | undefined> {
    return this.#plans.get(dataflow);
  }

  /** Something was done to it. */
  forget(dataflow: string): void {
    for (const known of [this.#dataflows, this.#unwatched, this.#done, this.#plans]) known.forget(dataflow);
  }

  async #load(dataflow: string): Promise<DataflowFacts> {
    const named = namedBy(dataflow);
    const row = (await this.rows()).find((one) => one.dataflow === dataflow);
    const done = this.#done.get(dataflow).catch(() => ({ steps: [], history: [] }));
    let unknown: string | undefined;
    const { flowId, doing: underWay } = row ?? {};
    const [health, progress] = await Promise.all([
      flowId === undefined
        ? undefined
        : this.#inTime(this.#client.health({ sandbox: named.sandbox, flowId })).catch((error: unknown) => {
            unknown = messageOf(error);
            return undefined;
          }),
      underWay && this.#inTime(this.#client.dataflow(named).progress()).catch(() => undefined),
    ]);
    const isUnwatched = !health && unknown === undefined;
    const status = isUnwatched
      ? await this.#inTime(this.#unwatched.get(dataflow)).catch((error: unknown) => {
          if (!(error instanceof NoAnswer)) throw error;
          unknown = error.message;
          return { dataflow };
        })
      : { dataflow };
    const { steps, history } = await done;
    return {
      ...status,
      ...(health ? { health } : {}),
      ...(row ? { row } : {}),
      ...(underWay ? { underWay } : {}),
      ...(progress ? { progress } : {}),
      steps: progress?.steps ?? steps,
      history,
      ...(unknown === undefined ? {} : { unknown }),
    };
  }

  async #status(dataflow: string): Promise<DataflowHealth> {
    await this.#pace();
    return this.#client.status(namedBy(dataflow));
  }

  async #whatWasDone(dataflow: string): Promise<Pick<DataflowFacts, 'steps' | 'history'>> {
    const named = namedBy(dataflow);
    const handle = this.#client.dataflow(named);
    await this.#pace();
    const [history, steps] = await Promise.all([
      this.#client.history(named),
      this.#inTime(handle.progress())
        .then(({ steps }) => steps)
        .catch(() => []),
    ]);
    return { steps, history };
  }

  /** A workflow that has no such query, or is not there, has no plan. */
  #plan(dataflow: string): Promise<Plan | undefined> {
    const plan = this.#client.dataflow(namedBy(dataflow)).plan();
    return this.#inTime(plan).catch(() => undefined);
  }

  #inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return inTime(answer, this.#patienceMs);
  }
}

/** A query of which no worker takes care is tried for half a minute: nobody waits for a page as long. Milliseconds. */
const patienceMs = 5_000;

/** No worker has answered in time. */
export class NoAnswer extends Error {}

/** @throws NoAnswer where the answer does not come in time */
export function inTime<Answer>(answer: Promise<Answer>, ms: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new NoAnswer(`no worker has answered within ${ms / 1_000} s: is one running?`);
    timer = setTimeout(() => reject(error), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** What went wrong, for a person. */
export function messageOf(error: unknown): string {
  const refusal = refusalBy(error, {});
  if (refusal) return `${refusal.message}. ${refusal.next}`;
  if (!(error instanceof Error)) return String(error);
  // Where a call has failed, only the cause says why.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
