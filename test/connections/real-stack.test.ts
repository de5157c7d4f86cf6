import proto from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../emulator/emulator.ts';
import { mysqlAuth, ordersFrom } from '../support/connections.ts';
import { oneOfSix, places } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { waitFor } from '../support/wait-for.ts';
import { changesIn, shops, startStage, type Stage } from './stage.ts';

const { EVENT_TYPE_WORKFLOW_TASK_COMPLETED: taskCompleted } = proto.temporal.api.enums.v1.EventType;

const { sandboxes, next } = places(5);
let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ sandboxes, lateCommitMs: 1_000 });
  await stage.rig.startWorker();
});
afterAll(() => stage.close());

const input = async ({ keep }: Stage, sandbox: string, password = 'password') => ({
  sandbox,
  name: 'Shop',
  connector: 'mysql' as const,
  auth: mysqlAuth(await keep(sandbox, password)),
});
const path = '/flowservice/connections';
const posts = ({ rig }: Stage, sandbox: string) =>
  changesIn(rig, sandbox).filter((call) => call === `POST ${path}`);

const faults: FaultKind[] = ['hang-committed', 'late-commit'];

/** A sample of what `interrupted.test.ts` plays in the simulation, and what a dataflow has a part in. */
describe.concurrent('one base connection remains, tested', () => {
  it.each(faults)('though each of its requests meets %s', async (kind) => {
    const { rig } = stage;
    const sandbox = next();
    const { control } = rig.emulator;
    control.addFault({ kind, sandbox, method: 'POST', path });
    control.addFault({ kind, sandbox, method: 'PATCH', path: `${path}/*` });
    control.addFault({ kind, sandbox, path: `${path}/*/test` });
    const { id } = await rig.client.ensureConnection(await input(stage, sandbox));
    const [shop, ...others] = shops(rig, sandbox);
    expect(others).toEqual([]);
    expect(shop).toMatchObject({ id, description: expect.not.stringContaining('not tested') as string });
    control.addFault({ kind, sandbox, method: 'PATCH', path: `${path}/*` });
    expect(await rig.client.ensureConnection(await input(stage, sandbox, 'other'))).toEqual({
      id,
      outcome: 'updated',
    });
  });

  it('though the dataflow that asked for it is cancelled, and created again', async () => {
    const { rig, keep } = stage;
    const sandbox = next();
    rig.emulator.control.addFault({ kind: 'hang-committed', sandbox, method: 'POST', path });
    const definition = ordersFrom(sandbox, mysqlAuth(await keep(sandbox, 'password')));
    const handle = await rig.client.start(definition);
    await waitFor('the create to be sent', () => posts(stage, sandbox).length > 0);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ type: 'Cancelled' });
    await (await rig.client.start(definition)).result();
    expect(shops(rig, sandbox)).toHaveLength(1);
    expect(posts(stage, sandbox)).toHaveLength(1);
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
  });

  it('though the update that asked for it is cancelled, which is then told as that', async () => {
    const { rig, keep } = stage;
    const sandbox = next();
    const definition = ordersFrom(sandbox, mysqlAuth(await keep(sandbox, 'password')));
    await (await rig.client.start(definition)).result();
    rig.emulator.control.addFault({ kind: 'hang', sandbox, method: 'PATCH', path: `${path}/*` });
    const patches = () => changesIn(rig, sandbox).filter((call) => call.startsWith(`PATCH ${path}`)).length;
    const before = patches();
    const changed = ordersFrom(sandbox, mysqlAuth(await keep(sandbox, 'another')), { description: 'All' });
    const updating = rig.client.update({ definition: changed });
    const asked = expect(updating).rejects.toMatchObject({ type: 'Cancelled' });
    await waitFor('the change to be sent', () => patches() > before);
    await rig.client.dataflow({ sandbox, name: 'orders' }).cancel();
    await asked;
    expect(shops(rig, sandbox)).toHaveLength(1);
  });

  it.each([0.4])('when its run is reset to %d of its way', async (part) => {
    const { rig } = stage;
    const sandbox = next();
    const { id } = await rig.client.ensureConnection(await input(stage, sandbox));
    const handle = rig.temporal.client.workflow.getHandle(`connection:${sandbox}:Shop`);
    const { events } = await handle.fetchHistory();
    const tasks = (events ?? []).filter(({ eventType }) => eventType === taskCompleted);
    const { client, namespace } = rig.temporal;
    await client.workflowService.resetWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: handle.workflowId },
      workflowTaskFinishEventId: tasks[Math.round(part * (tasks.length - 1))]!.eventId!,
      requestId: crypto.randomUUID(),
      reason: 'test',
    });
    expect(await handle.result()).toMatchObject({ id });
    expect(shops(rig, sandbox)).toHaveLength(1);
  });
});
