import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Binary } from './binaries.ts';
import { runCommand } from './run-command.ts';

/** Where the SDK downloads from. */
const origin = 'https://temporal.download/';
/** Milliseconds to wait for a first sign of life: a closed network must cost seconds, not minutes. */
const reachTimeoutMs = 3_000;
/** Longest that the download itself may take, in milliseconds. */
const downloadTimeoutMs = 180_000;

/** Has the SDK download the binary into `folder`, in a process of its own that can be killed if it hangs. */
export async function installFromSdk(binary: Binary, folder: string): Promise<string> {
  try {
    await fetch(origin, { method: 'HEAD', signal: AbortSignal.timeout(reachTimeoutMs) });
  } catch {
    throw new Error(`${origin} cannot be reached from here`);
  }
  const script = fileURLToPath(new URL('./sdk-download.ts', import.meta.url));
  const { ok, output } = await runCommand(
    process.execPath,
    [script, binary.sdkServer, `v${binary.version}`, folder],
    { timeoutMs: downloadTimeoutMs },
  );
  const [file] = await readdir(folder);
  if (!ok || file === undefined) throw new Error(output.split('\n').at(-1) || 'nothing was downloaded');
  return join(folder, file);
}
