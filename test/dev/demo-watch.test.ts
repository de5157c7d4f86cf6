import { expect, test } from 'vitest';
import type { WatchReport } from '../../dev/watch-four.ts';
import { messageSchema } from '../../src/runs/notification.ts';
import { alive, descendants, startProgram } from '../support/program.ts';

test('the demo of the watch shows what is told of four flows, each message once, or prints it as JSON, and leaves no process', async () => {
  // Both take their time for the runs to be due.
  const json = startProgram('dev/demo.ts', ['--watch', '--json', '--latency', '0']);
  const demo = startProgram('dev/demo.ts', ['--watch', '--keep', '--latency', '20']);
  await demo.prints(/Everything stays up/, 100_000);
  const said = demo.stdout();
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
  const processes = descendants(demo.pid);
  demo.kill('SIGINT');
  expect(await demo.ended).toBe(130);
  expect(alive(processes)).toEqual([]);

  expect(await json.ended, json.stderr()).toBe(0);
  const { ok, messages } = JSON.parse(json.stdout()) as WatchReport;
  expect(ok).toBe(true);
  for (const message of Object.values(messages).flat()) expect(messageSchema.parse(message)).toEqual(message);
});
