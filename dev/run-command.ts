import { spawn } from 'node:child_process';

/** How a command ended; `output` is standard output and standard error together. */
export interface Ended {
  ok: boolean;
  output: string;
}

/** Runs a command to its end, or kills it and all it started after `timeoutMs` milliseconds. Never throws. */
export function runCommand(
  command: string,
  args: string[],
  options: { timeoutMs: number; env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      // A group of its own, so that what the command started can be killed with it.
      detached: true,
    });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const kill = () => killGroup(child.pid);
    process.once('exit', kill);
    const timer = setTimeout(() => {
      output += `\ngave up after ${options.timeoutMs / 1000} s`;
      kill();
    }, options.timeoutMs);
    const end = (ended: Ended) => {
      clearTimeout(timer);
      process.off('exit', kill);
      resolve(ended);
    };
    child.once('error', (error) => end({ ok: false, output: error.message }));
    child.once('close', (code) => end({ ok: code === 0, output: output.trim() }));
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
