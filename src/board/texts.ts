import type { NotedHealth } from '../client.ts';

/** A number of rows or bytes as people write it. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

/** To the minute, in UTC. @param time ISO 8601 */
export function moment(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

/** @param seconds how long something takes */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 360) / 10} h`;
  return `${Math.round(seconds / 8_640) / 10} days`;
}

/** How far a time is from now, such as "3 h ago" or "in 20 min". @param now epoch milliseconds */
export function away(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1_000;
  if (Math.abs(seconds) < 60) return seconds < 0 ? 'just now' : 'within a minute';
  const far = coarse(Math.abs(seconds));
  return seconds < 0 ? `${far} ago` : `in ${far}`;
}

/** What changes every second would be read out every second. */
function coarse(seconds: number): string {
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/**
 * When the next run is due. While a flow does well its note may be some runs old: those that came since are counted on.
 * @param now epoch milliseconds
 */
export function nextDue({ verdict, nextRunDue, everySeconds }: NotedHealth, now: number): string | undefined {
  if (nextRunDue === undefined || verdict !== 'ok') return nextRunDue;
  const behind = now - Date.parse(nextRunDue);
  if (behind <= 0) return nextRunDue;
  if (everySeconds === undefined) return undefined;
  const everyMs = everySeconds * 1_000;
  return new Date(Date.parse(nextRunDue) + Math.ceil(behind / everyMs) * everyMs).toISOString();
}
