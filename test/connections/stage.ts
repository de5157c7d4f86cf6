import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmulatorOptions } from '../../emulator/emulator.ts';
import { requestsIn } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';

type Json = Record<string, unknown>;

/** A rig whose workers have a directory of secrets. */
export interface Stage {
  rig: Rig;
  /** Puts a secret where a definition can refer to it, and returns the reference. */
  keep(name: string, secret: string): Promise<{ secret: string }>;
  close(): Promise<void>;
}

/** @param more environment for the workers. */
export async function startStage(
  emulator: EmulatorOptions,
  more: Record<string, string> = {},
): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  const env = { AEP_SECRETS_DIR: directory, ...more };
  const rig = await startRig({ emulator, env });
  return {
    rig,
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

/** The base connections called `Shop` that AEP has. */
export function shops({ emulator }: Pick<Rig, 'emulator'>, sandbox: string): Json[] {
  return emulator.control.resources('connections', sandbox).filter(({ name }) => name === 'Shop');
}

/** What workers asked of AEP that changes something. */
export function changesIn(rig: Pick<Rig, 'emulator'>, sandbox: string): string[] {
  return requestsIn(rig, sandbox)
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))
    .map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')}`);
}
