/** Flows that do nothing but fail: AEP switches them off after 30 days [release notes, June 2026]. */
import type { Run } from './run-book.ts';

const day = 86_400_000;

/** An unbroken row of failed runs: the ends of its first and of its newest, epoch ms. */
type Row = { since: number; latest: number };

export class LongFailures {
  readonly #settings: { failingDaysUntilDisabled: number };
  readonly #rows = new Map<string, Row>();
  /** From when on a flow is out. */
  readonly #out = new Map<string, number>();
  /** Flows that are out and were not told yet. */
  readonly #untold = new Set<string>();

  constructor(settings: { failingDaysUntilDisabled: number }) {
    this.#settings = settings;
  }

  /** Guess: the end of a failed run that completes the time is what switches the flow off, and only a success breaks the row. */
  count({ flowId, outcome, endAt }: Run): void {
    const days = this.#settings.failingDaysUntilDisabled;
    if (days === 0 || !Number.isFinite(endAt)) return;
    const row = this.#rows.get(flowId);
    if (!outcome.startsWith('failed')) {
      // A run of the past that is made by hand says nothing of what failed since.
      if (row !== undefined && endAt >= row.since) this.#rows.delete(flowId);
      return;
    }
    const now: Row = {
      since: Math.min(row?.since ?? endAt, endAt),
      latest: Math.max(row?.latest ?? endAt, endAt),
    };
    this.#rows.set(flowId, now);
    if (now.latest - now.since < days * day || this.#out.has(flowId)) return;
    this.#out.set(flowId, now.latest);
    this.#untold.add(flowId);
  }

  /** From when on nothing is due of this flow any more; Infinity while it is not out. */
  outFrom(flowId: string): number {
    return this.#out.get(flowId) ?? Infinity;
  }

  /** Which flows are out by now that were not told before. */
  take(now: number): { flowId: string; at: number }[] {
    const told: { flowId: string; at: number }[] = [];
    for (const flowId of this.#untold) {
      const at = this.outFrom(flowId);
      if (at > now) continue;
      this.#untold.delete(flowId);
      told.push({ flowId, at });
    }
    return told.toSorted((a, b) => a.at - b.at);
  }

  /** The flow was switched on again: it has the whole time anew. */
  forget(flowId: string): void {
    this.#rows.delete(flowId);
    this.#out.delete(flowId);
    this.#untold.delete(flowId);
  }
}
