/** `npm run emulator`: Adobe Experience Platform on localhost until it is interrupted. */
import { parseArgs } from 'node:util';
import { flags, help, setFlag, UsageError } from './cli-options.ts';
import type { CommandLine } from './cli-options.ts';
import { startEmulator } from './emulator.ts';
import type { Emulator } from './emulator.ts';

function readCommandLine(args: string[]): CommandLine | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean' as const },
      ...Object.fromEntries(
        Object.keys(flags).map((name) => [name, { type: 'string', multiple: true } as const]),
      ),
    },
  });
  const given: Record<string, string[] | boolean | undefined> = values;
  if (given.help === true) return 'help';
  const line: CommandLine = { faults: [] };
  for (const name of Object.keys(flags)) {
    for (const text of [given[name] ?? []].flat()) setFlag(line, name, `${text}`);
  }
  return line;
}

async function main(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2));
  if (line === 'help') {
    console.log(help());
    return;
  }
  let emulator: Emulator | undefined;
  const stop = (): void => {
    // Interrupted a second time, or before there is anything to close: go at once.
    if (emulator === undefined) process.exit(0);
    void emulator.close();
    emulator = undefined;
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);

  const { faults, ...options } = line;
  emulator = await startEmulator(options);
  for (const fault of faults) emulator.control.addFault(fault);
  console.log(
    `AEP is emulated on ${emulator.url} (the token endpoint too). Its levers: ${emulator.url}/_emulator`,
  );
}

try {
  await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage ? `${message} Try --help.` : message);
  process.exitCode = isUsage ? 2 : 1;
}
