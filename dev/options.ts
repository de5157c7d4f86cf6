import { resolve } from 'node:path';
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

/** A path that an option was given, from where npm was called: it runs scripts in the package's folder. */
export const pathOption = (path: string): string => resolve(process.env.INIT_CWD ?? '', path);

/** A number that an option was given, 0 or more; undefined where the option is absent. */
export function numberOption(name: string, text: string | undefined): number | undefined {
  return wanted(name, 'a number, 0 or more', text, (value) => Number.isFinite(value) && value >= 0);
}

/** A TCP port that an option was given, 0 for a free one; undefined where the option is absent. */
export function portOption(name: string, text: string | undefined): number | undefined {
  const isPort = (value: number) => Number.isInteger(value) && value >= 0 && value <= 65_535;
  return wanted(name, 'a port between 0 and 65535', text, isPort);
}

/**
 * Which parts of a whole an option names, comma-separated, in the order in which the whole has them; all where it is absent.
 * @throws UsageError where it names another.
 */
export function partsOption<Part extends string>(all: readonly Part[], text: string = all.join()): Part[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !all.some((part) => part === name));
  if (unknown.length > 0)
    throw new UsageError(`There is no part ${unknown.join(', ')}. There are: ${all.join(', ')}.`);
  return all.filter((part) => names.includes(part));
}

function wanted(name: string, what: string, text: string | undefined, fits: (value: number) => boolean) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && fits(value)) return value;
  throw new UsageError(`--${name} must be ${what}, not ${JSON.stringify(text)}`);
}
