import { Client, Connection } from '@temporalio/client';
import { localEnv, startWorker } from '../../dev/local-stack.ts';
import { startTemporal } from '../../dev/temporal-server.ts';
import { connect } from '../../src/client.ts';
import type { StartContestant } from './contestant.ts';
import { bounds } from './hits.ts';

/** This project, as it is delivered: its worker in a process of its own. */
export const ours: StartContestant = async (emulator) => {
  const temporal = await startTemporal({ headless: true });
  const worker = await startWorker({
    ...localEnv(emulator.url, temporal),
    AEP_HTTP_TIMEOUT: String(bounds.httpTimeoutMs),
    AEP_LATE_COMMIT: String(bounds.lateCommitMs),
    AEP_LIST_LAG: String(bounds.listLagMs),
    // The watchers' calls are no part of a create.
    AEP_WATCH_INTERVAL: '3600000',
  });
  const connection = await Connection.connect({ address: temporal.address });
  const client = await connect({ client: new Client({ connection }) });
  return {
    name: 'aep-dataflows',
    how: 'look, create, settle, sweep: nothing is sent twice without a look that must show it',
    async create(input) {
      const { resources: ids, surplus } = await (await client.start(input)).result();
      return { ids, surplus, humanSteps: 0 };
    },
    async close() {
      await connection.close();
      await worker.stop(0);
      await temporal.close();
    },
  };
};
