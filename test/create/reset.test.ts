import { describe, expect } from 'vitest';
import type { CreateDataflowResult } from '../../src/client.ts';
import { stageFor } from '../simulation/stage.ts';
import { legacyOrders, oneOfNine, orders, refusedMapping, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';

// Lists show nothing of what was made while a test needs it.
const listLagMs = 10_000;
const { stage, it } = stageFor({ emulator: { listLagMs }, worker: { listLagMs } });
const sandbox = 'prod';
const workflowId = `dataflow:${sandbox}:orders`;

const start = () => stage.client.start(legacyOrders(sandbox));
const ours = () => marked(stage.emulator, `${sandbox}/orders`);
const posted = (count: number) =>
  stage.until('so many requests', () => requestsIn(stage, sandbox, { method: 'POST' }).length >= count);

/** What `temporal workflow reset` does, at a part of its tasks: 0 is the first, 1 the last. */
function reset(part: number): Promise<CreateDataflowResult> {
  stage.reset(stage.run(workflowId), part);
  return stage.client.dataflow({ sandbox, name: 'orders' }).result();
}

describe('while lists lag,', () => {
  it('a finished create that is reset to its first task finds all of it', async () => {
    const first = await (await start()).result();
    const second = await reset(0);
    expect(second.resources).toEqual(first.resources);
    expect(second.made).toEqual([]);
    expect(ours()).toEqual(oneOfNine);
  });

  it.each([0.2, 0.4, 0.6, 0.8])(
    'a finished create that is reset to %d of its way has exactly one of each',
    async (part) => {
      const first = await (await start()).result();
      const second = await reset(part);
      expect(second.resources).toEqual(first.resources);
      expect(ours()).toEqual(oneOfNine);
    },
  );

  it.each([2, 5, 8])(
    'a create that is terminated after %i requests and started again at once has exactly one of each',
    async (count) => {
      await start();
      await posted(count);
      await stage.temporal.workflow.getHandle(workflowId).terminate();
      const { resources } = await (await start()).result();
      expect(Object.keys(resources)).toHaveLength(9);
      expect(ours()).toEqual(oneOfNine);
    },
  );

  it.each([3, 6])(
    'a running create that is reset to its first task after %i requests has exactly one of each',
    async (count) => {
      await start();
      await posted(count);
      await reset(0);
      expect(ours()).toEqual(oneOfNine);
    },
  );
});

describe('a create that waited and was corrected', () => {
  const right = [{ source: 'Name', destination: 'person.name.fullName' }];

  async function corrected(...corrections: object[]) {
    const handle = await stage.client.start(orders(sandbox, { onFailure: 'wait', mapping: refusedMapping }));
    for (const correction of corrections) {
      await stage.until('the create to wait', async () => (await handle.progress()).state === 'waiting');
      await handle.resume(orders(sandbox, { onFailure: 'wait', ...correction }));
    }
    return handle.result();
  }

  it.each([0, 0.25, 0.5, 0.75])('is corrected still when it is reset to %d of its way', async (part) => {
    const first = await corrected({ mapping: right, dataset: { name: 'Corrected' } });
    const second = await reset(part);
    expect(second.resources).toEqual(first.resources);
    expect(ours()).toMatchObject({ flows: 1, sourceConnections: 1, targetConnections: 1 });
  });

  it('goes by the last of several corrections when it is reset to its first task', async () => {
    const first = await corrected({ mapping: refusedMapping, description: 'once' }, { mapping: right });
    const second = await reset(0);
    expect(second.resources).toEqual(first.resources);
    expect(second.made).toEqual([]);
  });

  it('takes no correction before it waits where it was not reset', async () => {
    const path = '/flowservice/sourceConnections';
    stage.emulator.control.addFault({ method: 'GET', path, sandbox, kind: 'hang' });
    const handle = await stage.client.start(orders(sandbox, { onFailure: 'wait' }));
    await expect(handle.resume(orders(sandbox, { mapping: right }))).rejects.toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining('Nothing waits') as string,
    });
    await handle.result();
  });
});
