import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { readOptions } from '../../dev/options.ts';
import { loadWorkflowCode, type WorkflowCode } from '../../test/simulation/simulated-worker.ts';
import { keep } from '../lib/results.ts';
import { writePages } from '../report/pages.ts';
import { creates, faults, lagsMs, type Fault } from './cells.ts';
import { pairRowOf, type PairRow } from './pairs.ts';
import { playCell } from './play-cell.ts';

const help = `Usage: npm run bench -- matrix

Spoils every create of a dataflow in every way, at every point, with every list lag, one by one; and once more in every
way when it is sent again: in the simulation, with the default bounds. Writes bench/results/matrix.json and
matrix-pairs.json, and their parts of docs/reliability.md.

  --help  this text`;

/** One fault at one point: per create and lag, how long the dataflow took, and what went wrong. */
export interface Row {
  fault: string;
  point: string;
  cells: { create: string; lagMs: number; seconds: number; beyond: boolean; violations: string[] }[];
}

export async function run(): Promise<number> {
  readOptions(help, {});
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-bench-'));
  const rows: Row[] = [];
  const pairs: PairRow[] = [];
  try {
    const bundle = join(folder, 'workflows.js');
    await bundleWorkflows(bundle);
    const code = await loadWorkflowCode(readFileSync(bundle, 'utf8'));
    for (const fault of faults) rows.push(await rowOf(fault, code));
    for (const fault of faults) pairs.push(await pairRowOf(fault, code));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  keepRows('matrix.json', rows);
  keepRows('matrix-pairs.json', pairs);
  writePages();
  const cells = [...rows, ...pairs].flatMap((row): { violations: string[] }[] => row.cells);
  const wrong = cells.filter(({ violations }) => violations.length > 0);
  console.log(`${cells.length} cells, ${wrong.length} of them wrong`);
  return wrong.length === 0 ? 0 : 1;
}

function keepRows(file: string, rows: object[]): void {
  keep(file, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
}

async function rowOf({ name, point, how }: Fault, code: WorkflowCode): Promise<Row> {
  const cells: Row['cells'] = [];
  for (const { name: create, shelf, nth } of creates) {
    for (const lagMs of lagsMs) {
      const cell = {
        generation: 'older' as const,
        listLagMs: lagMs,
        faults: [{ verb: 'create' as const, shelf, nth, how }],
      };
      const { ms, beyond, violations } = await playCell(cell, code);
      cells.push({ create, lagMs, seconds: Math.round(ms / 100) / 10, beyond, violations });
    }
  }
  return { fault: name, point, cells };
}
