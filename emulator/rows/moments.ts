/** Texts that are moments by themselves: a database's own dates, whoever writes them out. */

const moment = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(?: ?(Z|[+-]\d{2}:?\d{2}))?)?$/;

/** Epoch ms; UTC where no offset is given. Undefined of anything else. */
export function momentOf(text: string): number | undefined {
  const [, date, time, seconds = ':00', offset = 'Z'] = moment.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const zone = offset === 'Z' || offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  const found = Date.parse(
    time === undefined ? `${date}T00:00:00Z` : `${date}T${time}${seconds.slice(0, 7)}${zone}`,
  );
  return Number.isNaN(found) ? undefined : found;
}
