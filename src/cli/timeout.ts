import { InvalidArgumentError } from 'commander';

const unitsMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** The longest that a timer of Node can wait. Milliseconds. */
const longestMs = 2 ** 31 - 1;

/**
 * Milliseconds of a duration as the Temporal CLI takes it: `90s`, `1h30m`, `1.5s`, `1d`. 0 is no bound there, nor here.
 * @throws InvalidArgumentError
 */
export function timeout(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (text !== '0' && (parts.length === 0 || parts.map(([part]) => part).join('') !== text))
    throw new InvalidArgumentError('It must be a duration such as 90s, 5m or 1h30m.');
  const total = parts.reduce((sum, [, number, unit]) => sum + Number(number) * unitsMs[unit!]!, 0);
  return Math.min(Math.ceil(total), longestMs);
}
