import type { Emulator, Settings } from '../../emulator/emulator.ts';
import { emulatorInMemory } from '../../emulator/in-memory.ts';
import type { VirtualClock } from './virtual-clock.ts';

const url = 'http://aep.simulated';

export interface NetworkOptions {
  /** Its own latency would pass in real time. */
  emulator?: Partial<Omit<Settings, 'latencyMs'>>;
  /** Milliseconds of a request, there and back. Default: 20. */
  latencyMs?: number;
}

/** An emulator in memory, to which each `fetch` of this process leads from now on. */
export function installEmulator(clock: VirtualClock, { emulator, latencyMs = 20 }: NetworkOptions): Emulator {
  const { control, handle } = emulatorInMemory({ baseConnectionIds: 'shared', ...emulator });
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, headers, signal } = request;
    const body = await clock.outsideTime(() => request.arrayBuffer());
    const sent = { method, url: new URL(request.url), headers, bytes: Buffer.from(body) };
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
        clock
          .outsideTime(() => handle(sent, answered, lost))
          .catch((error: unknown) => {
            console.error('The emulator failed on a request:', error);
            lost(new TypeError('fetch failed', { cause: error }));
          });
      };
      // On its way it is nobody's: it arrives also where its process has died.
      clock.after(latencyMs / 2, arrive, 'nobody');
    });
  };
  return {
    url,
    control,
    unplug: notHere,
    plugIn: notHere,
    close: async () => undefined,
  };
}

async function notHere(): Promise<void> {
  throw new Error('On a stage the emulator is always there');
}
