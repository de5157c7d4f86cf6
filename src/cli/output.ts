import { coloured } from './colour.ts';

export const formats = ['text', 'json', 'jsonl'] as const;
export type Format = (typeof formats)[number];

/** The version of what `-o json` prints: it counts up when a field goes or changes its meaning. */
export const outputVersion = 1;

/** Prints a result on standard output: for people, or as one JSON document. */
export function print(format: Format, result: object, asText: () => string): void {
  if (format === 'text') writeText(asText());
  else
    write(
      JSON.stringify({ version: outputVersion, ...result }, undefined, format === 'json' ? 2 : undefined),
    );
}

/** Prints many: for people a table, as JSON one document, or one line for each. */
export function printMany(
  format: Format,
  name: string,
  items: readonly object[],
  asText: () => string,
): void {
  if (format === 'jsonl')
    for (const item of items) write(JSON.stringify({ version: outputVersion, ...item }));
  else print(format, { [name]: items }, asText);
}

/** Tells a person on standard error what goes on, or what is wrong: standard output is the result's. */
export function tell(line: string): void {
  process.stderr.write(`${visible(line)}\n`);
}

let inColours = false;

/** Whether texts for people are coloured from now on. */
export function useColours(wanted: boolean): void {
  inColours = wanted;
}

/** Prints a text for people on standard output. */
export function writeText(text: string): void {
  const shown = visible(text);
  process.stdout.write(`${inColours ? coloured(shown) : shown}\n`);
}

/** Prints a line, or several, on standard output. */
export function write(text: string): void {
  process.stdout.write(`${visible(text)}\n`);
}

/**
 * A text as a terminal may have it: what AEP, a source or a name says can clear no screen and hide no line. Control characters
 * are written as JSON writes them, so that JSON says the same as before.
 */
export function visible(text: string): string {
  return text.replaceAll(
    /(?![\n\t])\p{Cc}/gu,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Rows in columns as wide as they must be, each on one line; the last column is cut where the terminal ends. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll(/\s*\n\s*/g, ' ')));
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const width = process.stdout.isTTY ? process.stdout.columns : Infinity;
  return all
    .map((row) => {
      const line = row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd();
      return line.length > width ? `${line.slice(0, width - 1)}…` : line;
    })
    .join('\n');
}
