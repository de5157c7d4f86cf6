import { exitCodes, type ExitCode } from './exit-codes.ts';
import { tell } from './output.ts';

/** A command ended before what it waited for: by Ctrl-C, or by `--command-timeout`. What it has begun in Temporal goes on. */
export class Left extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What goes on in Temporal just now, as the command line that shows it again. One command runs at a time. */
let goingOn: string | undefined;

/** What is done sooner nobody leaves. Milliseconds. */
const sayAfterMs = 1000;

/**
 * Waits for what goes on in Temporal whether we wait or not. That is told soon, not only to who leaves: at Ctrl-C the Temporal
 * CLI kills an extension that it has begun.
 * @param comeBack the command line that shows it again
 */
export async function goesOn<Result>(comeBack: string, wait: () => Promise<Result>): Promise<Result> {
  goingOn = comeBack;
  const timer = setTimeout(() => tell(`Ctrl-C leaves this to go on. See it again: ${comeBack}`), sayAfterMs);
  try {
    return await wait();
  } finally {
    clearTimeout(timer);
    // Who has left may have begun something else by now.
    if (goingOn === comeBack) goingOn = undefined;
  }
}

/**
 * Does work until it is done, or Ctrl-C or the time comes before.
 * @param timeoutMs milliseconds; 0 is no bound
 * @param spentMs how much of that is over
 * @throws Left
 */
export async function untilLeft<Result>(
  work: Promise<Result>,
  timeoutMs: number,
  spentMs = 0,
): Promise<Result> {
  let onInterrupt = () => {};
  let timer: NodeJS.Timeout | undefined;
  const left = new Promise<never>((_, reject) => {
    const leave = (why: string, exitCode: ExitCode) => {
      const told = goingOn === undefined ? '' : ` It goes on without you. See it again: ${goingOn}`;
      reject(new Left(`${why}.${told}`, exitCode));
    };
    onInterrupt = () => leave('Left by Ctrl-C', exitCodes.detached);
    if (timeoutMs > 0)
      timer = setTimeout(
        () => leave(`Not done within ${timeoutMs / 1000} s (--command-timeout)`, exitCodes.error),
        Math.max(1, timeoutMs - spentMs),
      );
  });
  process.once('SIGINT', onInterrupt);
  try {
    return await Promise.race([work, left]);
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', onInterrupt);
    goingOn = undefined;
  }
}
