import { expect, it } from 'vitest';
import { goesOn, untilLeft } from '../../src/cli/leave.ts';
import { followDataflow } from '../../src/cli/progress.ts';
import type { DataflowHandle } from '../../src/client.ts';

it('who leaves when the time has come is told how to see again what goes on, and only that', async () => {
  const never = new Promise<never>(() => {});
  const waiting = untilLeft(
    goesOn('temporal workflow result -w x', () => never),
    20,
  );
  await expect(waiting).rejects.toThrow(
    'Not done within 0.02 s (--command-timeout). It goes on without you. See it again: temporal workflow result -w x',
  );
  await expect(untilLeft(never, 20)).rejects.toThrow(/^Not done within 0\.02 s \(--command-timeout\)\.$/);
});

it('what is done in time, or without a bound, is answered, and what fails fails', async () => {
  const soon = (answer: string) => goesOn('', () => Promise.resolve(answer));
  expect(await untilLeft(soon('in time'), 10_000)).toBe('in time');
  expect(await untilLeft(soon('without a bound'), 0)).toBe('without a bound');
  await expect(untilLeft(Promise.reject(new Error('refused')), 0)).rejects.toThrow('refused');
  // What is over by then counts.
  await expect(untilLeft(new Promise<never>(() => {}), 60_000, 60_000)).rejects.toThrow('within 60 s');
  await expect(untilLeft(new Promise<never>(() => {}), 20)).rejects.toThrow(
    /^Not done within 0\.02 s \(--command-timeout\)\.$/,
  );
});

it('what a name has in it does nothing in the line that shows again what goes on', async () => {
  const workflowId = "dataflow:prod:x'; rm orders.json; '";
  const handle = { workflowId, progress: () => Promise.reject(new Error('away')) };
  const following = followDataflow(handle as unknown as DataflowHandle, new Promise<never>(() => {}));
  await expect(untilLeft(following, 20)).rejects.toThrow(
    String.raw`See it again: temporal aep status 'prod/x'\''; rm orders.json; '\'''`,
  );
});
