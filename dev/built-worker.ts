import { NativeConnection, Worker } from '@temporalio/worker';
import { readConfig } from '../src/settings/config.ts';
import { keepHeapsSmall } from '../src/worker/small-heap.ts';
import { readTemporal } from '../src/settings/temporal-settings.ts';
import { workerOptions } from '../src/worker/options.ts';

// The worker as `npm run build` makes it, but for its code: the workflows were bundled before, into the file that is given.
// Bundling them at each start takes longer, and more memory, than all that follows.
keepHeapsSmall();
const [codePath = ''] = process.argv.slice(2);
const { connectionOptions, namespace = 'default' } = readTemporal('worker');
const connection = await NativeConnection.connect(connectionOptions);
const worker = await Worker.create({
  connection,
  namespace,
  ...workerOptions(readConfig(process.env)),
  workflowBundle: { codePath },
});
await worker.run();
process.exit(0);
