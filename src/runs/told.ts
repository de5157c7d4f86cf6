import { isObject, listOf, numberOf, objectOf } from './raw.ts';
import type { Run } from './run.ts';
import type { Told } from './watch.ts';

/** Reads what a follower told. Anybody may send a signal: what is not a run is left out, so that it can do no harm. */
export function readTold(raw: unknown): Told {
  const { readAt, lastRead, runs } = objectOf(raw);
  const looked = numberOf(lastRead);
  return {
    readAt: numberOf(readAt) ?? 0,
    ...(looked === undefined ? {} : { lastRead: looked }),
    runs: listOf(runs).filter(isRun),
  };
}

function isRun(raw: unknown): raw is Run {
  if (!isObject(raw)) return false;
  const { id, status, start, created, end, counts, errors } = raw;
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const isTime = (value: unknown) => typeof value === 'number' && Math.abs(value) < 8.64e15;
  return (
    [id, status].every(isText) &&
    [start, created, end ?? 0].every(isTime) &&
    isObject(counts) &&
    Array.isArray(errors) &&
    errors.every((error) => isObject(error) && isText(error['message']))
  );
}
