import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether there is a Python with pip that is young enough for the packages our tests want. */
export const hasPython =
  spawnSync('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']).status ===
  0;

/**
 * A Python with these packages from PyPI, in an environment that is made once per checkout. Returns the path of its
 * interpreter. A group stands for one call of pip: `['--no-deps', 'aepp==0.6.0']`.
 */
export async function pythonWith(...groups: string[][]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(groups)).digest('hex').slice(0, 12);
  const folder = join('node_modules', '.cache', 'python', hash);
  const python = join(folder, 'bin', 'python');
  const isReady = join(folder, 'ready');
  if (existsSync(isReady)) return python;
  await rm(folder, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', '--without-pip', folder]);
  const [program, ...pip] = await pipFor(python);
  for (const group of groups) {
    // Compiling everything that comes along takes longer than all the rest.
    await run(program, [...pip, 'install', '--quiet', '--no-compile', ...group]);
  }
  await writeFile(isReady, '');
  return python;
}

/**
 * The machine's pip installs into other environments too, if it is of 2022 or younger: to give each a pip of its own takes
 * more of the machine than most packages do.
 */
async function pipFor(python: string): Promise<[program: string, ...args: string[]]> {
  const ofMachine = ['-m', 'pip', '--python', python];
  const isLent = await run('python3', [...ofMachine, '--version']).then(
    () => true,
    () => false,
  );
  if (isLent) return ['python3', ...ofMachine];
  await run(python, ['-m', 'ensurepip']);
  return [python, '-m', 'pip'];
}
