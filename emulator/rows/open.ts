/** All that `--data` brings, loaded only where it is asked for: no other start waits for it. */
import type { Sandbox } from '../world.ts';
import { DataFolder } from './data-folder.ts';
import { RunRows } from './run-rows.ts';

export type Rows = { folder: DataFolder; ofRuns: (sandbox: Sandbox) => RunRows };

/** @throws Error that names everything in the folder that cannot be read. */
export async function openRows(path: string): Promise<Rows> {
  const folder = await DataFolder.open(path);
  return { folder, ofRuns: (sandbox) => new RunRows(sandbox, folder) };
}
