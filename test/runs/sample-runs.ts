import type { Flow } from '../../src/runs/flow.ts';
import type { Run } from '../../src/runs/run.ts';

/** Milliseconds. */
export const minute = 60_000;
export const hour = 60 * minute;
/** Epoch milliseconds. */
export const t0 = Date.UTC(2026, 2, 2, 8);

export const hourly: Flow = {
  name: 'Orders',
  state: 'enabled',
  created: t0 - minute,
  schedule: { startTime: t0, periodMs: hour },
  shape: { state: 'enabled', 'schedule.interval': '1' },
  changed: { by: 'unknown' },
};
export const disabled: Flow = {
  ...hourly,
  state: 'disabled',
  shape: { ...hourly.shape, state: 'disabled' },
};

let ids = 0;
/** Each run with an id of its own. */
export const ok = (start: number, more: Partial<Run> = {}): Run => ({
  id: String((ids += 1)).padStart(12, '0'),
  flowId: 'f',
  status: 'success',
  start,
  created: start,
  end: start + 4 * minute,
  counts: { read: 100, written: 100 },
  errors: [],
  ...more,
});
export const failed = (start: number, code = 'CONNECTOR-1001-500') =>
  ok(start, { status: 'failed', errors: [{ code, message: 'Source away', activity: 'copy' }] });
export const degraded = (start: number) => ok(start, { counts: { read: 100, written: 97, failed: 3 } });
export const inProgress = (start: number): Run => {
  const { end: _, ...run } = ok(start, { status: 'inProgress', counts: {} });
  return run;
};
