import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** A command line that cannot be used. The message is for the person who typed it. */
export class UsageError extends Error {
  override name = 'UsageError' as const;
}

/** Reads this process's command line. `--help` prints `help` and exits. */
export function readOptions<const T extends ParseArgsOptionsConfig>(help: string, options: T) {
  if (process.argv.includes('--help')) {
    console.log(help);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\nTry --help.`);
  }
}

/** A number that an option was given, at least `least`; undefined where the option is absent. */
export function numberOption(name: string, text: string | undefined, least = 0): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least)
    throw new UsageError(`--${name} must be a number, ${least} or more, not ${JSON.stringify(text)}`);
  return value;
}

/** A TCP port that an option was given: 0 means a free one. */
export function portOption(name: string, text: string | undefined): number | undefined {
  const port = numberOption(name, text);
  if (port !== undefined && (port > 65_535 || !Number.isInteger(port)))
    throw new UsageError(`--${name} must be a port between 0 and 65535, not ${text}`);
  return port;
}
