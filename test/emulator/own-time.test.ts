/** What happens to a flow as AEP's time goes on: changes that take their time, the ends of runs, pauses, long failure. */
import { expect, test } from 'vitest';
import { makeFlow } from './bodies.ts';
import { nextPage, rehearsal } from './client.ts';
import type { Answer, Json } from './client.ts';

const { emulator, client } = await rehearsal({
  clockSpeed: 0,
  runAppearsMs: [120_000, 120_000],
  runLastsMs: [60_000, 60_000],
});
const { control } = emulator;
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const now = (): number => control.clock().now;
const code = (answer: Answer): string => String(answer.body?.type).replace(/^.*\//, '');
const read = async (id: string): Promise<Json> =>
  (await client.get(`/flowservice/flows/${id}`)).body.items[0];
const rename = (id: string, name: string, etag: string) =>
  client.patch(`/flowservice/flows/${id}`, [{ op: 'replace', path: '/name', value: name }], etag);
const act = (id: string, op: string) => client.post(`/flowservice/flows/${id}/action?op=${op}`);
async function runsOf(flowId: string): Promise<Json[]> {
  const found: Json[] = [];
  let path: string | undefined = `/runs?limit=100&property=flowId==${flowId}`;
  while (path !== undefined) {
    const page: Answer = await client.get(`/flowservice${path}`);
    found.push(...page.body.items);
    path = nextPage(page);
  }
  return found;
}

test('a patch that takes its time shows updating, refuses the next change, and ends with a new version', async () => {
  const id = await makeFlow(client, now());
  const before = await read(id);
  control.configure({ operationLastsMs: [8000, 8000] });
  try {
    const answer = await rename(id, 'Renamed', before.etag);
    expect(answer.status).toBe(200);
    const during = await read(id);
    expect(during).toMatchObject({
      state: 'updating',
      etag: answer.body.etag,
      lastOperation: {
        operation: 'update',
        started: now(),
        percentCompleted: 0,
        status: { value: 'inProgress', errors: [] },
      },
    });
    expect(code(await rename(id, 'Again', during.etag))).toBe('FLOW-1420-400');
    expect(code(await act(id, 'disable'))).toBe('FLOW-1421-400');

    const started = now();
    control.advanceClock(8000);
    const after = await read(id);
    expect(after).toMatchObject({
      state: 'enabled',
      name: 'Renamed',
      updatedAt: started + 8000,
      version: after.etag,
      lastOperation: {
        operation: 'update',
        started,
        updated: started + 8000,
        percentCompleted: 100,
        status: { value: 'completed', errors: [] },
        ops: [{ op: 'replace', path: '/name', value: 'Renamed' }],
      },
    });
    expect(new Set([before.etag, during.etag, after.etag]).size).toBe(3);
    expect(code(await rename(id, 'Again', during.etag))).toBe('FLOW-1404-412');
    expect((await rename(id, 'Again', after.etag)).status).toBe(200);
  } finally {
    control.configure({ operationLastsMs: [0, 0] });
  }
});

test('an action that takes its time stops and starts the runs when it is done, and a delete need not wait', async () => {
  const id = await makeFlow(client, now());
  control.configure({ operationLastsMs: [5000, 5000] });
  try {
    await act(id, 'disable');
    expect((await read(id)).state).toBe('disabling');
    control.advanceClock(5000);
    expect(await read(id)).toMatchObject({
      state: 'disabled',
      lastOperation: { operation: 'disable', status: { value: 'completed' } },
    });
    await act(id, 'enable');
    expect((await read(id)).state).toBe('enabling');
    control.advanceClock(20 * minute);
    expect((await read(id)).state).toBe('enabled');
    expect(await runsOf(id)).toHaveLength(2);
    await act(id, 'disable');
    expect((await client.delete(`/flowservice/flows/${id}`)).status).toBe(204);
    control.advanceClock(minute);
    expect((await client.get(`/flowservice/flows/${id}`)).status).toBe(404);
  } finally {
    control.configure({ operationLastsMs: [0, 0] });
  }
});

test('an action that does not fit the state is refused as such', async () => {
  const id = await makeFlow(client, now());
  expect(code(await act(id, 'enable'))).toBe('FLOW-1422-400');
  await act(id, 'disable');
  expect(code(await act(id, 'disable'))).toBe('FLOW-1422-400');
});

test('a flow that was just made has an operation that was never updated', async () => {
  const { lastOperation } = await read(await makeFlow(client, now()));
  expect(lastOperation).toMatchObject({ operation: 'create', updated: 0, status: { value: 'completed' } });
});

test('the end of a run moves the version and the time of the change, where that is wanted', async () => {
  const id = await makeFlow(client, now());
  const before = await read(id);
  control.advanceClock(5 * minute);
  const after = await read(id);
  expect(after.etag).not.toBe(before.etag);
  expect(after.version).toBe(after.etag);
  expect(after.updatedAt).toBeGreaterThan(after.lastRunDetails.completedAtUTC);
  expect(after.lastOperation).toEqual(before.lastOperation);
  expect((await read(id)).etag).toBe(after.etag);
  const found = await client.get(`/flowservice/flows?property=updatedAt==${after.updatedAt}`);
  expect(found.body.items.map((item: Json) => item.id)).toContain(id);
  expect(code(await rename(id, 'Renamed', before.etag))).toBe('FLOW-1404-412');
  expect((await rename(id, 'Renamed', after.etag)).status).toBe(200);

  control.configure({ flowAtRunEnd: 'untouched' });
  const renamed = await read(id);
  control.advanceClock(15 * minute);
  expect((await read(id)).etag).toBe(renamed.etag);
  control.configure({ flowAtRunEnd: 'touched' });
});

test('a flow that is switched on again makes up every time it missed, each with the window it missed', async () => {
  const id = await makeFlow(client, now(), {
    scheduleParams: { startTime: Math.floor(now() / 1000) + 60, frequency: 'hour', interval: 1 },
  });
  control.advanceClock(10 * minute);
  await act(id, 'disable');
  control.advanceClock(48 * hour);
  expect(await runsOf(id)).toHaveLength(1);
  await act(id, 'enable');
  control.advanceClock(5 * minute);
  const runs = await runsOf(id);
  expect(runs).toHaveLength(49);
  const windows = runs.map((run) => run.activities[0].durationSummary.extensions);
  const ends = windows.map(({ windowEnd }) => windowEnd as number).toSorted((a, b) => a - b);
  expect(ends.map((end, at) => (at === 0 ? hour : end - (ends[at - 1] ?? 0)))).toEqual(runs.map(() => hour));
  for (const { windowStart, windowEnd } of windows) expect(windowEnd - windowStart).toBe(hour);

  control.configure({ missedRuns: 'dropped' });
  await act(id, 'disable');
  control.advanceClock(48 * hour);
  await act(id, 'enable');
  control.advanceClock(5 * minute);
  expect(await runsOf(id)).toHaveLength(49);
  control.configure({ missedRuns: 'made-up' });
});

test('thirty days of failures switch a flow off, a success among them does not', async () => {
  const startTime = Math.floor(now() / 1000) + 60;
  const schedule = { scheduleParams: { startTime, frequency: 'day', interval: 1 } };
  const [failing, mixed] = [await makeFlow(client, now(), schedule), await makeFlow(client, now(), schedule)];
  control.planRuns({ flowId: failing, outcomes: ['failed'], repeat: true });
  control.planRuns({
    flowId: mixed,
    outcomes: [...Array<'failed'>(20).fill('failed'), 'success'],
    repeat: true,
  });
  control.advanceClock(29 * day);
  expect((await read(failing)).state).toBe('enabled');
  control.advanceClock(31 * day);
  const off = await read(failing);
  expect(off).toMatchObject({ state: 'disabled', lastOperation: { operation: 'disable' } });
  expect(await runsOf(failing)).toHaveLength(31);
  expect(off.lastRunDetails.state).toBe('failed');
  expect((await read(mixed)).state).toBe('enabled');
  expect(await runsOf(mixed)).toHaveLength(60);

  // Switched on again it has thirty more days, and what it missed to make up.
  await act(failing, 'enable');
  control.advanceClock(day);
  expect((await read(failing)).state).toBe('enabled');
  expect(await runsOf(failing)).toHaveLength(61);

  control.configure({ failingDaysUntilDisabled: 0 });
  control.advanceClock(60 * day);
  expect((await read(failing)).state).toBe('enabled');
  control.configure({ failingDaysUntilDisabled: 30 });
});

test('a flow with a label that the caller has no role for is hidden from reading and forbidden to change', async () => {
  const id = await makeFlow(client, now());
  control.advanceClock(5 * minute);
  const { etag } = await read(id);
  const [run] = await runsOf(id);
  const label = [{ op: 'add', path: '/labels', value: ['core/C12'] }];
  expect((await client.patch(`/flowservice/flows/${id}`, label, etag)).status).toBe(200);
  expect((await read(id)).labels).toEqual(['core/C12']);

  control.configure({ hiddenLabels: ['core/C12'] });
  try {
    const path = `/flowservice/flows/${id}`;
    expect(code(await client.get(path))).toBe('FLOW-1439-404');
    expect(code(await rename(id, 'Mine', etag))).toBe('FLOW-2120-403');
    expect(code(await act(id, 'disable'))).toBe('FLOW-2120-403');
    expect(code(await client.delete(path))).toBe('FLOW-2120-403');
    expect((await client.get(`/flowservice/flows?property=id==${id}`)).body.items).toEqual([]);
    expect(await runsOf(id)).toEqual([]);
    expect(code(await client.get(`/flowservice/runs/${run.id}`))).toBe('FLOW-1439-404');
  } finally {
    control.configure({ hiddenLabels: [] });
  }
  expect((await read(id)).labels).toEqual(['core/C12']);
});
