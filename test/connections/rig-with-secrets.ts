import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmulatorOptions } from '../../emulator/emulator.ts';
import { startRig, type Rig } from '../support/rig.ts';

/** A rig whose workers have a directory of secrets. */
export interface RigWithSecrets extends Rig {
  /** Puts a secret where a definition can refer to it, and returns the reference. */
  keep(name: string, secret: string): Promise<{ secret: string }>;
}

export async function startRigWithSecrets(emulator: EmulatorOptions): Promise<RigWithSecrets> {
  const directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  const rig = await startRig({ emulator, env: { AEP_SECRETS_DIR: directory } });
  return {
    ...rig,
    async keep(name, secret) {
      await writeFile(join(directory, name), `${secret}\n`);
      return { secret: `file:${join(directory, name)}` };
    },
    async close() {
      await rig.close();
      await rm(directory, { recursive: true });
    },
  };
}
