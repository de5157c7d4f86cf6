import { numberOption, readOptions } from '../../dev/options.ts';
import { measureFleet } from './fleet.ts';
import { measureIdleDays, measureYear, quiet } from './year.ts';

const help = `Usage: npm run bench -- watch [options]

Watches many hourly flows of the emulator on a development server, with one worker, and measures calls to AEP,
events, bytes, memory, and how long it takes from a run's end to its verdict. The figures go to bench/results/watch.json.

  --flows N             watched flows (default: 10000)
  --minutes N           for how many minutes runs are counted (default: 10)
  --overdue N           flows that become overdue while AEP is away for as long (default: a tenth of --flows)
  --looks-per-second N  of the watchers' own looks (default: 10, as of every worker)
  --year                instead: a year of one flow that runs every 15 minutes, on a server that skips time, with
                        everything that can go wrong. Exits with 1 unless each run was judged once. Takes minutes.
  --days N              a shorter year (default: 365)
  --help                this text`;

export async function run(): Promise<number> {
  const options = readOptions(help, {
    flows: { type: 'string' },
    minutes: { type: 'string' },
    overdue: { type: 'string' },
    'looks-per-second': { type: 'string' },
    year: { type: 'boolean' },
    days: { type: 'string' },
  });
  const flows = numberOption('flows', options.flows) ?? 10_000;
  const minutes = numberOption('minutes', options.minutes) ?? 10;
  const overdue = numberOption('overdue', options.overdue) ?? Math.floor(flows / 10);
  const looksPerSecond = numberOption('looks-per-second', options['looks-per-second']) ?? 10;
  const days = numberOption('days', options.days) ?? 365;
  if (options.year) {
    quiet();
    await measureIdleDays(60);
    return (await measureYear(days)) ? 0 : 1;
  }
  await measureFleet({ flows, minutes, overdue, looksPerSecond });
  return 0;
}
