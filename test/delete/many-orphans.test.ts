import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatMark } from '../../src/resources/mark.ts';
import { administratorOf } from '../support/dataflows.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const sandbox = 'crowded';
const connectionSpec = { id: 'c604ff05-7f1a-43c0-8e18-33bf874cb11c', version: '1.0' };
const count = 1_200;
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes: [sandbox] } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/**
 * A dataset base connection for each of many dataflows that nobody creates any more, and one with a mark that somebody
 * wrote by hand: Temporal takes no workflow under the id that follows from it.
 */
async function leaveBehind(): Promise<void> {
  const { connections } = administratorOf(rig).flowService;
  const nonce = (index: number) => String(index).padStart(8, '0');
  const noName = formatMark({ dataflow: `${sandbox}/${'x'.repeat(1_100)}`, nonce: nonce(count) });
  await connections.create({ sandbox }, { name: 'by hand', description: noName, connectionSpec });
  for (let made = 0; made < count; made += 50) {
    const some = Array.from({ length: 50 }, (_, index) => made + index);
    await Promise.all(
      some.map((index) => {
        const mark = { dataflow: `${sandbox}/dataflow-${index}`, nonce: nonce(index) };
        const body = { name: `connection ${index}`, description: formatMark(mark), connectionSpec };
        return connections.create({ sandbox }, body);
      }),
    );
  }
}

it('of more than a thousand orphans all are counted, the first 500 are told, and any of them can be deleted', async () => {
  await leaveBehind();
  const { workflow } = rig.temporal.client;
  // One whose id is at work is nobody's orphan.
  const workflowId = `dataflow:${sandbox}:dataflow-7`;
  const atWork = await workflow.start('createDataflow', { workflowId, taskQueue: 'no-worker-here' });

  const { orphans } = await waitFor('the orphans to be old enough', async () => {
    const result = await rig.client.listOrphans({ sandbox });
    return result.count === count - 1 && result;
  });
  expect(orphans).toHaveLength(500);
  const told = new Set(orphans.map(({ id }) => id));
  const all = rig.emulator.control.resources('connections', sandbox);
  const marked = all.filter(({ description }) => String(description).startsWith('Managed by'));
  const untold = marked.map(({ id }) => String(id)).filter((id) => !told.has(id));
  const ofAtWork = marked.find(({ name }) => name === 'connection 7')!['id'] as string;
  const [last] = untold.filter((id) => id !== ofAtWork).slice(-1);

  const { deleted, notDeleted } = await rig.client.listOrphans({ sandbox, delete: [last!, ofAtWork] });
  expect(deleted).toEqual([last]);
  expect(notDeleted).toMatchObject([{ id: ofAtWork, why: expect.stringContaining('at work') as string }]);
  await atWork.terminate();
});
