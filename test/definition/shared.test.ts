import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The rooms of which workflows share modules: see `src/worker/workflow-code.ts`. */
const rooms = ['families', 'definition', 'resources', 'xdm', 'explore', 'runs', 'plan'];
const src = new URL('../../src/', import.meta.url);
const files = rooms.flatMap((room) =>
  readdirSync(new URL(room, src), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${room}/${file}`),
);

// What shared modules export is frozen, and zod writes into the pattern that it tests with: that would fail a workflow task for ever.
test.each(files)('%s exports no regular expression', async (file) => {
  const module = (await import(new URL(file, src).href)) as Record<string, unknown>;
  expect(Object.keys(module).filter((name) => module[name] instanceof RegExp)).toEqual([]);
});
