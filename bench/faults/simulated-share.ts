// One process's share of a simulation: every `step`-th seed.
import { readFileSync } from 'node:fs';
import { playSeed, smallest } from '../../test/simulation/one-life.ts';
import { loadWorkflowCode } from '../../test/simulation/simulated-worker.ts';
import type { Report } from './simulated.ts';

const [bundle, from, end, step] = process.argv.slice(2) as [string, string, string, string];
const tell = (report: Report) => new Promise((resolve) => process.send!(report, undefined, {}, resolve));

const code = await loadWorkflowCode(readFileSync(bundle, 'utf8'));
for (let seed = Number(from); seed < Number(end); seed += Number(step)) {
  const { violations, duplicates, orphans, humanSteps, faults, calls, beyond } = await playSeed(seed, code);
  if (violations.length > 0) await tell({ wrong: await smallest(seed, code) });
  const tally = { dataflows: 1, faults, calls, duplicates, orphans, humanSteps, beyond: Number(beyond) };
  await tell({ tally: { ...tally, wrong: Number(violations.length > 0) } });
}
process.exit(0);
