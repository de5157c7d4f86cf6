import { expect, it } from 'vitest';
import type { HistoryEntry } from '../../src/client/history.ts';
import { historyTable } from '../../src/cli/history-table.ts';

const update = {
  what: 'update',
  at: '2026-11-28T01:00:00.000Z',
  workflowId: 'dataflow:prod:orders',
  runId: 'run',
  startedBy: 'temporal-aep:ben@host',
} as const;
const said = { digest: 'abc', saidToBeBy: 'Ann', at: '2026-11-28T01:01:00.000Z' };
const plan = { digest: 'abc', summary: '1 to change', steps: [] };

function rowOf(entry: HistoryEntry): string {
  return historyTable([entry]).split('\n')[1]!;
}

it('the history says who has approved a change beside who began it', () => {
  const decisions = [{ ...said, decision: 'approved', why: 'As agreed' } as const];
  const row = rowOf({ ...update, status: 'completed', plan, decisions });
  expect(row).toMatch(
    /completed +temporal-aep:ben@host +1 to change; approved, said to be by Ann: As agreed$/,
  );
});

it('the history says once that a change was rejected, and by whom', () => {
  const decisions = [{ ...said, decision: 'rejected', why: 'no' } as const];
  const failure = {
    type: 'RejectedByPerson',
    message: 'The plan was rejected, said to be by Ann: no',
  } as const;
  const row = rowOf({ ...update, status: 'failed', plan, decisions, failure });
  expect(row).toMatch(/temporal-aep:ben@host +The plan was rejected, said to be by Ann: no$/);
});
