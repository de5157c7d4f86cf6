import type { Emulator, Settings } from '../../emulator/emulator.ts';
import { emulatorInMemory } from '../../emulator/in-memory.ts';
import type { VirtualClock } from './virtual-clock.ts';

const url = 'http://aep.simulated';

/** An emulator in memory, to which each `fetch` of this process leads from now on. */
export function installEmulator(
  clock: VirtualClock,
  { emulator, latencyMs = 20 }: { emulator?: Partial<Settings>; latencyMs?: number },
): Emulator {
  const { control, handle } = emulatorInMemory({ baseConnectionIds: 'shared', ...emulator });
  let isThere = true;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, headers, signal } = request;
    const sent = {
      method,
      url: new URL(request.url),
      headers,
      bytes: Buffer.from(await request.arrayBuffer()),
    };
    signal.throwIfAborted();
    // What comes back to a process that is dead by then comes back to nobody.
    const process = clock.current() ?? 'nobody';
    return new Promise((resolve, reject) => {
      const gaveUp = () => reject(signal.reason as Error);
      signal.addEventListener('abort', gaveUp, { once: true });
      const back = (end: () => void) => void clock.after(latencyMs / 2, end, process);
      const answered = (response: Response) => back(() => resolve(response));
      const lost = (error: Error) => back(() => reject(error));
      const arrive = () => {
        if (isThere) void clock.outsideTime(() => handle(sent, answered, lost));
        else lost(new TypeError('fetch failed', { cause: refused() }));
      };
      // On its way it is nobody's: it arrives also where its process has died.
      clock.after(latencyMs / 2, arrive, 'nobody');
    });
  };
  return {
    url,
    control,
    unplug: async () => void (isThere = false),
    plugIn: async () => void (isThere = true),
    close: async () => undefined,
  };
}

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
}
