import { isObject, listOf, numberOf, objectOf } from './raw.ts';
import type { Run } from './run.ts';
import type { Told } from './watch.ts';

/**
 * Reads what a follower told. Anybody may send a signal: what is not a run is left out, and nobody has looked in the
 * future, so that it can do no harm. `now`: epoch milliseconds.
 */
export function readTold(raw: unknown, now: number): Told {
  const { readAt, lastRead, runs } = objectOf(raw);
  const looked = timeOf(lastRead, now);
  return {
    readAt: timeOf(readAt, now) ?? 0,
    ...(looked === undefined ? {} : { lastRead: looked }),
    runs: listOf(runs).filter(isRun),
  };
}

function isRun(raw: unknown): raw is Run {
  if (!isObject(raw)) return false;
  const { id, status, start, created, end, counts, errors } = raw;
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const isTime = (value: unknown) => typeof value === 'number' && Math.abs(value) < 8.64e15;
  const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
  return (
    [id, status].every(isText) &&
    [start, created, end ?? 0].every(isTime) &&
    isObject(counts) &&
    Object.values(counts).every(isCount) &&
    Array.isArray(errors) &&
    errors.every(
      (error) =>
        isObject(error) && isText(error['message']) && (error['code'] === undefined || isText(error['code'])),
    )
  );
}

function timeOf(raw: unknown, now: number): number | undefined {
  const time = numberOf(raw);
  return time === undefined ? undefined : Math.min(Math.max(0, time), now);
}
