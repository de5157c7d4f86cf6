/** A folder of a test's own for `data`, gone when its file is done. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { atFileEnd } from '../support/file-end.ts';

export type DataFiles = Record<string, string | Uint8Array>;

export function dataFolder(files: DataFiles): { path: string; write: (files: DataFiles) => void } {
  const path = mkdtempSync(join(tmpdir(), 'aep-emulator-data-'));
  atFileEnd(() => rmSync(path, { recursive: true, force: true }));
  const write = (changed: DataFiles): void => {
    for (const [name, content] of Object.entries(changed)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    }
  };
  write(files);
  return { path, write };
}
