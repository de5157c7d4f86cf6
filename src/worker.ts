import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { readConfig } from './settings/config.ts';
import { InvalidEnvironmentError } from './settings/invalid-environment.ts';
import { checkSearchAttributes, MissingSearchAttributesError } from './search-attributes.ts';
import { keepFollowers } from './worker/keep-followers.ts';
import { keptBundle } from './worker/kept-bundle.ts';
import { keepHeapsSmall } from './worker/small-heap.ts';
import { readTemporal } from './settings/temporal-settings.ts';
import { workerLog } from './worker/log.ts';
import { withoutPromiseTraces } from './worker/promise-traces.ts';
import { workerOptions } from './worker/options.ts';
import { workflowCode } from './worker/workflow-code.ts';

/** The worker process: it runs the workflows and the activities until it is told to end (SIGINT, SIGTERM). */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  keepHeapsSmall();
  // What is worth knowing of a worker that does well are the two lines below.
  Runtime.install({
    logger: workerLog,
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  });
  const { connectionOptions, namespace = 'default' } = readTemporal('worker');
  const connection = await NativeConnection.connect(connectionOptions);
  try {
    await checkSearchAttributes(connection, namespace);
    const worker = await Worker.create({
      connection,
      namespace,
      workflowBundle: {
        code: config.hasStacks ? await workflows() : withoutPromiseTraces(await workflows()),
      },
      ...workerOptions(config),
    });
    const { taskQueue, identity } = worker.options;
    console.error(
      `Worker ${identity}: Temporal ${connectionOptions.address ?? 'localhost:7233'}, namespace ${namespace}, task queue ${taskQueue}`,
    );
    console.error(
      `AEP ${config.apiUrl}, organisation ${config.orgId}${config.buildId ? `, build ${config.buildId}` : ''}`,
    );
    const stopKeeping = keepFollowers({
      client: worker.client!,
      taskQueue,
      intervalMs: config.watchIntervalMs,
      warn: (message) => Runtime.instance().logger.warn(message),
    });
    try {
      await worker.run();
    } finally {
      await stopKeeping();
    }
  } finally {
    await connection.close();
  }
}

/** The bundle that `npm run build` made, else that of the sources as they are now. */
async function workflows(): Promise<string> {
  const path = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));
  if (existsSync(path)) return readFile(path, 'utf8');
  const { code } = await keptBundle({ ...workflowCode, logger: new DefaultLogger('WARN') });
  return code;
}

try {
  await main();
  process.exit(0);
} catch (error) {
  const told = error instanceof InvalidEnvironmentError || error instanceof MissingSearchAttributesError;
  console.error(told ? error.message : error);
  process.exit(1);
}
