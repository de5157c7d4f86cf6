import { serve } from '@hono/node-server';
import { Client, Connection } from '@temporalio/client';
import { readListenerConfig } from './settings/config.ts';
import { InvalidEnvironmentError } from './settings/invalid-environment.ts';
import { createListener } from './listener/app.ts';
import { createVerify } from './listener/signature.ts';
import { createWake } from './listener/wake.ts';
import { readTemporal } from './settings/temporal-settings.ts';

/** The process that receives Adobe I/O Events, until it is told to end (SIGINT, SIGTERM). */
async function main(): Promise<void> {
  const { clientId, host, port, keysUrl } = readListenerConfig(process.env);
  const { connectionOptions, namespace = 'default' } = readTemporal('listener');
  const connection = await Connection.connect(connectionOptions);
  const client = new Client({ connection, namespace });
  const app = createListener({
    clientId,
    verify: createVerify(keysUrl),
    wake: createWake(client),
    log: (text) => console.error(text),
  });
  const server = serve({ fetch: app.fetch, hostname: host, port }, (address) => {
    console.error(
      `Listener: http://${host}:${address.port}, Temporal ${connectionOptions.address ?? 'localhost:7233'}, namespace ${namespace}`,
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  server.close();
  await connection.close();
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof InvalidEnvironmentError ? error.message : error);
  process.exit(1);
}
