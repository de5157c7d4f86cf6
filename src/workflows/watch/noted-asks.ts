import { upsertMemo, workflowInfo } from '@temporalio/workflow';
import { cut } from '../../cut.ts';
import { listOf } from '../../runs/raw.ts';
import { thrownBy } from '../failures.ts';

/** What somebody had a watcher do, as its memo keeps it. Who it was, only the history of that execution tells. */
export interface NotedAsk {
  /** As the command is called. */
  what: 'pause' | 'resume' | 'retry' | 'accept-drift';
  /** ISO 8601, in UTC. */
  at: string;
  /** The update that asked for it, and the execution that took it. */
  updateId: string;
  runId: string;
  /** Where it was not done, or nobody knows whether it was. */
  failure?: { type: string; message: string };
}

/** A memo comes with every list of watchers, so it keeps the latest. The next execution begins without what this one noted. */
const notesToKeep = 20;
const longestMessage = 200;

/** The notes of a memo with one more. @param before what the memo has: whoever started the watcher may have written anything there. */
export function withNote(before: unknown, note: unknown): unknown[] {
  return [...listOf(before), note].slice(-notesToKeep);
}

/**
 * Notes what somebody had a watcher do.
 * @param asked `at` in epoch milliseconds. @param error why it was not done
 */
export function noteAsked(
  { what, at, updateId }: { what: NotedAsk['what']; at: number; updateId: string },
  error?: unknown,
): void {
  const { memo, runId } = workflowInfo();
  const note: NotedAsk = {
    what,
    at: new Date(at).toISOString(),
    updateId,
    runId,
    ...(error === undefined ? {} : { failure: failureOf(error) }),
  };
  upsertMemo({ asked: withNote(memo?.['asked'], note) });
}

function failureOf(error: unknown): NonNullable<NotedAsk['failure']> {
  const { type, message } = thrownBy(error) ?? {};
  return { type: type ?? 'Error', message: cut(message ?? String(error), longestMessage) };
}
