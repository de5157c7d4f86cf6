import { TestWorkflowEnvironment } from '@temporalio/testing';

// The SDK has no call that only downloads: starting a server does it. Run by install-from-sdk.ts.
const [server, version, downloadDir] = process.argv.slice(2);
if (version === undefined || downloadDir === undefined) throw new Error('Needs: server version folder');
const options = { server: { executable: { type: 'cached-download', version, downloadDir } } } as const;
const environment = await (server === 'dev-server'
  ? TestWorkflowEnvironment.createLocal(options)
  : TestWorkflowEnvironment.createTimeSkipping(options));
await environment.teardown();
