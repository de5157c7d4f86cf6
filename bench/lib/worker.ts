// A worker as `npm run worker` starts it, which knows the workflows to compare with besides. In a process of its own.
import { writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createAep } from '../../src/aep/aep.ts';
import { readConfig } from '../../src/settings/config.ts';
import { keepHeapsSmall } from '../../src/worker/small-heap.ts';
import { withoutPromiseTraces } from '../../src/worker/promise-traces.ts';
import { readTemporal } from '../../src/settings/temporal-settings.ts';
import { workerOptions } from '../../src/worker/options.ts';
import { createShapeActivities } from './shape-activities.ts';
import { createTwinActivities } from './twin-activities.ts';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
});
keepHeapsSmall();
const config = readConfig(process.env);
const { connectionOptions, namespace = 'default' } = readTemporal('worker');
const connection = await NativeConnection.connect(connectionOptions);
const options = workerOptions(config);
const aep = createAep(config);
const bundle = await readFile(process.env['BENCH_BUNDLE']!, 'utf8');
const worker = await Worker.create({
  connection,
  namespace,
  workflowBundle: { code: config.hasStacks ? bundle : withoutPromiseTraces(bundle) },
  ...options,
  activities: { ...options.activities, ...createTwinActivities(aep), ...createShapeActivities(aep) },
});
const running = worker.run();
writeSync(1, 'polls\n');
await running;
await connection.close();
// Not process.exit: a profile is written at an orderly end.
