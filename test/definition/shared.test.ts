import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';

/** The rooms whose modules all workflows of a worker share: see `src/worker/workflow-code.ts`. */
const rooms = [
  'families',
  'data-prep',
  'definition',
  'resources',
  'xdm',
  'explore',
  'runs',
  'plan',
  'workflows',
];
const src = new URL('../../src/', import.meta.url);
const files = rooms.flatMap((room) =>
  readdirSync(new URL(room, src), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${room}/${file}`),
);
// Here and not in the test: mutation testing would take what runs while a module loads for what the test is to notice.
const modules = await Promise.all(
  files.map(
    async (file) => [file, (await import(new URL(file, src).href)) as Record<string, unknown>] as const,
  ),
);

// What shared modules export is frozen, with all that is in it. zod writes into the pattern that it tests with, and into a schema
// when that is first used: that would fail a workflow task for ever. A function may return it.
// No workflow reads a message.
test.each(modules.filter(([file]) => file !== 'runs/notification.ts'))(
  '%s exports no regular expression and no schema',
  (_, module) => {
    expect(Object.keys(module).filter((name) => holdsWritten(module[name]))).toEqual([]);
  },
);

function holdsWritten(value: unknown, seen = new Set<unknown>()): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  if (value instanceof RegExp || value instanceof z.ZodType) return true;
  return Object.values(value).some((one) => holdsWritten(one, seen));
}

// What one workflow leaves in it, another would find: in a replay it would not be there.
test.each(files)('%s holds nothing that changes', (file) => {
  const text = readFileSync(new URL(file, src), 'utf8');
  expect(text).not.toMatch(
    /^(export )?let |^\s*static (?!readonly )|^(export )?const \w+ = \/.*\/[a-z]*g[a-z]*;/m,
  );
});
