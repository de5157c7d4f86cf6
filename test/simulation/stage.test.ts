import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/resources/resource.ts';
import { canary, leaksInLog } from '../support/canary.ts';
import { orders, refusedMapping } from '../support/dataflows.ts';
import { playOnStage, stageFor, type Stage } from './stage.ts';

const sandbox = 'prod';

/** A create that waits for a person. */
async function refused(stage: Stage, changes: JsonObject = {}) {
  const handle = await stage.client.start(
    orders(sandbox, { mapping: refusedMapping, onFailure: 'wait', ...changes }),
  );
  await stage.until('the refusal', async () => (await handle.progress()).state === 'waiting');
  return handle;
}

/** AEP is away, and says this of it, while a create asks for its flow specs. */
function awayWith(title: string) {
  return async (stage: Stage) => {
    const { fetch } = globalThis;
    globalThis.fetch = async (input, init) => {
      const { url } = input as Request;
      return url.includes('/flowSpecs') ? Response.json({ title }, { status: 503 }) : fetch(input, init);
    };
    const handle = await stage.client.start(orders(sandbox));
    await stage.until('the next attempt', async () => (await handle.progress()).waiting.length > 0);
  };
}

describe('a test on a stage fails where Temporal is told a secret', () => {
  it.each<[where: string, tell: (stage: Stage) => Promise<unknown>]>([
    ['by what it starts', (stage) => stage.client.start(orders(sandbox, { description: canary }))],
    [
      'by an update',
      async (stage) => (await refused(stage)).resume(orders(sandbox, { description: canary })),
    ],
    [
      'by a query',
      async (stage) => {
        const handle = await refused(stage);
        await stage.temporal.workflow
          .getHandle(handle.workflowId)
          .query('progress', canary)
          .catch(() => 0);
      },
    ],
    ['by what AEP answered to an attempt', awayWith(canary)],
  ])('%s', async (_, tell) => {
    const playing = playOnStage({}, async (stage) => void (await tell(stage)));
    await expect(playing).rejects.toThrow('Temporal was told a secret');
    leaksInLog.splice(0);
  });

  it('and where an activity logs one', async () => {
    await playOnStage({}, awayWith(canary)).catch(() => undefined);
    expect(leaksInLog.splice(0)).toContain('WARN Activity failed');
  });
});

it('a test on a stage fails with what is broken, and not for what it waited for', async () => {
  const playing = playOnStage({}, async (stage) => {
    const { workflowId } = await refused(stage);
    const run = stage.run(workflowId);
    run.tasks[0]![0]!.commands = [];
    stage.reset(run, 1);
    await stage.until('what never comes', () => false);
  });
  await expect(playing).rejects.toThrow('A replay differs');
});

describe('on a stage, as on a server,', () => {
  const { stage, it } = stageFor();
  const workflow = (workflowId: string) => stage.temporal.workflow.getHandle(workflowId);
  const ended = { name: 'WorkflowNotFoundError' };

  it('what has ended can be cancelled, to no effect, and not be terminated', async () => {
    const { workflowId, result } = await stage.client.start(orders(sandbox));
    await result();
    await workflow(workflowId).cancel();
    await expect(workflow(workflowId).terminate()).rejects.toMatchObject(ended);
    expect((await workflow(workflowId).describe()).status.name).toBe('COMPLETED');
  });

  it('a workflow is given all arguments, and what it says to more than one', async () => {
    const args = [orders(sandbox), 'another'];
    const options = { workflowId: `dataflow:${sandbox}:orders`, taskQueue: 'aep-dataflows', args };
    await expect(stage.temporal.workflow.execute('createDataflow', options)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('takes one argument, not 2') as string },
    });
  });

  it('what is reset keeps the memo that it was started with: its definition is told from another', async () => {
    const { workflowId, result } = await stage.client.start(orders(sandbox));
    const { definition } = (await workflow(workflowId).describe()).memo!;
    await result();
    stage.reset(stage.run(workflowId), 0);
    expect((await workflow(workflowId).describe()).memo).toMatchObject({ definition });
  });
});
