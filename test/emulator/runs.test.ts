import { expect, test } from 'vitest';
import { readSchedule } from '../../emulator/runs/schedule.ts';
import { flow, makeFlow, makeParts } from './bodies.ts';
import { nextPage, rehearsal } from './client.ts';
import type { Answer, Json } from './client.ts';
import { waitFor } from '../support/wait-for.ts';

const { emulator, client } = await rehearsal({
  clockSpeed: 0,
  runAppearsMs: [120_000, 120_000],
  runLastsMs: [60_000, 60_000],
});
const { control } = emulator;
const minute = 60_000;
const now = (): number => control.clock().now;
const code = (answer: Answer): string => String(answer.body?.type).replace(/^.*\//, '');
const runsOf = async (flowId: string, query = ''): Promise<Json[]> =>
  (await client.get(`/flowservice/runs?limit=100&property=flowId==${flowId}${query}`)).body.items;
const status = (run: Json): string => run.metrics.statusSummary.status;
const readFlow = async (id: string) => (await client.get(`/flowservice/flows/${id}`)).body.items[0];

/** The instants of a flow that is due in a minute: appears two minutes later, runs for a minute. */
const untilAppears = 3 * minute + 1000;
const untilEnded = 5 * minute;

async function onceFlow(): Promise<string> {
  const parts = await makeParts(client);
  const startTime = Math.floor(now() / 1000) + 60;
  const transformations = [{ name: 'Mapping', params: { mappingId: parts.mappingId, mappingVersion: '0' } }];
  const made = await client.post(
    '/flowservice/flows',
    flow(parts, startTime, { transformations, scheduleParams: { startTime, frequency: 'once' } }),
  );
  return made.body.id;
}

test('a run is scheduled, in progress, and then a success with both activities', async () => {
  const flowId = await makeFlow(client, now());
  expect(await runsOf(flowId)).toEqual([]);
  control.advanceClock(untilAppears);
  const [scheduled] = await runsOf(flowId);
  expect(scheduled).toMatchObject({
    flowId,
    sandboxName: 'prod',
    metrics: { statusSummary: { status: 'scheduled' } },
    activities: [],
  });
  expect(scheduled.metrics).not.toHaveProperty('durationSummary');
  expect(await readFlow(flowId)).not.toHaveProperty('lastRunDetails');

  control.advanceClock(10_000);
  const [running] = await runsOf(flowId);
  expect(status(running)).toBe('inProgress');
  expect(running.metrics.durationSummary).not.toHaveProperty('completedAtUTC');
  expect(running.activities.map((one: Json) => one.name)).toEqual(['Copy Activity']);
  expect(running.etag).not.toBe(scheduled.etag);

  control.advanceClock(untilEnded - untilAppears - 10_000);
  const [ended] = await runsOf(flowId);
  expect(status(ended)).toBe('success');
  expect(ended.id).toBe(scheduled.id);
  const { durationSummary: times, recordSummary: records } = ended.metrics;
  expect(times.completedAtUTC - times.startedAtUTC).toBe(minute);
  expect(records).toMatchObject({ failedRecordCount: 0, outputRecordCount: records.inputRecordCount });
  expect(ended.activities.map((one: Json) => one.name)).toEqual(['Copy Activity', 'Promotion Activity']);
  expect(ended.activities[0].sourceInfo[0].reference.type).toBe('AdfRunId');
  expect(ended.activities[1].targetInfo[0].reference.type).toBe('Batch');
  expect((await readFlow(flowId)).lastRunDetails).toEqual({ id: ended.id, state: 'success', ...times });
  expect((await client.get(`/flowservice/runs/${ended.id}`)).body.items).toEqual([ended]);
});

test('a flow of 15 minutes runs every 15 minutes, until it is switched off, and goes on when it is switched on', async () => {
  const flowId = await makeFlow(client, now());
  control.advanceClock(60 * minute);
  expect(await runsOf(flowId)).toHaveLength(4);
  await client.post(`/flowservice/flows/${flowId}/action?op=disable`);
  control.advanceClock(120 * minute);
  expect(await runsOf(flowId)).toHaveLength(4);
  await client.post(`/flowservice/flows/${flowId}/action?op=enable`);
  control.advanceClock(30 * minute);
  // Two that are due now, and eight that it missed.
  expect(await runsOf(flowId)).toHaveLength(14);
  await client.delete(`/flowservice/flows/${flowId}`);
  control.advanceClock(60 * minute);
  expect(await runsOf(flowId)).toHaveLength(14);
});

test('runs end as planned: degraded, failed, without an end, without records, never', async () => {
  const flowId = await makeFlow(client, now());
  const why = { code: 'CONNECTOR-1001-500', message: 'No route to the source.' };
  control.planRuns({
    flowId,
    outcomes: [
      'degraded',
      { outcome: 'failed', error: why },
      'failed-no-end',
      'missing',
      'empty',
      'partial-success',
      'stuck',
      'success',
    ],
  });
  control.advanceClock(8 * 15 * minute);
  const runs = await runsOf(flowId);
  expect(runs.map(status)).toEqual([
    'success',
    'failed',
    'failed',
    'success',
    'PARTIAL_SUCCESS',
    'inProgress',
    'success',
  ]);
  const [degraded, failed, endless, empty, partial] = runs;

  expect(degraded.metrics.recordSummary.failedRecordCount).toBeGreaterThan(0);
  expect(degraded.metrics.statusSummary.errors[0].code).toBe('MAPPER-3700-400');
  expect(degraded.activities[1].statusSummary.extensions.errors[0].recordCount).toBe(
    degraded.metrics.recordSummary.failedRecordCount,
  );
  expect(partial.metrics.recordSummary.failedRecordCount).toBeGreaterThan(0);

  expect(failed.metrics.statusSummary.errors).toEqual([why]);
  expect(failed.activities.map((one: Json) => [one.name, one.statusSummary.status])).toEqual([
    ['Copy Activity', 'failed'],
  ]);

  expect(endless.metrics.durationSummary).not.toHaveProperty('completedAtUTC');
  expect(endless.metrics.recordSummary.inputRecordCount).toBe(-1);
  expect(empty.metrics.recordSummary.inputRecordCount).toBe(0);
});

test('a failure that is not the copy’s is the promotion’s', async () => {
  const flowId = await makeFlow(client, now());
  control.planRuns({
    flowId,
    outcomes: [{ outcome: 'failed', error: { code: 'CONNECTOR-2001-500', message: 'x' } }],
  });
  control.advanceClock(untilEnded);
  const [failed] = await runsOf(flowId);
  expect(failed.activities.map((one: Json) => one.statusSummary.status)).toEqual(['success', 'failed']);
});

test('a late run appears late, with the times it was given', async () => {
  const flowId = await makeFlow(client, now());
  control.planRuns({
    flowId,
    outcomes: [{ outcome: 'success', appearsMs: 20 * minute, lastsMs: 5 * minute, records: 7 }],
  });
  control.advanceClock(20 * minute);
  expect(await runsOf(flowId)).toHaveLength(1);
  control.advanceClock(10 * minute);
  const late = (await runsOf(flowId)).find((run) => run.metrics.recordSummary?.inputRecordCount === 7);
  expect(late.metrics.durationSummary.completedAtUTC - late.metrics.durationSummary.startedAtUTC).toBe(
    5 * minute,
  );
});

test('a plan that repeats goes on for ever', async () => {
  const flowId = await makeFlow(client, now());
  control.planRuns({ flowId, outcomes: ['success', 'failed'], repeat: true });
  control.advanceClock(90 * minute);
  expect((await runsOf(flowId)).map(status)).toEqual([
    'success',
    'failed',
    'success',
    'failed',
    'success',
    'failed',
  ]);
});

test('runs are found by status in any spelling, by time, and counted', async () => {
  const flowId = await makeFlow(client, now());
  control.planRuns({ flowId, outcomes: ['success', 'failed', 'success', 'success'] });
  control.advanceClock(60 * minute);
  const find = async (filter: string) =>
    (await runsOf(flowId, `&property=${encodeURIComponent(filter)}`)).length;
  expect(await find('metrics.statusSummary.status==Failed')).toBe(1);
  expect(await find('state==success')).toBe(3);
  expect(await find('metrics.recordSummary.failedRecordCount>0')).toBe(1);
  const runs = await runsOf(flowId);
  const third = runs[2].metrics.durationSummary;
  expect(await find(`metrics.durationSummary.completedAtUTC>=${third.completedAtUTC}`)).toBe(2);
  expect(await find(`metrics.durationSummary.completedAtUTC>${third.completedAtUTC}`)).toBe(1);
  expect(await find(`metrics.durationSummary.startedAtUTC<${third.startedAtUTC}`)).toBe(2);
  const newest = await runsOf(flowId, '&orderby=-metrics.durationSummary.startedAtUTC');
  expect(newest.map(({ id }) => id)).toEqual(runs.map(({ id }) => id).toReversed());
  expect((await client.get(`/flowservice/runs?count=true&property=flowId==${flowId}`)).body).toEqual({
    count: 4,
  });
  const ofFlow = await client.get(`/flowservice/flows/${flowId}/runs`);
  expect(ofFlow.body.items).toHaveLength(4);
});

test('a failed run can be triggered again, one that succeeded with records can not', async () => {
  const flowId = await makeFlow(client, now());
  control.planRuns({ flowId, outcomes: ['failed', 'success', 'success'] });
  control.advanceClock(untilEnded);
  const [failed] = await runsOf(flowId);
  const again = await client.post(`/flowservice/runs/${failed.id}/action?op=re-trigger`);
  expect(again).toMatchObject({ status: 200, body: { id: expect.any(String), etag: expect.any(String) } });
  expect(again.body.id).not.toBe(failed.id);
  control.advanceClock(2 * minute);
  const [, retried] = await runsOf(flowId);
  expect([retried.id, status(retried)]).toEqual([again.body.id, 'success']);
  expect(code(await client.post(`/flowservice/runs/${retried.id}/action?op=RE_TRIGGER`))).toBe(
    'CONNECTOR-1387-400',
  );
  await client.post(`/flowservice/flows/${flowId}/action?op=disable`);
  expect(code(await client.post(`/flowservice/runs/${failed.id}/action?op=re-trigger`))).toBe(
    'CONNECTOR-1388-400',
  );
});

test('a flow of once runs once', async () => {
  const flowId = await onceFlow();
  control.advanceClock(600 * minute);
  expect(await runsOf(flowId)).toHaveLength(1);
});

test('only a flow of once can be run on demand, and its first such run fixes the delta column', async () => {
  const flowId = await onceFlow();
  const seconds = Math.floor(now() / 1000);
  const ask = (change: object = {}, id = flowId) =>
    client.post('/flowservice/runs', {
      flowId: id,
      params: { startTime: seconds, windowStartTime: seconds - 600, windowEndTime: seconds - 60, ...change },
    });
  expect(code(await ask())).toBe('CONNECTOR-1383-400');
  expect(code(await ask({ windowEndTime: seconds - 900 }))).toBe('CONNECTOR-1381-400');
  const made = await ask({ deltaColumn: { name: 'Datefield' } });
  expect(made).toMatchObject({
    status: 201,
    body: { items: [{ id: expect.any(String), etag: expect.any(String) }] },
  });
  expect((await readFlow(flowId)).transformations[0]).toEqual({
    name: 'Copy',
    params: { deltaColumn: { name: 'Datefield' } },
  });
  expect(code(await ask({ deltaColumn: { name: 'Other' } }))).toBe('CONNECTOR-1382-400');
  expect((await ask()).status).toBe(201);

  const hourly = await makeFlow(client, now());
  expect(code(await ask({ deltaColumn: { name: 'Datefield' } }, hourly))).toBe('CONNECTOR-1386-400');
  expect(code(await ask({}, 'nope'))).toBe('FLOW-1430-400');
});

test('a run can be changed as the platform does, with its version', async () => {
  const flowId = await makeFlow(client, now());
  control.advanceClock(untilEnded);
  const [run] = await runsOf(flowId);
  const one = `/flowservice/runs/${run.id}`;
  const body = { metrics: { statusSummary: { status: 'COMPLETED' } } };
  expect(code(await client.call('PUT', one, { body }))).toBe('FLOW-1403-400');
  expect((await client.call('PUT', one, { body, headers: { 'if-match': run.etag } })).status).toBe(200);
  expect(status((await client.get(one)).body.items[0])).toBe('COMPLETED');
});

test('a run can be made by hand, at any time and of any shape', async () => {
  const flowId = await makeFlow(client, now());
  const yesterday = now() - 86_400_000;
  const made = control.makeRun(flowId, { outcome: 'failed', completedAt: yesterday });
  expect(status(made)).toBe('failed');
  const odd = control.makeRun(flowId, {
    completedAt: now(),
    run: { metrics: { recordSummary: { skippedRecordCount: 3 } } },
  });
  expect(odd.metrics.recordSummary).toMatchObject({ skippedRecordCount: 3, failedRecordCount: 0 });
  expect((await runsOf(flowId)).map(({ id }) => id)).toEqual([made.id, odd.id]);
  const since = encodeURIComponent(`metrics.durationSummary.completedAtUTC>=${yesterday + 1}`);
  expect((await runsOf(flowId, `&property=${since}`)).map(({ id }) => id)).toEqual([odd.id]);
});

test('the clock can run fast, and the date of an answer goes by it', async () => {
  const before = now();
  control.setClock({ speed: 100_000 });
  const answer = await waitFor('a later moment', async () => {
    const got = await client.get('/flowservice/flowSpecs');
    return now() > before ? got : undefined;
  });
  control.setClock({ speed: 0 });
  expect(Date.parse(answer.headers.get('date') ?? '')).toBeGreaterThanOrEqual(before - 1000);
  control.setClock({ now: now() + 5000 });
  expect(() => control.setClock({ now: before })).toThrow(/forward/);
});

test('runs of one instant are each on one page', async () => {
  const flowId = await makeFlow(client, now());
  const made = Array.from({ length: 30 }, () => String(control.makeRun(flowId, { completedAt: now() }).id));
  const seen: string[] = [];
  let path: string | undefined = `/runs?limit=7&property=flowId==${flowId}`;
  while (path !== undefined) {
    const page: Answer = await client.get(`/flowservice${path}`);
    seen.push(...page.body.items.map(({ id }: Json) => id));
    path = nextPage(page);
  }
  expect(seen.toSorted()).toEqual(made.toSorted());
});

test.each([0, 0.001, -1, 'often', undefined])(
  'a schedule of a stream, which nobody checks, is none with an interval of %j',
  (interval) => {
    expect(readSchedule({ startTime: 1, frequency: 'minute', interval })).toBeUndefined();
  },
);
