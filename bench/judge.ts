import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type * as Identity from '../src/definition/identity.ts';
import type * as Parse from '../src/definition/parse.ts';
import { numberOption, readOptions, UsageError } from '../dev/options.ts';
import { large } from '../test/definition/large.ts';
import { sample } from '../test/definition/sample.ts';
import { keepJson } from './lib/results.ts';
import { quantile } from './lib/stats.ts';
import { number, table } from './lib/table.ts';

const largest = 1_000_000;
const list = <Item>(length: number, item: (index: number) => Item) =>
  Array.from({ length }, (_, i) => item(i));

/** Two that once were more than a workflow task may take: what was before is compared on them. */
const once: Record<string, () => object> = {
  '1,000 columns and 1,000 mappings in the wrong case': () => {
    const columns = list(1_000, (index) => ({ name: `Column_${index}`, type: 'string' }));
    const mapping = list(1_000, (index) => ({ source: `column_${index}`, destination: `_t.f${index}` }));
    return { ...sample, source: { ...sample.source, columns }, mapping, deltaColumn: { name: 'Column_1' } };
  },
  '60,000 unknown keys': () => ({
    ...sample,
    ...Object.fromEntries(list(60_000, (index) => [`k${index}`, 1])),
  }),
};

/** The largest of each kind besides. */
const cases: Record<string, () => object> = {
  ...Object.fromEntries(Object.entries(large).map(([name, of]) => [name, () => fitting(of)])),
  ...once,
};

/** As large as a definition may be. */
function fitting(of: (bytes: number) => object): object {
  let bytes = largest;
  while (JSON.stringify(of(bytes)).length > largest) bytes *= 0.97;
  return of(bytes);
}

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../', import.meta.url));

/** Milliseconds of CPU of a new process to judge a definition as a workflow does, and how large that is. */
async function costIn(
  checkout: string,
  name: string,
): Promise<{ ms: number; bytes: number; problems: number }> {
  const { stdout } = await execute(process.execPath, [fileURLToPath(import.meta.url), checkout, name]);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof costIn>>;
}

/** What such a process does. */
async function measure(checkout: string, name: string): Promise<void> {
  const module = (path: string) => import(join(checkout, 'src/definition', path));
  const { parseDefinition } = (await module('parse.ts')) as typeof Parse;
  const { definitionHash } = (await module('identity.ts')) as typeof Identity;
  const text = JSON.stringify(cases[name]!());
  const definition: unknown = JSON.parse(text);
  // A worker has judged definitions before.
  definitionHash(parseDefinition(sample).definition);
  let problems = 0;
  const before = process.cpuUsage();
  try {
    definitionHash(parseDefinition(definition).definition);
  } catch (error) {
    problems = (error as { problems: unknown[] }).problems.length;
  }
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ ms: (user + system) / 1_000, bytes: text.length, problems }));
}

const help = `Usage: npm run bench -- judge [--rounds N] [--other FOLDER]

How much CPU it takes to judge the largest definitions, right ones and such with as many mistakes as fit.
Writes bench/results/judge.json.

  --rounds N      how often each is judged, each time in a new process (default: 5)
  --other FOLDER  another version of this project, with its node_modules, to compare with side by side on the last two`;

export async function run(): Promise<number> {
  const options = readOptions(help, { rounds: { type: 'string' }, other: { type: 'string' } });
  const rounds = numberOption('rounds', options.rounds) ?? 5;
  const other = options.other && resolve(options.other);
  if (other && !existsSync(join(other, 'src/definition/parse.ts')))
    throw new UsageError(`--other must be a folder with this project in it, not ${options.other}`);
  const results = [];
  for (const name of Object.keys(cases)) {
    const [ours, others]: [number[], number[]] = [[], []];
    let size = { bytes: 0, problems: 0 };
    for (let round = 0; round < rounds; round++) {
      const { ms, ...rest } = await costIn(root, name);
      ours.push(ms);
      size = rest;
      if (other && once[name]) others.push((await costIn(other, name)).ms);
    }
    const median = (values: number[]) => Number(quantile(values, 0.5).toFixed(1));
    results.push({
      name,
      ...size,
      ms: median(ours),
      ...(others.length > 0 ? { otherMs: median(others) } : {}),
    });
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  keepJson('judge', { rounds, results });
  const heads = ['definition', 'kB', 'problems', 'ms of CPU', ...(other ? ['other', 'ratio'] : [])];
  const rows = results.map(({ name, bytes, problems, ms, otherMs }) => [
    name,
    number(bytes / 1_000),
    number(problems),
    number(ms),
    ...(other ? (otherMs ? [number(otherMs), (ms / otherMs).toFixed(3)] : ['', '']) : []),
  ]);
  console.log(table(heads, rows));
  return 0;
}

if (import.meta.main) await measure(process.argv[2]!, process.argv[3]!);
