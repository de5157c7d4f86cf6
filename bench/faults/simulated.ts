import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { keepJson } from '../lib/results.ts';
import { emptyTally, print, type Tally } from './tally.ts';

/** What a process of the simulation reports. */
export type Report = { tally: Tally } | { wrong: string };

/** Plays random lives in memory, shared among processes, and prints what they came to. */
export async function simulated(wanted: {
  from: number;
  seeds: number;
  processes: number;
  keep: boolean;
}): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-bench-'));
  const started = performance.now();
  const total = emptyTally();
  try {
    const bundle = join(folder, 'workflows.js');
    await bundleWorkflows(bundle);
    await Promise.all(
      Array.from({ length: wanted.processes }, async (_, index) => {
        const share = [wanted.from + index, wanted.from + wanted.seeds, wanted.processes].map(String);
        const child = fork(fileURLToPath(new URL('./simulated-share.ts', import.meta.url)), [
          bundle,
          ...share,
        ]);
        child.on('message', (report: Report) => {
          if ('wrong' in report) return console.error(report.wrong);
          for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += report.tally[key];
          if (total.dataflows % 1_000 === 0) console.error(`${total.dataflows} of ${wanted.seeds}`);
        });
        const [code] = (await once(child, 'exit')) as [number];
        if (code !== 0) throw new Error(`A process of the simulation ended with exit code ${code}`);
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (wanted.keep) keepJson('faults-simulated', { from: wanted.from, ...total });
  return print('simulated, on a virtual clock', total, performance.now() - started);
}
