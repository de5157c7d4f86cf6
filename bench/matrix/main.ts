import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflows } from '../../dev/bundle-workflows.ts';
import { readOptions } from '../../dev/options.ts';
import { play } from '../../test/create-once/simulation/play.ts';
import { loadWorkflowCode, type WorkflowCode } from '../../test/create-once/simulation/simulated-worker.ts';
import { keep } from '../lib/results.ts';
import { writePages } from '../report/pages.ts';
import { creates, faults, lagsMs } from './cells.ts';

const help = `Usage: npm run bench -- matrix

Spoils every create of a dataflow in every way, at every point, with every list lag, one by one: in the simulation,
with the default bounds. Writes bench/results/matrix.json and its part of docs/reliability.md.

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
  try {
    const bundle = join(folder, 'workflows.js');
    await bundleWorkflows(bundle);
    const code = await loadWorkflowCode(readFileSync(bundle, 'utf8'));
    for (const fault of faults) rows.push(await rowOf(fault, code));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  keep('matrix.json', `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
  writePages();
  const cells = rows.flatMap((row) => row.cells);
  const wrong = cells.filter(({ violations }) => violations.length > 0);
  console.log(`${cells.length} cells, ${wrong.length} of them wrong`);
  return wrong.length === 0 ? 0 : 1;
}

async function rowOf({ name, point, how }: (typeof faults)[number], code: WorkflowCode): Promise<Row> {
  const cells: Row['cells'] = [];
  for (const { name: create, shelf, nth } of creates) {
    for (const lagMs of lagsMs) {
      const played = await play(
        {
          seed: 1,
          generation: 'older',
          name: 'orders',
          foreign: true,
          workers: 2,
          aep: {
            httpTimeoutMs: 8_000,
            lateCommitMs: 10_000,
            listLagMs: lagMs,
            flickering: false,
            mappingSetNames: 'kept',
            titleTakenNamesIt: true,
            latencyMs: 300,
          },
          temporal: { latencyMs: 4, visibilityLagMs: 100, visible: true, knowsTimeoutTypes: true },
          faults: [{ verb: 'create', shelf, nth, how }],
          incidents: [],
          acts: [],
        },
        code,
        { httpTimeoutMs: 8_000, lateCommitMs: 10_000, listLagMs: 10_000 },
      );
      const { ms, beyond, violations } = played;
      cells.push({ create, lagMs, seconds: Math.round(ms / 100) / 10, beyond, violations });
    }
  }
  return { fault: name, point, cells };
}
