import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Runs `fill` with an empty folder beside `target`, and moves the file that it answers with to `target`.
 * The move is one rename: another process, installing or running the same file, sees the old one or the new one whole.
 */
export async function intoCache(target: string, fill: (folder: string) => Promise<string>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), '.installing-'));
  // An interrupt ends the process without coming back here.
  const tidy = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', tidy);
  try {
    const file = await fill(folder);
    await chmod(file, 0o755);
    await rename(file, target);
  } finally {
    process.off('exit', tidy);
    await rm(folder, { recursive: true, force: true });
  }
}
