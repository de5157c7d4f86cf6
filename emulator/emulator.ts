/** Adobe Experience Platform on localhost, in this process. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aep } from './aep.ts';
import { Control } from './control.ts';
import { controlApp } from './control-http.ts';
import { inputs, readInput } from './lever-inputs.ts';
import { Network } from './network.ts';
import { defaults } from './options.ts';
import type { Settings } from './options.ts';
import { seed } from './seeds.ts';
import { World } from './world.ts';

export type { Control, MadeRun, ResourceKind } from './control.ts';
export type { ArmedFault, Fault, FaultKind } from './faults.ts';
export type { Settings } from './options.ts';
export type { RecordedRequest, RequestFilter } from './recording.ts';
export type { Outcome, OutcomeMix, PlannedRun, RunPlan } from './runs/outcomes.ts';

export type EmulatorOptions = Partial<Settings> & {
  /** Port on 127.0.0.1; 0 takes a free one. */
  port?: number;
  /** What the emulator's clock says at the start, epoch ms; default the real time. */
  now?: number;
  /** A folder with tables and files of one's own, for the sources to have; `docs/emulator.md` says how it is laid out. */
  data?: string;
};

export type Emulator = {
  /** `http://127.0.0.1:PORT`: for AEP and for the token endpoint. */
  url: string;
  control: Control;
  /** Stops listening: connections are refused until it is plugged in again. Nothing is lost. */
  unplug(): Promise<void>;
  /** Listens again on the same port. */
  plugIn(): Promise<void>;
  close(): Promise<void>;
};

/** @throws Error where an option is wrong, or something in the folder of `data` cannot be read: all of it at once. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, now = Date.now(), data: folder, ...settings } = readInput(inputs.options, options);
  // Loaded only where it is asked for: no other start waits for it.
  const rows = folder === undefined ? undefined : await (await import('./rows/open.ts')).openRows(folder);
  const world = new World({ ...defaults, ...settings }, now, seed, rows);
  const control = new Control(world);
  const network = new Network(world, aep(world), controlApp(control));
  const server = createServer((incoming, outgoing) => {
    network.handle(incoming, outgoing).catch((error: unknown) => {
      // A client that goes away while it sends is no error of ours.
      if (!incoming.destroyed) console.error('The emulator failed on a request:', error);
      incoming.socket.destroy();
    });
  });
  // Longer than clients keep idle connections: a reset that nobody asked for would look like a fault.
  server.keepAliveTimeout = 120_000;
  const listen = async (onPort: number): Promise<number> => {
    server.listen(onPort, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    // Connections that hang on purpose would hold it open.
    server.closeAllConnections();
    await closed;
  };
  const chosen = await listen(port);
  return {
    url: `http://127.0.0.1:${chosen}`,
    control,
    unplug: stop,
    async plugIn() {
      await listen(chosen);
    },
    async close() {
      network.close();
      if (server.listening) await stop();
    },
  };
}
