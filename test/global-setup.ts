import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { timeSkippingServer } from '../dev/binaries.ts';
import { bundleWorkflows } from '../dev/bundle-workflows.ts';
import { findBinary } from '../dev/find-binary.ts';
import { startTemporal } from '../dev/temporal-server.ts';
import { temporalServer } from './support/canary.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the run's Temporal development server. */
    temporalAddress: string;
    /** Address of the server's HTTP API. */
    temporalHttp: string;
    /** Path of the Temporal CLI. */
    temporalCli: string;
    /** Path of the time-skipping test server's binary. */
    timeSkippingServer: string;
    /** Path of the workflow bundle, built once for the run. */
    workflowBundle: string;
  }
}

/** One server and one workflow bundle for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-dataflows-test-'));
  const workflowBundle = join(folder, 'workflows.js');
  const [temporal, testServer] = await Promise.all([
    startTemporal({ headless: true }),
    findBinary(timeSkippingServer),
    bundleWorkflows(workflowBundle),
  ]);
  temporalServer.pid = temporal.pid;
  project.provide('temporalAddress', temporal.address);
  project.provide('temporalHttp', temporal.httpUrl);
  project.provide('temporalCli', temporal.cli);
  project.provide('timeSkippingServer', testServer);
  project.provide('workflowBundle', workflowBundle);
  return async () => {
    await temporal.close();
    await rm(folder, { recursive: true, force: true });
  };
}
