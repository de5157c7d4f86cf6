import { readOptions } from '../../dev/options.ts';
import { writePages } from './pages.ts';

const help = `Usage: npm run bench -- report

Puts what bench/results holds into docs/performance.md, docs/reliability.md and docs/watching.md, between the
marks that are there for it, and draws the pictures. Each bench does so itself when it has ended.

  --help  this text`;

export async function run(): Promise<number> {
  readOptions(help, {});
  writePages();
  return 0;
}
