import { readFileSync } from 'node:fs';

/** A definition of `examples/`, under a name of its own. */
export function example(
  file: string,
  changes: { name: string } & Record<string, unknown>,
): Record<string, unknown> {
  const text = readFileSync(new URL(`../../examples/${file}.json`, import.meta.url), 'utf8');
  return { ...(JSON.parse(text) as Record<string, unknown>), ...changes };
}
