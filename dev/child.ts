import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of the local stack. It ends with ours, whatever way ours ends. */
export interface Child {
  pid: number;
  /** Resolves when the process has ended, with a sentence that says how. Never rejects. */
  ended: Promise<string>;
  /** The last lines that it printed, for error messages. */
  lastOutput(): string;
  /** Asks it to end (SIGTERM), kills it after `graceMs` milliseconds, and waits until it is gone. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a process. `onOutput` gets what it prints, on either stream, as it comes. */
export async function startChild(
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; onOutput?: (text: string) => void } = {},
): Promise<Child> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
    // A session of its own: Ctrl-C in a terminal reaches us alone, and we end the parts in the right order.
    detached: true,
  });
  let tail = '';
  const collect = (chunk: Buffer) => {
    const text = chunk.toString();
    tail = (tail + text).slice(-4_000);
    options.onOutput?.(text);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  await once(child, 'spawn');
  const pid = child.pid!;
  await lookAfter(pid, true);
  const ended = once(child, 'exit').then(async ([code, signal]) => {
    await lookAfter(pid, false);
    return signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
  });

  return {
    pid,
    ended,
    lastOutput: () => tail.trim().split('\n').slice(-15).join('\n'),
    async stop(graceMs) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

const alive = new Set<number>();
let reaper: ChildProcess | undefined;

async function lookAfter(pid: number, started: boolean): Promise<void> {
  if (started) alive.add(pid);
  else alive.delete(pid);

  reaper ??= startReaper();
  reaper.stdin!.write(`${JSON.stringify([...alive])}\n`);
  if (alive.size > 0) return;
  const idle = reaper;
  reaper = undefined;
  idle.ref();
  idle.stdin!.end();
  await once(idle, 'exit');
}

function startReaper(): ChildProcess {
  const started = spawn(process.execPath, [fileURLToPath(new URL('./reaper.ts', import.meta.url))], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  started.unref();
  // Gone already (killed by hand): then only our own, orderly end remains.
  started.stdin.on('error', () => undefined);
  return started;
}
