import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('../../examples/', import.meta.url);

/** Every definition of `examples/`. */
export const examples = readdirSync(folder).flatMap((file) =>
  file.endsWith('.json') && !file.endsWith('.schema.json') ? [file.slice(0, -'.json'.length)] : [],
);

/** A definition of `examples/`, under a name of its own. */
export function example(
  file: string,
  changes: { name: string } & Record<string, unknown>,
): Record<string, unknown> {
  const text = readFileSync(new URL(`${file}.json`, folder), 'utf8');
  return { ...(JSON.parse(text) as Record<string, unknown>), ...changes };
}
