import { numberOption, readOptions } from '../../dev/options.ts';
import { writePages } from '../report/pages.ts';
import { onRealStack } from './real-stack.ts';
import { simulated } from './simulated.ts';

const help = `Usage: npm run bench -- faults [options]

Creates dataflows while AEP, the workers and the Temporal server fail in random ways, and counts on AEP's side
what there is in the end. Exits with 1 where there is a duplicate, an orphan that nobody was told of, or a
create that needed a human.

  --seeds N      how many random lives (default: 300; with --simulated 10000)
  --from N       the first seed (default: 1). A seed is always the same life.
  --simulated    the real workflow and activity code on a virtual clock: an AEP and a Temporal server in memory
  --processes N  processes to share a simulation among (default: 2)
  --save         keep the figures in bench/results and docs/reliability.md
  --help         this text`;

export async function run(): Promise<number> {
  const options = readOptions(help, {
    seeds: { type: 'string' },
    from: { type: 'string' },
    simulated: { type: 'boolean' },
    processes: { type: 'string' },
    save: { type: 'boolean' },
  });
  const from = numberOption('from', options.from) ?? 1;
  const seeds = numberOption('seeds', options.seeds);
  const keep = options.save ?? false;
  const processes = numberOption('processes', options.processes) ?? 2;
  const code = options.simulated
    ? await simulated({ from, seeds: seeds ?? 10_000, processes, keep })
    : await onRealStack({ from, seeds: seeds ?? 300, keep });
  if (keep) writePages();
  return code;
}
