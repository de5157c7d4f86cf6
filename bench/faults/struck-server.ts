import { join } from 'node:path';
import { startTemporal } from '../../dev/temporal-server.ts';

/** A Temporal server that is hit while dataflows live on it. */
export interface StruckServer {
  address: string;
  namespace: string;
  /** Kills something of it, and brings it back. */
  strike(random: () => number): Promise<void>;
}

/** A development server that keeps its state in a file. `parts` ends it. */
export async function struckDevServer(parts: AsyncDisposableStack, folder: string): Promise<StruckServer> {
  const dbFilename = join(folder, 'temporal.db');
  let temporal = await startTemporal({ headless: true, dbFilename });
  parts.defer(() => temporal.close());
  const { address, namespace } = temporal;
  return {
    address,
    namespace,
    async strike() {
      process.kill(temporal.pid, 'SIGKILL');
      await temporal.ended;
      temporal = await startTemporal({ port: Number(address.split(':')[1]), headless: true, dbFilename });
    },
  };
}
