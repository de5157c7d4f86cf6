import { execFile } from 'node:child_process';

/** What a program has printed, and how it ended. */
export interface Printed {
  code: number;
  stdout: string;
  stderr: string;
}

const howToLeave = /^Ctrl-C leaves this to go on\..*\n/gm;

/** Without how to leave, which is told after a second, if it takes so long: on a busy machine what is quick elsewhere does. */
export function printed(code: number, stdout: string, stderr: string): Printed {
  return { code, stdout, stderr: stderr.replaceAll(howToLeave, '') };
}

/** Runs a program to its end, whatever its exit status. */
export function printedBy(
  program: string,
  args: string[],
  options: { env: Record<string, string | undefined>; cwd?: string },
): Promise<Printed> {
  return new Promise((done) => {
    execFile(program, args, options, (error, stdout, stderr) =>
      done(printed(Number(error?.code ?? 0), stdout, stderr)),
    );
  });
}
