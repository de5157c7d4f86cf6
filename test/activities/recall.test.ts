import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createActivities, type Recalled } from '../../src/activities/index.ts';
import { fakeAep, json } from '../aep/fake-aep.ts';

const bounds = { httpTimeoutMs: 2_000, lateCommitMs: 1, listLagMs: 1, watchIntervalMs: 1, webhooks: {} };
const flowSpec = {
  sandbox: 'prod',
  name: 'CRMToAEP',
  settings: { mappingId: '', startTime: 0 },
} as never as { sandbox: string; name: string; settings: never };
const baseConnection = { sandbox: 'prod', id: 'base' };
const minuteMs = 60_000;
const profile = 'https://ns.adobe.com/xdm/context/profile';
const parts = [
  { kind: 'class', id: profile },
  { kind: 'fieldGroup', id: 'https://ns.adobe.com/xdm/context/gone' },
] as const;
const fields = { sandbox: 'prod', parts: [...parts], paths: ['_id', 'nothing'] };
const types = { [`class ${profile}`]: { types: ['string', null] } };

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** A worker, and an AEP that has a flow spec and a base connection. */
async function worker(state = 'enabled') {
  const connection = { id: 'base', state, connectionSpec: { id: 'spec', version: '1.0' } };
  const { aep, requests } = await fakeAep(({ path }, response) => {
    if (path.includes('gone')) return json(response, 404, { status: 404, title: 'Not found' });
    if (path.includes('schemaregistry'))
      return json(response, 200, { $id: profile, properties: { _id: { type: 'string' } } });
    return json(response, 200, {
      items: [path.includes('flowSpecs') ? { id: 'crm', name: 'CRMToAEP', version: '1.1' } : connection],
    });
  });
  const { recall, readFlowSpec, readBaseConnection, readClass, readFieldGroup } = createActivities({
    aep,
    ...bounds,
  });
  const run = <Answer>(work: () => Promise<Answer>) =>
    new MockActivityEnvironment().run(work) as Promise<Answer>;
  return {
    recall: (): Promise<Recalled> => run(() => recall({ flowSpec, baseConnection })),
    recallFields: (sandbox = 'prod') =>
      run(() => recall({ flowSpec, fields: { ...fields, sandbox } })).then((recalled) => recalled.fields),
    readFields: () => {
      const { sandbox, paths } = fields;
      const [first, second] = parts;
      return run(() =>
        Promise.all([
          readClass({ sandbox, id: first.id, paths }),
          readFieldGroup({ sandbox, id: second.id, paths }),
        ]),
      );
    },
    read: () => run(() => Promise.all([readFlowSpec(flowSpec), readBaseConnection(baseConnection)])),
    requests,
  };
}

it('what was never read is not recalled, and AEP is not asked', async () => {
  const { recall, requests } = await worker();
  expect(await recall()).toEqual({});
  expect(requests).toEqual([]);
});

it('what was read is recalled as it was answered', async () => {
  const { recall, read } = await worker();
  const [spec, connection] = await read();
  expect(spec).toMatchObject({ id: 'crm', version: '1.1' });
  expect(connection).toEqual({ state: 'enabled', connectionSpecId: 'spec' });
  expect(await recall()).toEqual({ flowSpec: spec, baseConnection: connection });
});

it('a base connection is forgotten after a minute, a flow spec after ten, however often they are recalled', async () => {
  const { recall, read } = await worker();
  await read();
  vi.advanceTimersByTime(minuteMs - 1);
  expect(Object.keys(await recall())).toEqual(['flowSpec', 'baseConnection']);
  vi.advanceTimersByTime(1);
  expect(Object.keys(await recall())).toEqual(['flowSpec']);
  vi.advanceTimersByTime(9 * minuteMs);
  expect(await recall()).toEqual({});
});

it('whoever reads is told what AEP says now', async () => {
  const { read, requests } = await worker();
  await read();
  await read();
  expect(requests.length).toBe(4);
});

it('a base connection that was not enabled is read anew: somebody may have mended it', async () => {
  const { recall, read } = await worker('initializing');
  await read();
  expect(Object.keys(await recall())).toEqual(['flowSpec']);
});

it('what a class says of the destinations is recalled for ten minutes in its sandbox, and what is not there never', async () => {
  const { recallFields, readFields, requests } = await worker();
  expect(await recallFields()).toEqual({});
  expect(await readFields()).toEqual([{ types: ['string', null] }, {}]);
  const before = requests.length;
  expect(await recallFields()).toEqual(types);
  expect(await recallFields('dev')).toEqual({});
  vi.advanceTimersByTime(10 * minuteMs);
  expect(await recallFields()).toEqual({});
  expect(requests.length).toBe(before);
});
