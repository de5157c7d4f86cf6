import { expect, test } from 'vitest';
import type { WatchReport } from '../../dev/watch-four.ts';
import { messageSchema } from '../../src/runs/notification.ts';
import { alive, descendants, startProgram } from '../support/program.ts';
import { waitFor } from '../support/wait-for.ts';

test('the demo of the watch shows what is told of four flows, each message once, prints it as JSON, and leaves no process', async () => {
  // One for both: with --json, what is for people goes to standard error.
  const demo = startProgram('dev/demo.ts', ['--watch', '--json', '--keep', '--latency', '20']);
  await waitFor('the end', () => demo.stderr().includes('Everything stays up'), 100_000);
  const said = demo.stderr();
  expect(
    said
      .match(/^ *[\d.]+ s {2}.*$/gm)
      ?.map((line) => line.replace(/^.* s {2}/, ''))
      .sort(),
  ).toEqual([
    'prod/orders-fine: ok',
    'prod/orders-source-away: failed',
    'prod/orders-source-away: failed → ok (recovered)',
    'prod/orders-that-never-come: overdue',
    'prod/orders-with-bad-rows: degraded',
  ]);
  const link = /link {2}(http\S+)/.exec(said)?.[1];
  expect((await fetch(link!)).status).toBe(200);

  await waitFor('the JSON', () => demo.stdout().endsWith('\n}\n'));
  const { ok, messages } = JSON.parse(demo.stdout()) as WatchReport;
  expect(ok).toBe(true);
  for (const message of Object.values(messages).flat()) expect(messageSchema.parse(message)).toEqual(message);

  const processes = descendants(demo.pid);
  demo.kill('SIGINT');
  expect(await demo.ended).toBe(130);
  expect(alive(processes)).toEqual([]);
});
