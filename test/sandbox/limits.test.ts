import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orders, places, requestsIn } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

type Json = Record<string, unknown>;

const { sandboxes, next } = places(6);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** So long that a few dozen of them are more than one run may hold. */
const long = (sandbox: string, name: string, characters: number): Json => {
  const definition = orders(sandbox, { name, dataset: { name } });
  const [schema, source] = [definition['schema'], definition['source']] as [Json, Json];
  return {
    ...definition,
    schema: { ...schema, title: name },
    source: { ...source, params: { note: 'x'.repeat(characters) } },
  };
};
const many = (sandbox: string, count: number, characters = 90_000) =>
  Array.from({ length: count }, (_, index) => long(sandbox, `flow-${index}`, characters));

interface Size {
  events: number;
  bytes: number;
  largest: number;
}

/** What each run of a workflow has put into its history. */
async function sizesOf(workflowId: string): Promise<Size[]> {
  const { workflow } = rig.temporal.client;
  const sizes: Size[] = [];
  let runId: string | undefined =
    (await workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo?.firstRunId ?? undefined;
  while (runId) {
    const handle: WorkflowHandle = workflow.getHandle(workflowId, runId);
    // oxlint-disable-next-line no-await-in-loop
    const [{ historySize = 0 }, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
    const bytes = (events ?? []).map((event) => JSON.stringify(event).length);
    sizes.push({ events: events!.length, bytes: historySize, largest: Math.max(...bytes) });
    runId = events!.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return sizes;
}

function mustBeSmall(sizes: Size[]): void {
  expect(sizes.length).toBeGreaterThan(1);
  for (const { events, bytes, largest } of sizes) {
    expect(events).toBeLessThan(5_000);
    expect(bytes).toBeLessThan(4_000_000);
    // In base64.
    expect(largest).toBeLessThan(1_400_000);
  }
}

describe('more definitions than a run may hold', () => {
  it('are planned in several runs, none of which grows too long, and each plan can still be had', async () => {
    const sandbox = next();
    const plans = await rig.client.planMany({ definitions: many(sandbox, 40) });
    expect(plans.totals).toMatchObject({ dataflows: 40, different: 40 });
    expect(plans.dataflows.map(({ name }) => name)).toEqual(
      Array.from({ length: 40 }, (_, index) => `flow-${index}`),
    );
    for (const name of ['flow-0', `${sandbox}/flow-20`, 'flow-39']) {
      // oxlint-disable-next-line no-await-in-loop
      const plan = await plans.plan(name);
      expect(plan.dataflow).toBe(`${sandbox}/${name.replace(`${sandbox}/`, '')}`);
      expect(plan.digest).toBe(plans.dataflows.find((one) => name.endsWith(one.name))!.digest);
    }
    await expect(plans.plan('flow-40')).rejects.toMatchObject({ type: 'InvalidDefinition' });
    mustBeSmall(await sizesOf(plans.workflowId));
  });

  it('are applied in several runs', async () => {
    const sandbox = next();
    const handle = await rig.client.apply({
      definitions: many(sandbox, 12, 190_000),
      replaceFlow: 'from-now',
    });
    const { totals } = await handle.result();
    expect(totals).toMatchObject({ dataflows: 12, created: 12 });
    mustBeSmall(await sizesOf(handle.workflowId));
  });

  it('are planned no further ahead than they are begun', async () => {
    const sandbox = next();
    const gate = { method: 'POST', path: '/flowservice/flows', kind: '503', times: 1_000, sandbox } as const;
    rig.emulator.control.addFault(gate);
    const handle = await rig.client.apply({ definitions: many(sandbox, 8), concurrency: 1 });
    await waitFor('a flow asked for', () =>
      requestsIn(rig, sandbox, gate).some(({ method }) => method === 'POST'),
    );
    const { events } = await rig.temporal.client.workflow.getHandle(handle.workflowId).fetchHistory();
    const planned = events!.filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'planSome',
    );
    expect(planned).toHaveLength(1);
    expect(await handle.progress()).toMatchObject({ waiting: 7, running: [{}] });
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ type: 'Cancelled' });
  });

  it('are refused at once where they are given in one go, with how to give them', async () => {
    const sandbox = next();
    const planned = rig.temporal.client.workflow.execute('planDataflows', {
      workflowId: `plans:${sandbox}`,
      taskQueue: 'aep-dataflows',
      args: [{ definitions: many(sandbox, 14) }],
    });
    await expect(planned).rejects.toMatchObject({
      cause: { type: 'InvalidDefinition', message: expect.stringMatching(/"more": true[^]*"add"/) },
    });
  });

  it('are told in few words where thousands of them are wrong, and are refused where they are too many', async () => {
    const wrong = Array.from({ length: 3_000 }, (_, index) => ({ name: `wrong-${index} ${'ü'.repeat(60)}` }));
    const { dataflows, totals } = await rig.client.planMany({ definitions: wrong });
    expect(totals).toMatchObject({ dataflows: 3_000, failed: 3_000 });
    expect(dataflows[0]?.error?.problems?.map(({ field }) => field)).toContain('sandbox');
    expect(Buffer.byteLength(JSON.stringify(dataflows))).toBeLessThan(1_000_000);
    const tooMany = rig.client.planMany({ definitions: [...wrong, {}] });
    await expect(tooMany).rejects.toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining('3000 at most'),
    });
  });
});
