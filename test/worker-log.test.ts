import { expect, it, vi } from 'vitest';
import { workerLog } from '../src/worker/log.ts';

function written(log: () => void): string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    log();
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

it('what a workflow says is one line, with the reason where it has one', () => {
  const meta = { workflowType: 'watchFlowRuns', workflowId: 'flow:prod:1', sdkComponent: 'workflow' };
  expect(written(() => workerLog.warn('A signal was left out', { ...meta, error: 'it is empty' }))).toMatch(
    /^\S+ \[WARN\] watchFlowRuns flow:prod:1: A signal was left out: it is empty\n$/,
  );
  expect(written(() => workerLog.warn('waits for the update resume', meta))).toMatch(
    /^\S+ \[WARN\] watchFlowRuns flow:prod:1: waits for the update resume\n$/,
  );
});
