import { Stryker } from '@stryker-mutator/core';
import { readFile } from 'node:fs/promises';
import { isNamed } from './survivors.ts';

/** Rooms whose own tests have to notice every fault: `src/plan` by those in `test/plan`. */
const pure = ['plan', 'explore', 'xdm', 'runs', 'resources', 'families', 'data-prep', 'definition'];
const leastKilled = 95;

type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/**
 * Puts small faults into a room, one at a time, and runs the tests of the room that come past them: what survives is
 * something that no test states. Tells how many were killed, and each survivor that `survivors.ts` does not name.
 * @param target a room, or a file of one, such as `plan` or `plan/digest.ts`.
 * @returns whether enough were killed, and all others are named.
 */
async function mutate(target: string): Promise<boolean> {
  const [room] = target.split('/');
  const isFile = target.endsWith('.ts');
  const stryker = new Stryker({
    mutate: [`src/${target}${isFile ? '' : '/**/*.ts'}`],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutants/vitest.config.ts', dir: `test/${room}`, related: false },
    coverageAnalysis: 'perTest',
    // What runs only while a module loads (tables, schemas) would each take all the tests of the room.
    ignoreStatic: true,
    concurrency: Number(process.env['MUTANTS_AT_ONCE'] ?? 1),
    // A run that ends too late counts as a fault that was noticed, and beside other work a good one takes a while.
    timeoutMS: 60_000,
    dryRunTimeoutMinutes: 30,
    // Stryker would read it with the API of a TypeScript that is older than ours, and need not.
    tsconfigFile: 'none',
    tempDirName: '.cache/mutants',
    ignorePatterns: ['.cache', 'dist'],
    reporters: ['progress-append-only', 'html'],
    htmlReporter: { fileName: `.cache/mutants-${room}.html` },
  });
  const mutants = await stryker.runMutationTest();
  const isKilled = ({ status }: Mutant) => status === 'Killed' || status === 'Timeout';
  const isAlive = ({ status }: Mutant) => status === 'Survived' || status === 'NoCoverage';
  const killed = mutants.filter(isKilled).length;
  const alive = await Promise.all(mutants.filter(isAlive).map(survivorOf));
  const unnamed = alive.filter((survivor) => !isNamed(survivor));
  for (const { file, line, was, becomes } of unnamed) console.log(`${file}:${line} ${was} → ${becomes}`);
  const percent = (100 * killed) / Math.max(1, killed + alive.length);
  console.log(
    `${target}: ${killed} of ${killed + alive.length} killed (${percent.toFixed(1)} %), ${unnamed.length} of ${alive.length} survivors not named`,
  );
  return percent >= leastKilled && unnamed.length === 0;
}

async function survivorOf({ fileName, location: { start, end }, replacement }: Mutant) {
  const lines = (await readFile(fileName, 'utf8')).split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column - 1);
  lines[0] = lines[0]!.slice(start.column - 1);
  const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  const file = fileName.slice(fileName.indexOf('src/'));
  return { file, line: start.line, was: inOneLine(lines.join('\n')), becomes: inOneLine(replacement) };
}

const targets = process.argv.slice(2);
let isWell = true;
for (const target of targets.length > 0 ? targets : pure) isWell = (await mutate(target)) && isWell;
process.exitCode = isWell ? 0 : 1;
