import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { connect, type DataflowHandle, type Definition, type Progress } from '../src/client.ts';
import { commandLines } from './command-lines.ts';
import type { DemoReport } from './demo-report.ts';
import { firstRun } from './first-run.ts';
import { liveSteps, type Print } from './live-steps.ts';
import type { Stack } from './local-stack.ts';
import { standInFor } from './stand-in.ts';
import { timeline } from './timeline.ts';

/** Several looks per call to AEP, so that what runs at the same time is seen to. */
const lookEveryMs = 40;

/** Creates a dataflow on the stack, showing its steps, and waits until its first run was judged. */
export async function createAndWatch(
  stack: Stack,
  definition: Definition,
  file: string,
  say: (text: string, sort?: Parameters<Print>[1]) => void,
): Promise<DemoReport> {
  const connection = await Connection.connect({ address: stack.temporal.address });
  const client = await connect({ client: new Client({ connection, namespace: stack.temporal.namespace }) });
  try {
    const standIn = standInFor(definition, stack);
    if (standIn) say(`The emulator has no base connection ${standIn.named}; ${standIn.id} stands in.\n`);

    const startedAt = Date.now();
    const handle = await client.start(standIn?.definition ?? definition);
    const show = liveSteps(startedAt, say);
    const result = await follow(handle, show);
    const wallTimeMs = Date.now() - startedAt;
    const { steps } = await handle.progress();
    say(`\nCreated in ${wallTimeMs / 1000} s; what ran at the same time:\n`);
    for (const line of timeline(barsOf(steps))) say(line);

    say('\nWaiting for the first run of the flow …');
    const { flowId, resources, watcherWorkflowId, warnings } = result;
    const run = await firstRun(stack, client, { sandbox: definition.sandbox, flowId });
    return {
      ok: run.verdict === 'ok',
      workflowId: handle.workflowId,
      flowId,
      resources,
      watcherWorkflowId,
      warnings,
      wallTimeMs,
      steps,
      firstRun: run,
      temporal: { address: stack.temporal.address, uiUrl: stack.temporal.uiUrl },
      emulatorUrl: stack.emulator.url,
      startCommand: commandLines(definition, file).start,
    };
  } finally {
    await connection.close();
  }
}

/** Shows the progress until the dataflow is created or failed. */
async function follow(handle: DataflowHandle, show: (progress: Pick<Progress, 'steps'>) => void) {
  const result = handle.result();
  const ended = result.then(
    () => true,
    () => true,
  );
  do {
    // A look that comes too early or too late says nothing about the dataflow.
    await handle.progress().then(show, () => undefined);
  } while (!(await Promise.race([ended, sleep(lookEveryMs, false)])));
  await handle.progress().then(show, () => undefined);
  return result;
}

function barsOf(steps: Progress['steps']) {
  const bars = steps.flatMap(({ title, startedAt, endedAt }) =>
    startedAt && endedAt && endedAt > startedAt ? [{ title, startedAt, endedAt }] : [],
  );
  return bars.toSorted((a, b) => a.startedAt - b.startedAt);
}
