import { mkdir, realpath, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellWord } from '../src/shell-word.ts';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

/**
 * A folder for a terminal's PATH, in which `temporal` is this CLI and `temporal aep` is our command, as its sources are now.
 * @returns its path
 */
export async function commandsFolder(cli: string): Promise<string> {
  const folder = fileURLToPath(new URL('../.cache/bin', import.meta.url));
  await mkdir(folder, { recursive: true });
  const node = shellWord(process.execPath);
  // In a terminal that has this folder on its PATH already, the CLI that was found there is the link itself.
  const target = await realpath(cli);
  await Promise.all([
    replaced(join(folder, 'temporal'), (at) => symlink(target, at)),
    replaced(join(folder, 'temporal-aep'), (at) =>
      writeFile(at, `#!/bin/sh\nexec ${node} ${shellWord(main)} "$@"\n`, { mode: 0o755 }),
    ),
  ]);
  return folder;
}

/** Another stack may be using it. */
async function replaced(file: string, make: (at: string) => Promise<void>): Promise<void> {
  const beside = `${file}.${process.pid}`;
  await make(beside);
  await rename(beside, file);
}
