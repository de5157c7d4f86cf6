import { z } from 'zod';

const short = /^(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m(?:in)?)? ?(?:(\d+)s)?$/;
const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Milliseconds of a duration such as `2h`, `1d 12h`, `90m` or `PT2H`; undefined where it is none, or nothing long. */
export function durationMs(text: string): number | undefined {
  const match = short.exec(text) ?? iso.exec(text);
  if (match === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const total = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  return total > 0 && Number.isSafeInteger(total) ? total : undefined;
}

/** A text that `durationMs` can read. */
export const duration = () =>
  z
    .string()
    .max(50)
    .refine((text) => durationMs(text) !== undefined, 'must be a duration such as "2h", "1d 12h" or "PT2H"');
