import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type as system } from 'node:os';
import { temporalCli } from '../../dev/binaries.ts';
import { findBinary } from '../../dev/find-binary.ts';

/** Where figures were measured: they compare only with others of the same run. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
  temporal: string;
  sdk: string;
  commit: string;
  /** Average load of the minute before: what else the machine was doing. */
  loadBefore: number;
  at: string;
}

export async function describeMachine(): Promise<Machine> {
  const sdk = JSON.parse(
    readFileSync(new URL('../../node_modules/@temporalio/worker/package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const cli = execFileSync(await findBinary(temporalCli), ['--version'], { encoding: 'utf8' }).trim();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${system()} ${release().replace(/-.*/, '')}`,
    node: process.version,
    temporal: cli.replace(/^temporal version /, 'CLI '),
    sdk: sdk.version,
    commit: commit(),
    loadBefore: Number(loadavg()[0]!.toFixed(2)),
    at: new Date().toISOString().slice(0, 16),
  };
}

/** The commit that was measured; `-dirty` where the code was not as it says. */
function commit(): string {
  try {
    const head = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain', '--', '.', ':!bench/results', ':!docs') ? `${head}-dirty` : head;
  } catch {
    return 'unknown';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** One line below the figures. */
export function described(machine: Machine): string {
  const { cpu, cores, memoryGb, system, node, temporal, sdk, commit, loadBefore, at } = machine;
  return `<sub>${at.replace('T', ' ')} UTC, commit ${commit}: ${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, load ${loadBefore} before it began; Node ${node}, Temporal ${temporal}, SDK ${sdk}.</sub>`;
}
