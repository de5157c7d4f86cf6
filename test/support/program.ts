import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { atFileEnd } from './file-end.ts';
import { waitFor } from './wait-for.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A program of ours that a test has started, in the project's folder. */
export interface Program {
  pid: number;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code; null where a signal ended it. */
  ended: Promise<number | null>;
  /** Waits until standard output matches, and answers with what matched. Fails when the program ends before. */
  prints(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a TypeScript file of ours. It is killed when the test file is over, if it still runs. */
export function startProgram(script: string, args: string[] = [], env: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let running = true;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => {
    running = false;
    return code as number | null;
  });
  atFileEnd(() => running && child.kill('SIGKILL'));
  return {
    pid: child.pid!,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    prints: (pattern, timeoutMs = 45_000) =>
      waitFor(
        `${script} to print ${String(pattern)}`,
        () => {
          const match = stdout.match(pattern);
          if (!match && !running) throw new Ended(`${script} ended before: ${stdout}${stderr}`);
          return match ?? undefined;
        },
        timeoutMs,
      ),
    kill: (signal) => void child.kill(signal),
  };
}

class Ended extends Error {}

/** The processes that a process has started, and theirs. */
export function descendants(pid: number): number[] {
  const all = processes();
  const below = (parent: number): number[] =>
    all.filter(({ ppid }) => ppid === parent).flatMap((one) => [one.pid, ...below(one.pid)]);
  return below(pid);
}

/** Which of these processes still run. One that has ended and is only not collected yet does not. */
export function alive(pids: number[]): number[] {
  const running = new Set(processes().map(({ pid }) => pid));
  return pids.filter((pid) => running.has(pid));
}

function processes(): { pid: number; ppid: number }[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([pid, ppid]) => ({ pid: Number(pid), ppid: Number(ppid) }));
}
