import { uuid4 } from '@temporalio/workflow';
import type { PlannedOne } from '../../activities/index.ts';
import type { Definition } from '../../definition/definition.ts';
import { cut } from '../../cut.ts';
import { summarized, wholeSandbox } from '../calls.ts';
import type { Entry, Intake, WrongEntry } from './intake.ts';
import type { Failed, PlannedDataflow } from './many-messages.ts';

/** Something to plan, and what came of it. */
export interface Turn {
  entry: Entry & { definition: Definition };
  planned: PlannedOne;
}

/** What is added later than this is planned with what is there then. Milliseconds. */
const oldAfterMs = 30_000;

/** Plans what waits, piece by piece. One look at the lists of a sandbox is for all that waits. */
export class Planning<Told extends PlannedDataflow> {
  readonly #intake: Intake<Told>;
  readonly #how: { mask?: string[] | undefined; inFull: boolean };
  #snapshot: { name: string; takenAt: number } | undefined;

  constructor(intake: Intake<Told>, how: { mask?: string[] | undefined; inFull: boolean }) {
    this.#intake = intake;
    this.#how = how;
  }

  /** What is planned from now on is planned with what is there now. */
  lookAnew(): void {
    this.#snapshot = undefined;
  }

  /** Nothing waits any more: what comes later may find that AEP has changed. */
  pause(): void {
    if (this.#snapshot && Date.now() - this.#snapshot.takenAt > oldAfterMs) this.lookAnew();
  }

  /** Plans the next piece. */
  async next(): Promise<{ turns: Turn[]; wrong: WrongEntry[] }> {
    this.#snapshot ??= { name: uuid4(), takenAt: Date.now() };
    const piece = this.#intake.nextPiece();
    const good = piece.filter((entry) => entry.definition !== undefined);
    const wrong = piece.filter((entry) => entry.definition === undefined);
    if (good.length === 0) return { turns: [], wrong };
    const planning = summarized(`Plan ${good.length} dataflows`, wholeSandbox);
    let planned: PlannedOne[] = [];
    try {
      planned = await planning.planSome({
        snapshot: this.#snapshot.name,
        definitions: good.map(({ definition, approved, elsewhere }) => ({
          definition,
          ...(approved ? { approved } : {}),
          ...(elsewhere ? { elsewhere } : {}),
        })),
        ...this.#how,
        isLast: this.#intake.waiting.length === 0 && !this.#intake.expectsMore,
      });
    } finally {
      this.#intake.putBack(good.slice(planned.length));
    }
    return { turns: planned.map((one, index) => ({ entry: good[index]!, planned: one })), wrong };
  }
}

/** Characters of why one of them failed. */
export const longestMessage = 1_000;

/** What is told of a dataflow of which this was planned. */
export function plannedDataflow({ entry: { definition }, planned }: Turn): PlannedDataflow {
  const { sandbox, name } = definition;
  if (planned.digest === undefined) return { sandbox, name, error: failed(planned) };
  const { digest, counts, next } = planned;
  return { sandbox, name, digest, counts, ...(next.start === undefined ? { error: failed(next) } : {}) };
}

function failed({ type, message }: Failed): Failed {
  return { type, message: cut(message, longestMessage) };
}
