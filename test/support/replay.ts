import type { HistoryAndWorkflowId } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { atFileEnd } from './file-end.ts';
import { quiet } from './quiet.ts';

type Replayer = (one: HistoryAndWorkflowId) => Promise<void>;

let replayer: Replayer | undefined;

/**
 * Replays a history against the workflows as they are now. Throws what went wrong.
 * All replays of a file, one after the other, are done by one worker: to start it takes longer than most replays.
 */
export function replayHistory(one: HistoryAndWorkflowId): Promise<void> {
  return (replayer ??= startReplayer())(one);
}

function startReplayer(): Replayer {
  quiet();
  const { readable, writable } = new TransformStream<HistoryAndWorkflowId, HistoryAndWorkflowId>();
  const histories = writable.getWriter();
  const results = Worker.runReplayHistories(
    { workflowBundle: { codePath: inject('workflowBundle') } },
    readable,
  );
  let last: Promise<unknown> = Promise.resolve();
  atFileEnd(async () => {
    replayer = undefined;
    await last;
    await histories.close();
    await results.next();
  });
  return (one) => {
    const replayed = last.then(async () => {
      void histories.write(one);
      const { value } = (await results.next()) as IteratorYieldResult<{ error?: Error }>;
      if (value.error) throw value.error;
    });
    last = replayed.catch(() => {});
    return replayed;
  };
}
