import { vi } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import type { Printed } from './printed.ts';

/** One at a time: what a command prints, its exit status and its environment are those of the process. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs a command of `temporal aep` in this process: a process of its own loads all that we and Temporal's client are made of, which
 * takes longer than most commands do. What is about the process (signals, pipes, `--command-timeout`) is for `printedBy`.
 * @param env is added to this process's environment meanwhile
 */
export function command(args: string[], env: Record<string, string>): Promise<Printed> {
  const mine = turn.then(() => run(args, env));
  turn = mine.catch(() => undefined);
  return mine;
}

async function run(args: string[], env: Record<string, string>): Promise<Printed> {
  const printed = { stdout: '', stderr: '' };
  const take = (stream: keyof typeof printed) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    });
  const spies = [take('stdout'), take('stderr')];
  const { exitCode } = process;
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process, { exitCode: undefined });
  Object.assign(process.env, env);
  try {
    await runProgram(args);
    return { code: Number(process.exitCode ?? 0), ...printed };
  } finally {
    process.exitCode = exitCode;
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    for (const spy of spies) spy.mockRestore();
  }
}
