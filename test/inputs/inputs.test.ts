import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marked } from '../support/marked.ts';
import {
  administratorOf,
  failureOf,
  orders,
  places,
  refusedMapping,
  requestsIn,
} from '../support/dataflows.ts';
import type { PlanDataflowsResult } from '../../src/client.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';
import { makeFlow } from '../watch/make-flow.ts';
import { payload, rawClient } from './raw.ts';

const { sandboxes, next } = places(30);
let rig: Rig;
let raw: ReturnType<typeof rawClient>;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  raw = rawClient(rig.temporal);
  await rig.startWorker();
});
afterAll(() => rig.close());

const json = (value: unknown) => payload(JSON.stringify(value));
const unreadable = payload('{"sandbox": NaN}');

async function startWatcher() {
  const sandbox = next();
  const flowId = await makeFlow(administratorOf(rig), { sandbox });
  const watcher = await rig.client.watch({ sandbox, flowId });
  return { watcher, workflowId: watcher.workflowId, health: () => rig.client.health({ sandbox, flowId }) };
}

describe('a start that nobody can read', () => {
  it.concurrent.each([
    'createDataflow',
    'deleteDataflow',
    'importDataflow',
    'listOrphans',
    'watchFlowRuns',
    'followRuns',
  ])('ends %s as InvalidDefinition', async (type) => {
    const handle = await raw.start(type, `unreadable-${type}`, [unreadable]);
    const told = await failureOf(handle);
    expect(told.type).toBe('InvalidDefinition');
    expect(told.message).toContain(`${type} was given what cannot be read: it is not JSON, which has no NaN`);
  });

  it.concurrent.each(['createDataflow', 'updateDataflow'])(
    'of %s leaves nothing that the next one would wait for',
    async (type) => {
      const sandbox = next();
      const workflowId = `dataflow:${sandbox}:orders`;
      await failureOf(await raw.start(type, workflowId, [payload('')]));
      const { memo } = await rig.temporal.client.workflow.getHandle(workflowId).describe();
      expect(memo?.['outcome']).toMatchObject({ unknown: [] });
      const { flowId } = await (await rig.client.start(orders(sandbox))).result();
      expect(flowId).toBeTruthy();
    },
  );

  it.concurrent('is fine where only its memo cannot be read, and so is the next one', async () => {
    const sandbox = next();
    const workflowId = `dataflow:${sandbox}:orders`;
    const memo = { fields: { mine: unreadable } };
    await raw.start('createDataflow', workflowId, [json(orders(sandbox))], { memo });
    const { flowId } = (await rig.client.dataflow({ sandbox, name: 'orders' }).result()) as {
      flowId: string;
    };
    const again = await rig.client.start(orders(sandbox));
    expect((await again.result()).flowId).toBe(flowId);
    const orphans = await rig.client.listOrphans({ sandbox });
    expect(orphans.orphans).toEqual([]);
  });

  it.concurrent('is an error of the worker where a codec should have decoded it', async () => {
    const handle = await raw.start('createDataflow', 'encrypted', [payload('x', 'binary/encrypted')]);
    await waitFor('a task to fail', async () => {
      const { events } = await handle.fetchHistory();
      return events?.some(({ workflowTaskFailedEventAttributes: failed }) => failed);
    });
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  });
});

it.concurrent.each(['createDataflow', 'deleteDataflow', 'importDataflow', 'listOrphans', 'watchFlowRuns'])(
  'a key that every object has by itself ends %s as InvalidDefinition',
  async (type) => {
    const input = payload('{"constructor": 1, "toString": {}, "__proto__": 2}');
    const told = await failureOf(await raw.start(type, `keys-${type}`, [input]));
    expect(told.type).toBe('InvalidDefinition');
    expect(told.message).toContain('constructor: is not known');
  },
);

describe('more than one argument', () => {
  it.concurrent.each([
    'createDataflow',
    'deleteDataflow',
    'importDataflow',
    'listOrphans',
    'watchFlowRuns',
    'followRuns',
  ])('is refused by %s, and nothing is done', async (type) => {
    const sandbox = next();
    const handle = await raw.start(type, `two-${type}`, [json(orders(sandbox)), json({})]);
    const told = await failureOf(handle);
    expect(told.type).toBe('InvalidDefinition');
    expect(told.message).toContain(`${type} takes one argument, not 2`);
    expect(requestsIn(rig, sandbox)).toEqual([]);
  });

  it.concurrent('is not what a cron of a watcher hands to its next run either', async () => {
    const handle = await raw.start('watchFlowRuns', 'cron', [json({}), json({})], {
      cronSchedule: '@every 1s',
    });
    await waitFor('the second run', async () => {
      const { runId, raw: described } = await handle.describe();
      return described.workflowExecutionInfo?.firstRunId !== runId;
    });
    const { status } = await waitFor('a run that has ended or not', async () => handle.describe());
    const { events } = await handle.fetchHistory();
    expect(events?.some(({ workflowTaskFailedEventAttributes: failed }) => failed)).toBe(false);
    if (status.name === 'RUNNING') await handle.terminate();
  });

  it.concurrent('may be there where it is null', async () => {
    const sandbox = next();
    const workflowId = `dataflow:${sandbox}:orders`;
    await raw.start('createDataflow', workflowId, [json(orders(sandbox)), json(null)]);
    await rig.client.dataflow({ sandbox, name: 'orders' }).result();
    expect(marked(rig.emulator, `${sandbox}/orders`)['flows']).toBe(1);
  });
});

