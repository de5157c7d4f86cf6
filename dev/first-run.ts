import { setTimeout as sleep } from 'node:timers/promises';
import type { AepDataflows, Health } from '../src/client.ts';
import type { Stack } from './local-stack.ts';

/** The first run of a flow that has ended, and how the watcher judged it. */
export type FirstRun = Health['lastRuns'][number];

const timeoutMs = 30_000;

/** How many times faster AEP's time goes meanwhile: it lists a run some seconds before that starts. */
const hurry = 10;

/**
 * Lets the emulator's clock reach the flow's start, and waits until the watcher has seen and judged a run.
 * Fails where none came in half a minute.
 */
export async function firstRun(
  stack: Stack,
  client: AepDataflows,
  flow: { sandbox: string; flowId: string },
): Promise<FirstRun> {
  const { control } = stack.emulator;
  const made = control.resources('flows', flow.sandbox).find(({ id }) => id === flow.flowId);
  const startMs = Number((made?.scheduleParams as { startTime?: unknown } | undefined)?.startTime) * 1000;
  const { now, speed } = control.clock();
  if (startMs > now) control.advanceClock(startMs - now);
  control.setClock({ speed: hurry });
  try {
    return await judgedRun(stack, client, flow);
  } finally {
    control.setClock({ speed });
  }
}

async function judgedRun(
  stack: Stack,
  client: AepDataflows,
  flow: { sandbox: string; flowId: string },
): Promise<FirstRun> {
  let problem = '';
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(100)) {
    try {
      const run = (await client.health(flow))?.lastRuns.at(-1);
      if (run) return run;
    } catch (error) {
      problem = ` Last error: ${error instanceof Error ? `${error.message} (${String(error.cause)})` : String(error)}.`;
    }
  }
  throw new Error(
    `No run of the flow was seen within ${timeoutMs / 1000} s.${problem} The worker said last:\n${stack.worker.lastOutput()}`,
  );
}
