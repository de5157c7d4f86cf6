/** Adobe Experience Platform on localhost, in this process. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aep } from './aep.ts';
import { Control } from './control.ts';
import { controlApp } from './control-http.ts';
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
};

export type Emulator = {
  /** `http://127.0.0.1:PORT`: for AEP and for the token endpoint. */
  url: string;
  control: Control;
  close(): Promise<void>;
};

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, now = Date.now(), ...settings } = options;
  const world = new World({ ...defaults, ...settings }, now, seed);
  const control = new Control(world);
  const network = new Network(world, aep(world), controlApp(control));
  const server = createServer((incoming, outgoing) => {
    network.handle(incoming, outgoing).catch((error: unknown) => {
      // A client that goes away while it sends is no error of ours.
      if (!incoming.destroyed) console.error('The emulator failed on a request:', error);
      incoming.socket.destroy();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    control,
    async close() {
      network.close();
      const closed = once(server, 'close');
      server.close();
      // Connections that hang on purpose would hold it open.
      server.closeAllConnections();
      await closed;
    },
  };
}
