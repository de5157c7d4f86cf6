/**
 * Dates of Data Prep: format strings with Java's letters, and the forms that a text is matched with where no format is
 * said [page on data handling]. A date is kept as the ISO 8601 text that the samples show.
 */
import { createRequire } from 'node:module';
import type * as luxon from 'luxon';
import { momentOf } from '../rows/moments.ts';

// Loaded with the first date that is not ISO 8601 by itself: no start waits for it.
const load = createRequire(import.meta.url);
const zones = (): typeof luxon => load('luxon') as typeof luxon;

/** In this order: the first that fits counts. */
const documented = [
  'yyyy-MM-dd HH:mm:ssZ',
  'yyyy-MM-dd HH:mm:ss.SSSZ',
  'yyyy-MM-dd HH:mm:ss.SSS',
  "yyyy-MM-dd'T'HH:mm:ss.SSSX",
  "yyyy-MM-dd'T'HH:mm:ss'Z'",
  'yyyy-MM-dd',
  'yyyy/MM/dd',
  'yyyy.MM.dd',
  'yyyy-MMM-dd',
  'yyyyMMdd',
  'MM-dd-yyyy',
  'MMddyyyy',
  'M/dd/yyyy',
  'dd.M.yyyy',
  'M/dd/yyyy hh:mm:ss a',
  'dd.M.yyyy hh:mm:ss a',
  'dd.MMM.yyyy',
  'dd-MMM-yyyy',
];

/** Java's letters that are other ones in Luxon; those of the same meaning are in `same`. */
const letters: Record<string, (count: number) => string> = {
  y: (count) => (count === 2 ? 'yy' : count >= 4 ? 'yyyy' : 'y'),
  Y: (count) => (count === 2 ? 'kk' : 'kkkk'),
  w: (count) => (count === 1 ? 'W' : 'WW'),
  D: (count) => (count >= 3 ? 'ooo' : 'o'),
  E: (count) => (count >= 4 ? 'EEEE' : 'EEE'),
  u: () => 'E',
  S: (count) => (count > 3 ? 'u' : count === 3 ? 'SSS' : 'S'),
  Z: () => 'ZZZ',
  X: (count) => (count === 3 ? 'ZZ' : 'ZZZ'),
  z: () => 'z',
  V: () => 'z',
};
const same = 'GMLdHhmsaq';

/** @throws Error that names a letter the emulator cannot work with. */
function formatOf(java: string): string {
  return java.replaceAll(/'[^']*'|([A-Za-z])\1*/g, (part, letter: string | undefined) => {
    if (letter === undefined) return part;
    if (same.includes(letter)) return part;
    const other = Object.hasOwn(letters, letter) ? letters[letter] : undefined;
    if (other === undefined) throw new Error(`the emulator can't work out the date format letter ${letter}`);
    return other(part.length);
  });
}

/** Written like the samples: without milliseconds where there are none. */
export const written = (date: luxon.DateTime): string => date.toISO({ suppressMilliseconds: true }) ?? '';

function matching(text: string, java: string): luxon.DateTime | undefined {
  // X takes a Z for UTC, which Luxon's offsets do not.
  const format = formatOf(java);
  const read = /X/.test(java) ? text.replace(/Z$/, format.endsWith('ZZZ') ? '+0000' : '+00:00') : text;
  try {
    const date = zones().DateTime.fromFormat(read, format, { zone: 'utc', setZone: true, locale: 'en-US' });
    return date.isValid ? date : undefined;
  } catch {
    // Units that do not go together, such as the week's year (YYYY) with a month.
    return undefined;
  }
}

/** @throws Error where the text is no date, in this form or in any that Data Prep knows. */
export function dateOf(value: string | number, java?: string): luxon.DateTime {
  const { DateTime } = zones();
  if (typeof value === 'number') return DateTime.fromMillis(value, { zone: 'utc' });
  const text = value.trim();
  if (java !== undefined) {
    const date = matching(text, java);
    if (date === undefined) throw new Error(`"${shortened(text)}" is no date of the form ${java}`);
    return date;
  }
  if (momentOf(text) !== undefined) {
    const iso = text.replace(/^(\S+) (?=\d)/, '$1T').replace(/ (?=[-+Z])/, '');
    return DateTime.fromISO(iso, { zone: 'utc', setZone: true });
  }
  for (const format of documented) {
    const date = matching(text, format);
    if (date !== undefined) return date;
  }
  throw new Error(
    `"${shortened(text)}" is no date in a form that Data Prep knows: say its format with date(…)`,
  );
}

/** Whether a text may become a date without an expression. */
export function isDate(text: string): boolean {
  return (
    momentOf(text) !== undefined || documented.some((format) => matching(text.trim(), format) !== undefined)
  );
}

/** @throws Error that names a letter the emulator cannot work with. */
export function formatDate(date: luxon.DateTime, java: string): string {
  const text = date.toFormat(formatOf(java), { locale: 'en-US' });
  return /X/.test(java) && date.offset === 0 ? text.replace(/\+00:?00$/, 'Z') : text;
}

/** @throws Error where there is no such zone. */
export function inZone(date: luxon.DateTime, zone: string): luxon.DateTime {
  const moved = date.setZone(zone);
  if (!moved.isValid) throw new Error(`"${shortened(zone)}" is no time zone`);
  return moved;
}

/** @throws Error where there is no such day or time. */
export function dateFrom(parts: luxon.DateObjectUnits, zone: string): luxon.DateTime {
  const date = zones().DateTime.fromObject(parts, { zone });
  if (!date.isValid) throw new Error(`there is no such date: ${date.invalidExplanation ?? zone}`);
  return date;
}

export const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
