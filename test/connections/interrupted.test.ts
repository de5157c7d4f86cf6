import { describe, expect } from 'vitest';
import type { FaultKind } from '../../emulator/emulator.ts';
import { stageFor } from '../simulation/stage.ts';
import { mysqlAuth, shops as shopsIn } from '../support/connections.ts';
import { requestsIn } from '../support/dataflows.ts';

const sandbox = 'prod';
const path = '/flowservice/connections';
const input = (variable = 'SHOP_PASSWORD') => ({
  sandbox,
  name: 'Shop',
  connector: 'mysql' as const,
  auth: mysqlAuth({ secret: `env:${variable}` }),
});
const workflowId = `connection:${sandbox}:Shop`;

const faults: FaultKind[] = [
  '500',
  '500-committed',
  '502-html',
  'hang',
  'hang-committed',
  'late-commit',
  'reset-before',
  'reset-after',
  'truncated',
];

describe('one base connection remains, tested', () => {
  const { stage, it } = stageFor({ emulator: { lateCommitMs: 1_000 } });
  const shops = () => shopsIn(stage, sandbox);
  const posts = () => requestsIn(stage, sandbox, { method: 'POST', path });

  it.each(faults)('though each of its requests meets %s', async (kind) => {
    const { control } = stage.emulator;
    control.addFault({ kind, method: 'POST', path });
    control.addFault({ kind, method: 'PATCH', path: `${path}/*` });
    control.addFault({ kind, path: `${path}/*/test` });
    const { id } = await stage.client.ensureConnection(input());
    const [shop, ...others] = shops();
    expect(others).toEqual([]);
    expect(shop).toMatchObject({ id, description: expect.not.stringContaining('not tested') as string });
    control.addFault({ kind, method: 'PATCH', path: `${path}/*` });
    expect(await stage.client.ensureConnection(input('CRM_SECRET'))).toEqual({ id, outcome: 'updated' });
  });

  it('though what makes it is terminated with a create under way, and started again', async () => {
    stage.emulator.control.addFault({ kind: 'hang-committed', method: 'POST', path });
    const cutOff = stage.client.ensureConnection(input()).catch(() => undefined);
    await stage.until('the create to be sent', () => posts().length > 0);
    await stage.temporal.workflow.getHandle(workflowId).terminate();
    await cutOff;
    const { id } = await stage.client.ensureConnection(input());
    expect(shops()).toMatchObject([{ id }]);
    expect(posts()).toHaveLength(1);
  });
});

describe('one base connection remains while lists lag', () => {
  // They show nothing of what was made while a test needs it.
  const listLagMs = 10_000;
  const { stage, it } = stageFor({ emulator: { listLagMs }, worker: { listLagMs } });
  const shops = () => shopsIn(stage, sandbox);

  it('from one run to the next', async () => {
    const { id } = await stage.client.ensureConnection(input());
    expect(await stage.client.ensureConnection(input())).toEqual({ id, outcome: 'kept' });
    expect(await stage.client.deleteConnection({ sandbox, name: 'Shop' })).toEqual({ deleted: [id] });
    const again = await stage.client.ensureConnection(input());
    expect(again.outcome).toBe('made');
    expect(shops()).toMatchObject([{ id: again.id }]);
  });

  it.each([0, 0.2, 0.4, 0.6, 0.8])('when its run is reset to %d of its way', async (part) => {
    const { id } = await stage.client.ensureConnection(input());
    stage.reset(stage.run(workflowId), part);
    expect(await stage.temporal.workflow.getHandle(workflowId).result()).toMatchObject({ id });
    expect(shops()).toHaveLength(1);
  });
});
