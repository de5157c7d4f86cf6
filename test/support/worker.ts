import { existsSync } from 'node:fs';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { inject } from 'vitest';
import { quiet } from './quiet.ts';

/** A worker inside the test's own process. */
export interface TestWorker {
  /** Lets what runs finish, and ends the worker. Throws what went wrong in it meanwhile. */
  stop(): Promise<void>;
}

/**
 * Workflow code runs in this thread: another one would load the SDK and the bundle anew for each worker, and everything between
 * the two would be copied. Worker processes, as tests start them too, have threads as users' have. What takes longer than in
 * those is ended as there: by itself the SDK bounds nothing in this mode, and a loop without end would hold all tests of the
 * process.
 */
export const inThisThread = { debugMode: true, isolateExecutionTimeout: '5s' } as const;

/** Starts a worker with the run's workflow bundle and the activities given. */
export async function startTestWorker(
  place: { address: string; namespace: string },
  options: Pick<WorkerOptions, 'activities'> & Partial<WorkerOptions>,
): Promise<TestWorker> {
  const codePath = inject('workflowBundle');
  if (!options.workflowsPath && !existsSync(codePath)) throw new Error('There is no workflow bundle.');
  quiet();
  const connection = await NativeConnection.connect({ address: place.address });
  const worker = await Worker.create({
    connection,
    namespace: place.namespace,
    taskQueue: 'aep-dataflows',
    ...(options.workflowsPath ? {} : { workflowBundle: { codePath } }),
    stickyQueueScheduleToStartTimeout: '1s',
    ...inThisThread,
    ...options,
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      try {
        await running;
      } finally {
        await connection.close();
      }
    },
  };
}
