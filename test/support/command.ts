import { vi } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { printed, type Printed } from './printed.ts';

/** One at a time: what a command prints, its exit status and its environment are those of the process. */
let turn: Promise<unknown> = Promise.resolve();

/** Where another Temporal or AEP would be: whoever runs the tests may have them set. */
const ofOthers = /^(TEMPORAL|AEP)_/;

/**
 * Runs a command of `temporal aep` in this process: a process of its own loads all that we and Temporal's client are made of, which
 * takes longer than most commands do. What is about the process (signals, pipes, `--command-timeout`) is for `printedBy`. What
 * else in this process prints meanwhile, as a worker that logs an error, is taken for the command's.
 * @param env takes the place of every TEMPORAL_… and AEP_… in this process's environment meanwhile
 */
export function command(args: string[], env: Record<string, string>): Promise<Printed> {
  const mine = turn.then(() => run(args, env));
  turn = mine.catch(() => undefined);
  return mine;
}

async function run(args: string[], env: Record<string, string>): Promise<Printed> {
  const written = { stdout: '', stderr: '' };
  const take = (stream: keyof typeof written) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    });
  const spies = [take('stdout'), take('stderr')];
  const { exitCode } = process;
  const before = { ...process.env };
  const names = [...Object.keys(before).filter((name) => ofOthers.test(name)), ...Object.keys(env)];
  Object.assign(process, { exitCode: undefined });
  for (const name of names) delete process.env[name];
  Object.assign(process.env, env);
  try {
    await runProgram(args);
    return printed(Number(process.exitCode ?? 0), written.stdout, written.stderr);
  } finally {
    process.exitCode = exitCode;
    for (const name of names)
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    for (const spy of spies) spy.mockRestore();
  }
}
