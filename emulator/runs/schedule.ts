/** When a schedule's runs are due: on a grid of periods from its start, while the flow is on. */
import type { JsonObject } from '../json.ts';

const unitMs: Record<string, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

export type Schedule = {
  startMs: number;
  /** Absent for `once`. */
  periodMs?: number;
};

/** Reads `scheduleParams` that were found valid; numbers may be strings. A flow without a start (streaming, draft) has no schedule. */
export function readSchedule(params: JsonObject | undefined): Schedule | undefined {
  const startMs = Number(params?.startTime) * 1000;
  if (!Number.isFinite(startMs)) return undefined;
  const unit = unitMs[params?.frequency];
  if (unit === undefined) return { startMs };
  const periodMs = unit * Number(params?.interval);
  // Streams have no schedule that anybody checks: one that is no schedule is none.
  return periodMs >= unit ? { startMs, periodMs } : undefined;
}

/** The first time a run is due at or after `from`, epoch ms. */
export function nextDue(schedule: Schedule, from: number): number | undefined {
  if (from <= schedule.startMs) return schedule.startMs;
  if (schedule.periodMs === undefined) return undefined;
  return schedule.startMs + Math.ceil((from - schedule.startMs) / schedule.periodMs) * schedule.periodMs;
}
