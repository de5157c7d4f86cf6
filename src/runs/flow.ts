import { parseMark } from '../resources/mark.ts';
import { lastChangeOf, shapeOfRaw, type LastChange, type Shape } from './drift.ts';
import { latestMs, listOf, numberOf, objectOf, textOf, timeOf } from './raw.ts';

/** A flow, cut down to what its watcher needs to know. It changes only when somebody changes the flow. */
export interface Flow {
  name: string;
  /** AEP's word: `enabled`, `disabled`, `draft` and others. */
  state: string;
  /** Epoch milliseconds. */
  created: number;
  schedule?: Schedule;
  /** Not deleted before its flow: where it is still there, a flow that AEP does not show may be hidden from us. */
  sourceConnectionId?: string;
  /** The id of the source's connection spec. */
  connectionSpecId?: string;
  /** The dataflow whose mark it carries, as `<sandbox>/<name>`. */
  dataflow?: string;
  /** What of it somebody may change. */
  shape: Shape;
  /** The last change of it: epoch milliseconds, and who. */
  changed: LastChange;
}

/** Characters of a search attribute: what is longer, SQL stores of Temporal do not take. */
const longestKeyword = 255;

const pausedStates = ['disabled', 'disabling', 'draft'];

/** Whether AEP starts no runs of it. */
export function isPaused({ state }: Pick<Flow, 'state'>): boolean {
  return pausedStates.includes(state.toLowerCase());
}

/** Cuts a flow as AEP answers it down to what its watcher needs. */
export function readFlow(raw: Record<string, unknown>): Flow {
  const schedule = readSchedule(raw['scheduleParams']);
  const mark = parseMark(raw['description']);
  const sourceConnectionId = textOf(listOf(raw['sourceConnectionIds'])[0], longestKeyword);
  const connectionSpecId = connectionSpecOf(raw);
  return {
    name: textOf(raw['name']),
    state: textOf(raw['state'], 40),
    created: timeOf(raw['createdAt']) ?? 0,
    ...(schedule ? { schedule } : {}),
    ...(sourceConnectionId ? { sourceConnectionId } : {}),
    ...(connectionSpecId ? { connectionSpecId } : {}),
    ...(mark ? { dataflow: mark.dataflow } : {}),
    shape: shapeOfRaw(raw),
    changed: lastChangeOf(raw),
  };
}

/**
 * A flow that AEP has just made, as it will show it: of what it was asked for, that which AEP shows as it was sent.
 * @param body with its start
 * @param now epoch milliseconds
 */
export function flowMadeOf(body: Record<string, unknown>, now: number): Flow {
  const flow = readFlow({ ...body, state: 'enabled', createdAt: now });
  // An object, in which AEP may show more than was sent.
  const { deltaColumn: _, ...shape } = flow.shape;
  return { ...flow, shape };
}

/** When AEP last did something for a flow, as far as the flow itself tells. Epoch milliseconds. */
export function lastActivity(raw: Record<string, unknown>): number {
  const last = objectOf(raw['lastRunDetails']);
  return timeOf(last['startedAtUTC']) ?? timeOf(raw['updatedAt']) ?? timeOf(raw['createdAt']) ?? 0;
}

function connectionSpecOf(raw: Record<string, unknown>): string {
  const [source] = listOf(objectOf(raw['inheritedAttributes'])['sourceConnections']);
  return textOf(objectOf(objectOf(source)['connectionSpec'])['id'], longestKeyword);
}

const minuteMs = 60_000;

/** A hundred years from now and more; a time in milliseconds by mistake is later. */
const latestStartMs = 5_000_000_000_000;

const unitsMs: Record<string, number> = {
  minute: minuteMs,
  hour: 60 * minuteMs,
  day: 24 * 60 * minuteMs,
  week: 7 * 24 * 60 * minuteMs,
};

/** When a flow runs. Times are epoch milliseconds. */
export interface Schedule {
  startTime: number;
  /** Absent for a flow that runs once. */
  periodMs?: number;
}

/**
 * Reads a flow's `scheduleParams`: seconds, and numbers that AEP echoes as strings where they were sent so.
 * Undefined where they name no time at which a run is due, as those of streaming flows.
 */
export function readSchedule(params: unknown): Schedule | undefined {
  const { startTime, frequency, interval } = objectOf(params);
  const start = (numberOf(startTime) ?? 0) * 1000;
  if (start <= 0 || start > latestStartMs) return undefined;
  const word = textOf(frequency).toLowerCase();
  if (word === 'once') return { startTime: start };
  const unit = Object.hasOwn(unitsMs, word) ? unitsMs[word] : undefined;
  const times = numberOf(interval) ?? 0;
  if (unit === undefined || times < 1) return undefined;
  // So long a period comes to an end as little as one that is longer still.
  return { startTime: start, periodMs: Math.min(unit * times, latestMs) };
}

/** AEP's clock and ours may differ, so that a run can seem to start a little before it is due. */
function slackOf({ periodMs }: Schedule): number {
  return periodMs === undefined ? minuteMs : Math.min(2 * minuteMs, periodMs / 10);
}

/** The first time a run is due after one that started at `lastStart`. Undefined where no more is to come. */
export function nextDue(schedule: Schedule, lastStart: number | undefined): number | undefined {
  const { startTime, periodMs } = schedule;
  const after = (lastStart ?? -Infinity) + slackOf(schedule);
  if (after < startTime) return startTime;
  if (periodMs === undefined) return undefined;
  const due = startTime + (Math.floor((after - startTime) / periodMs) + 1) * periodMs;
  return due <= latestMs ? due : undefined;
}

/** How long after a due time its run may start before it is overdue: half a period, 10 minutes to 2 hours. */
export function graceOf({ periodMs = Infinity }: Schedule): number {
  return Math.min(Math.max(periodMs / 2, 10 * minuteMs), 120 * minuteMs);
}

/** How many runs should have come from `due` to `time`. */
export function missedRuns({ periodMs }: Schedule, due: number, time: number): number {
  if (time < due) return 0;
  return periodMs === undefined ? 1 : Math.floor((time - due) / periodMs) + 1;
}
