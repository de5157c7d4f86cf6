/**
 * A text as far as it is told: at most `limit` characters, the last of them `…` where there was more. A character is a
 * code point. Half of one (`slice` leaves such, and others may send it) is no text: strict readers refuse JSON that holds
 * it, and it cannot be written in UTF-8.
 */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text.toWellFormed();
  // As many code units as surely hold one character more than may stay: the text may be a megabyte long.
  const characters = Array.from(text.slice(0, 2 * limit + 1).toWellFormed());
  if (characters.length <= limit) return characters.join('');
  return `${characters.slice(0, limit - 1).join('')}…`;
}

/** A value as JSON, as far as it is told. */
export function cutJson(value: unknown, limit: number): string {
  return cut(JSON.stringify(value) ?? 'nothing', limit);
}

/** Names as far as they are told: twenty of them, and how many there are besides. */
export function tellSome(names: readonly string[]): string {
  const most = 20;
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}

/** Characters of one text in what is told to programs and kept in histories. */
export const longestText = 300;

/** A value as it is where it is small, else the beginning of its JSON. */
export function shown(value: unknown): unknown {
  const json = JSON.stringify(value) ?? '';
  return json.length > longestText ? cut(json, longestText) : value;
}
