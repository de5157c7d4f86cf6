import type { Definition } from './definition.ts';
import type { Problem } from './problems.ts';

const isoWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** No dataflow starts after the year 2286; every time in milliseconds since 1970-04-26 is greater. */
const latestSeconds = 9_999_999_999;

/**
 * Seconds from "now" to a start that is as soon as possible, chosen anew for each request: AEP refuses a start that has
 * passed when the request arrives.
 */
export const startLeadSeconds = 60;

/** Epoch seconds of a start as a definition gives it, or what is wrong with it. */
export function parseStart(value: string | number): { seconds: number } | { problem: string } {
  if (typeof value === 'number') {
    if (value > latestSeconds) {
      const seconds = Math.floor(value / 1000);
      return { problem: `must be epoch seconds; ${value} looks like milliseconds: write ${seconds}` };
    }
    if (!Number.isInteger(value) || value < 0)
      return { problem: 'must be whole epoch seconds, or an ISO 8601 text' };
    return { seconds: value };
  }
  if (/^\d+$/.test(value))
    return { problem: `must be a number where epoch seconds are meant: ${value} without quotes` };
  const milliseconds = isoWithZone.test(value) && isDay(value.slice(0, 10)) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(milliseconds))
    return {
      problem: 'must be an ISO 8601 time with a time zone, such as 2030-01-31T06:00:00Z, or epoch seconds',
    };
  // Rounded up, so that a fraction of a second never moves the start before what was asked for.
  return { seconds: Math.ceil(milliseconds / 1000) };
}

/** Whether the calendar has this day: `Date.parse` takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** A start as a definition gives it: ISO 8601. Undefined where no definition can give it. @param seconds since the epoch. */
export function startText(seconds: number): string | undefined {
  return 'seconds' in parseStart(seconds)
    ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
    : undefined;
}

/** The start that the definition gives, in epoch seconds. */
export function givenStartSeconds(definition: Definition): number | undefined {
  const { startTime } = definition.schedule;
  if (startTime === undefined) return undefined;
  const start = parseStart(startTime);
  return 'seconds' in start ? start.seconds : undefined;
}

/** What is wrong with the start for a flow that is about to be made at `nowMs` (epoch milliseconds): AEP refuses the past. */
export function startProblem(definition: Definition, nowMs: number): Problem | undefined {
  const given = givenStartSeconds(definition);
  if (given === undefined || given * 1000 > nowMs) return undefined;
  const when = new Date(given * 1000).toISOString();
  return {
    field: 'schedule.startTime',
    message: `${when} has passed: give a time to come, or leave it out to start as soon as possible`,
  };
}
