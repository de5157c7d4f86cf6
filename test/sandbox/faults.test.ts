import { expect, inject, it } from 'vitest';
import type { FaultKind } from '../../emulator/emulator.ts';
import { oneOfSix, orders } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startProgram } from '../support/program.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const sandbox = 'place-0';
const names = Array.from({ length: 20 }, (_, index) => `flow-${index}`);

function definitionOf(name: string, changes: object = {}): Record<string, unknown> {
  const schema = { ...(orders(sandbox)['schema'] as object), title: name };
  return orders(sandbox, { name, schema, dataset: { name }, ...changes });
}

/** A process begins late and a worker's death is noticed late where the machine is busy. Milliseconds. */
const patience = 120_000;

/** A worker as users run it: a process of its own. */
function startWorkerProcess(rig: Rig) {
  const config = { TEMPORAL_CONFIG_FILE: 'dev/temporal.toml' };
  return startProgram('dev/built-worker.ts', [inject('workflowBundle')], { ...rig.env, ...config });
}

/** Strikes the first creates of each sort: replies that are lost, requests that are, and an AEP that is away. */
function spoil({ emulator }: Rig): void {
  const spoiled: [path: string, kind: FaultKind][] = [
    ['/flowservice/sourceConnections', 'reset-after'],
    ['/catalog/dataSets', 'truncated'],
    ['/schemaregistry/tenant/schemas', '503'],
    ['/conversion/mappingSets', 'reset-after'],
    ['/flowservice/flows', 'reset-after'],
  ];
  for (const [path, kind] of spoiled)
    emulator.control.addFault({ method: 'POST', path, kind, skip: 2, times: 2, sandbox });
}

it('an apply of twenty whose workers are killed, that is terminated and started again, ends with exactly one of each', async () => {
  const rig = await startRig({ emulator: { sandboxes: [sandbox] } });
  try {
    const definitions = names.map((name) => definitionOf(name));
    spoil(rig);
    const worker = startWorkerProcess(rig);
    const first = await rig.client.apply({ definitions, concurrency: 8 });
    const made = () => rig.emulator.control.resources('dataSets', sandbox).length;
    await waitFor('some to be made', () => made() > 3, patience);
    worker.kill('SIGKILL');
    await worker.ended;

    const second = startWorkerProcess(rig);
    await waitFor('more to be made', () => made() > 9, patience);
    // What it has started goes on, and is waited for by the next.
    await rig.temporal.client.workflow.getHandle(first.workflowId).terminate();
    const again = await rig.client.apply({ definitions, concurrency: 8 });
    await waitFor('most to be made', () => made() > 14, patience);
    second.kill('SIGKILL');
    await second.ended;

    await rig.startWorker();
    const { totals } = await again.result();
    expect(totals).toMatchObject({ dataflows: 20, failed: 0, notTried: 0 });
    for (const name of names) expect(marked(rig.emulator, `${sandbox}/${name}`), name).toEqual(oneOfSix);

    const schedule = { frequency: 'hour', interval: 2, backfill: true };
    const changed = names.map((name, index) => definitionOf(name, index % 2 === 0 ? { schedule } : {}));
    const updated = await (await rig.client.apply({ definitions: changed, concurrency: 8 })).result();
    expect(updated.totals).toMatchObject({ updated: 10, unchanged: 10, failed: 0 });
    const { totals: planned } = await rig.client.planMany({ definitions: changed });
    expect(planned).toMatchObject({ dataflows: 20, empty: 20 });
    for (const name of names) expect(marked(rig.emulator, `${sandbox}/${name}`), name).toEqual(oneOfSix);
  } finally {
    await rig.close();
  }
}, 400_000);