describe('what comes to a watcher', () => {
  it.concurrent('is refused, or left out, where nobody can read it or nobody would', async () => {
    const { watcher, workflowId, health } = await startWatcher();
    const settings = { pauseAfter: 3 };
    await watcher.setWatch(settings);
    for (const args of [[unreadable], [payload('', 'binary/plain')], [json({}), json({ pauseAfter: 5 })]]) {
      for (const name of ['setWatch', 'checkNow', 'retryRun', 'pause', 'resume', 'stop']) {
        const failure = await raw.update(workflowId, name, args);
        expect(failure?.applicationFailureInfo?.type).toBe('InvalidDefinition');
        expect(failure?.message).toMatch(new RegExp(`The update ${name} (takes one|was given what cannot)`));
      }
      for (const name of ['wake', 'runsEnded', 'setWatch']) await raw.signal(workflowId, name, args);
    }
    for (const name of ['checkNow', 'pause', 'resume', 'stop'])
      expect((await raw.update(workflowId, name, [json({ soon: true })]))?.message).toContain('soon');
    await expect(raw.query(workflowId, 'health', [unreadable])).rejects.toThrow('cannot be read');
    await raw.query(workflowId, 'health', []);
    expect((await watcher.checkNow()).watch.settings).toEqual(settings);
    expect((await health())?.watch.settings).toEqual(settings);
    const { events } = await rig.temporal.client.workflow.getHandle(workflowId).fetchHistory();
    expect(events?.some(({ workflowTaskFailedEventAttributes: failed }) => failed)).toBe(false);
    await watcher.stop();
  });
});

describe('what comes to a create that waits', () => {
  it.concurrent('is refused where nobody can read it, and null is as nothing', async () => {
    const sandbox = next();
    const create = await rig.client.start(orders(sandbox, { onFailure: 'wait', mapping: refusedMapping }));
    await waitFor('it to wait', async () => (await create.progress()).state === 'waiting');
    for (const name of ['resume', 'giveUp'])
      for (const args of [[unreadable], [json('keep'), json({})]])
        expect((await raw.update(create.workflowId, name, args))?.applicationFailureInfo?.type).toBe(
          'InvalidDefinition',
        );
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect((await raw.update(create.workflowId, 'giveUp', [payload(deep)]))?.message).toContain(
      'giveUp takes "keep" or "rollback", not a list',
    );
    expect(await raw.update(create.workflowId, 'giveUp', [json(null)])).toBeUndefined();
    expect((await failureOf(create)).type).toBe('Rejected');
  });
});

describe('a folder in which one definition is nested too deeply to be written out', () => {
  const deep = `{"name": "deep", "source": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const good = JSON.stringify(orders(next()));

  it.concurrent.each(['planDataflows', 'applyDataflows'])('has that told for itself by %s', async (type) => {
    const id = `deep-${type}`;
    const handle = await raw.start(type, id, [payload(`{"definitions": [${deep}], "more": true}`)]);
    expect(await raw.update(id, 'add', [payload(`{"definitions": [${deep}, ${good}]}`)])).toBeUndefined();
    const { dataflows } = (await handle.result()) as PlanDataflowsResult;
    expect(dataflows.map(({ name, error }) => [name, error?.type])).toEqual([
      ['deep', 'InvalidDefinition'],
      ['deep', 'InvalidDefinition'],
      ['orders', undefined],
    ]);
  });
});

describe('a workflow type that there is not', () => {
  it.concurrent.each([
    ['createDataFlow', 'createDataflow'],
    ['watchFlowRun', 'watchFlowRuns'],
    ['toString', undefined],
    ['hasOwnProperty', undefined],
    ['default', undefined],
  ])('%s ends at once, and says which was probably meant', async (type, nearest) => {
    const sandbox = next();
    const handle = await raw.start(type, `dataflow:${sandbox}:orders`, [json(orders(sandbox))]);
    const told = await failureOf(handle);
    expect(told.type).toBe('UnknownWorkflowType');
    expect(told.details['nearest']).toBe(nearest);
    expect(told.message).toContain(
      'Known are createDataflow, planDataflow, planDataflows, applyDataflows, updateDataflow, deleteDataflow',
    );
    expect(told.message).not.toContain('followRuns');
    const { memo } = await handle.describe();
    expect(memo?.['outcome']).toMatchObject({ unknown: [] });
  });
});
