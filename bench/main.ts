// npm run bench -- <subcommand>: measurements, and proofs that take longer than tests may.
const subcommands: Record<string, { about: string; load: () => Promise<{ run: () => Promise<number> }> }> = {
  create: {
    about: 'one dataflow, beside a bare workflow, a graph in memory, a script and the limit',
    load: () => import('./create.ts'),
  },
  many: {
    about: 'many dataflows at once, beside a workflow of the same shape that does nothing',
    load: () => import('./many.ts'),
  },
  cost: {
    about: 'calls, events, bytes and billable actions of a dataflow and of a watched run',
    load: () => import('./cost.ts'),
  },
  sandbox: {
    about: 'a whole sandbox planned together, beside as many single plans, and applied',
    load: () => import('./sandbox.ts'),
  },
  cold: { about: 'from nothing to a worker that polls, and the demo', load: () => import('./cold.ts') },
  judge: {
    about: 'CPU to judge the largest definitions, right and wrong ones',
    load: () => import('./judge.ts'),
  },
  explore: {
    about: 'a wide table explored, and a definition suggested: calls, and time beyond AEP',
    load: () => import('./explore.ts'),
  },
  recovery: {
    about: 'killed half-way: how long until the flow exists',
    load: () => import('./recovery.ts'),
  },
  faults: {
    about: 'random lives under faults: counts duplicates, orphans and human steps',
    load: () => import('./faults/main.ts'),
  },
  league: {
    about: 'the same creates under the same faults, by us and by how others do it',
    load: () => import('./league/main.ts'),
  },
  cluster: {
    about: 'on a full Temporal server with PostgreSQL: bursts, kills, watchers',
    load: () => import('./cluster/main.ts'),
  },
  report: {
    about: 'puts the results kept in bench/results into the docs',
    load: () => import('./report/main.ts'),
  },
  matrix: {
    about: 'every create × every point × every fault × list lag, one by one',
    load: () => import('./matrix/main.ts'),
  },
  board: {
    about: 'first paint of the board with many watchers',
    load: () => import('./board.ts'),
  },
  watch: {
    about: 'many watched flows: calls to AEP, events, memory, latency; and a year of one flow',
    load: () => import('./watch/main.ts'),
  },
};

const [name = ''] = process.argv.splice(2, 1);
const chosen = subcommands[name];
if (chosen) {
  const { run } = await chosen.load();
  process.exit(await run());
}
const list = Object.entries(subcommands).map(([one, { about }]) => `  ${one.padEnd(8)} ${about}`);
console.log(`Usage: npm run bench -- <subcommand> [options]\n\n${list.join('\n')}\n\nEach takes --help.`);
process.exit(name === '' || name === '--help' ? 0 : 1);
