import { numberOption, partsOption, readOptions } from '../../dev/options.ts';
import { describeMachine } from '../lib/machine.ts';
import { writePages } from '../report/pages.ts';
import { measureAway, measurePush, measureRestart, measureStart, measureSteady } from './fleet-parts.ts';
import { startFleet } from './fleet.ts';
import { report, type Measured } from './results.ts';
import { measureIdleDays, measureYear, quiet } from './year.ts';

const parts = ['steady', 'push', 'restart', 'away', 'idle', 'year'] as const;

const usualFlows = 10_000;

const help = `Usage: npm run bench -- watch [options]

Watches many hourly flows of the emulator on a development server, with one worker, and measures calls to AEP, events,
bytes, memory, and how long it takes from a run's end to its verdict. The figures go to bench/results/watch.json.
Exits with 1 where one misses its target.

  --part NAMES          only some parts, comma-separated:
                          steady   what the runs of some minutes cost
                          push     how fast a verdict is where Adobe pushes
                          restart  a worker dies
                          away     AEP goes away, all watchers want to look, and it comes back
                          idle     what a day costs on which nothing happens, on a server that skips time
                          year     a year of one flow that runs every 15 minutes, with everything that can go
                                   wrong, on a server that skips time: whether each run was judged once
  --flows N             watched flows (default: 10000; the figures of another number are kept beside)
  --minutes N           for how many minutes runs are counted (default: 3)
  --pushes N            runs that are pushed (default: 60)
  --looks-per-second N  of the watchers' own looks (default: 40; a worker's own default of 10 spreads the first looks
                        of 10,000 watchers over 17 minutes)
  --days N              a shorter year (default: 365)
  --help                this text`;

export async function run(): Promise<number> {
  const options = readOptions(help, {
    part: { type: 'string' },
    flows: { type: 'string' },
    minutes: { type: 'string' },
    pushes: { type: 'string' },
    'looks-per-second': { type: 'string' },
    days: { type: 'string' },
  });
  const flows = numberOption('flows', options.flows) ?? usualFlows;
  const minutes = numberOption('minutes', options.minutes) ?? 3;
  const pushes = numberOption('pushes', options.pushes) ?? 60;
  const looksPerSecond = numberOption('looks-per-second', options['looks-per-second']) ?? 40;
  const days = numberOption('days', options.days) ?? 365;
  const chosen = new Set(partsOption(parts, options.part));

  quiet();
  const machine = await describeMachine();
  const missed: string[] = [];
  const tell = (measured: Measured) => void missed.push(...report(measured, machine));
  /** Beside the figures of as many as usual. */
  const tellFleet = (measured: Measured) => {
    const more = flows === usualFlows ? '' : `, ${flows.toLocaleString('en')} watchers`;
    tell({ ...measured, part: `${measured.part}${more}` });
  };
  if (chosen.has('idle')) tell(await measureIdleDays(30));
  if (chosen.has('year')) tell(await measureYear(days));
  if (chosen.has('steady') || chosen.has('push') || chosen.has('restart') || chosen.has('away')) {
    await using stack = new AsyncDisposableStack();
    const fleet = await startFleet(stack, { flows, looksPerSecond });
    tellFleet(await measureStart(fleet));
    if (chosen.has('steady')) tellFleet(await measureSteady(fleet, minutes));
    if (chosen.has('push')) tellFleet(await measurePush(fleet, pushes));
    if (chosen.has('restart')) tellFleet(await measureRestart(fleet));
    if (chosen.has('away')) tellFleet(await measureAway(fleet, { looksPerSecond }));
  }
  writePages();
  for (const target of missed) console.log(`Missed: ${target}`);
  return missed.length > 0 ? 1 : 0;
}
