import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { compact } from './compact.ts';
import { shapes } from './shapes.ts';
import { startStages } from './stage.ts';

/**
 * Records the histories that `test/replay.test.ts` replays: plays every shape once on a real Temporal server, against
 * the emulator, and writes one file for each. To be run when a release is made, and when a shape is new; then a change
 * of the workflows that running ones would not survive shows in the tests. With names, records only those.
 */
async function main(names: string[]): Promise<void> {
  const chosen = names.length > 0 ? names : Object.keys(shapes);
  const unknown = chosen.filter((name) => !shapes[name]);
  if (unknown.length > 0)
    throw new Error(`No shape ${unknown.join(', ')}: there are ${Object.keys(shapes).join(', ')}`);

  await using parts = new AsyncDisposableStack();
  const stageOf = await startStages(parts, chosen);
  const folder = new URL('./recorded/', import.meta.url);
  await mkdir(folder, { recursive: true });
  if (names.length === 0) for (const file of await readdir(folder)) await rm(new URL(file, folder));
  for (const name of chosen) {
    const played = await within(name, shapes[name]!(stageOf(name)));
    const history = await played.fetchHistory();
    await writeFile(new URL(`${name}.json`, folder), compact(history));
    console.log(`${name}: ${history.events?.length} events`);
  }
}

/** A shape that does not come to its end must not hold up whoever records. */
function within<Value>(name: string, playing: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${name} did not end within a minute`)), 60_000);
  return Promise.race([playing, promise]).finally(() => clearTimeout(timer));
}

await main(process.argv.slice(2));
process.exit(0);
