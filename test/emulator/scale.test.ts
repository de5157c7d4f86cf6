import { expect, test } from 'vitest';
import { flow, makeFlow, makeParts } from './bodies.ts';
import { nextPage, rehearsal } from './client.ts';
import type { Answer } from './client.ts';

const { emulator, client } = await rehearsal({
  clockSpeed: 0,
  runs: { success: 97, failed: 2, degraded: 1 },
});
const day = 86_400_000;

test('a year of a flow of 15 minutes can be read to its end, page by page, each run once', async () => {
  const flowId = await makeFlow(client, emulator.control.clock().now);
  emulator.control.advanceClock(365 * day);
  const seen = new Set<string>();
  let path: string | undefined = `/runs?limit=100&property=flowId==${flowId}`;
  while (path !== undefined) {
    const page: Answer = await client.get(`/flowservice${path}`);
    for (const { id } of page.body.items) seen.add(id);
    path = nextPage(page);
  }
  expect(seen.size).toBe(365 * 96);
  emulator.control.reset();
});

test('a thousand hourly flows for a day: what ended in the last minutes is found at once', async () => {
  const parts = await makeParts(client);
  const startTime = Math.floor(emulator.control.clock().now / 1000) + 60;
  const scheduleParams = { startTime, frequency: 'hour', interval: 1 };
  for (let hundred = 0; hundred < 10; hundred += 1) {
    const bodies = Array.from({ length: 100 }, () => flow(parts, startTime, { scheduleParams }));
    await Promise.all(bodies.map((body) => client.post('/flowservice/flows', body)));
  }
  emulator.control.advanceClock(day);
  const all = await client.get('/flowservice/runs?count=true');
  expect(all.body.count).toBe(24_000);
  const since = emulator.control.clock().now - 50 * 60_000;
  const filter = encodeURIComponent(`metrics.durationSummary.completedAtUTC>=${since}`);
  const before = process.cpuUsage();
  for (let ask = 0; ask < 20; ask += 1)
    expect((await client.get(`/flowservice/runs?limit=100&property=${filter}`)).body.items).toHaveLength(0);
  // Time of CPU, which a busy machine does not stretch.
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000 / 20).toBeLessThan(200);
  const failed = await client.get(
    '/flowservice/runs?count=true&property=metrics.statusSummary.status==failed',
  );
  expect(failed.body.count).toBeGreaterThan(200);
});
