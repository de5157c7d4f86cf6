import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administratorOf, failureOf, oneOfSix, orders, places, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(4);
const minuteMs = 60_000;
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes, connectionInitMs: 60 * minuteMs } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** A definition over a base connection that was made just now. */
async function overNewConnection(sandbox: string, changes: Record<string, unknown> = {}) {
  const [like] = rig.emulator.control
    .resources('connections', sandbox)
    .filter(({ name }) => name === 'Google BigQuery base connection');
  const { connectionSpec, auth } = like!;
  const body = { name: 'New', connectionSpec, auth };
  const { id } = await administratorOf(rig).flowService.connections.create({ sandbox }, body);
  const definition = orders(sandbox, changes);
  return { ...definition, source: { ...(definition['source'] as object), baseConnectionId: id }, id };
}

describe('a base connection that AEP is still initializing', () => {
  it('is waited for, which progress says, and then the dataflow is made', async () => {
    const sandbox = next();
    const { id, ...definition } = await overNewConnection(sandbox);
    const handle = await rig.client.start(definition);
    const check = async () => (await handle.progress()).steps.find(({ step }) => step === 'check')!;
    await waitFor('the create to wait', async () => (await handle.progress()).waiting.length > 0);
    expect(await check()).toMatchObject({ state: 'running', note: expect.stringContaining(id) as string });
    expect((await check()).note).toContain('initializing');
    expect((await handle.progress()).waiting).toMatchObject([
      { activity: 'readBaseConnection', why: 'Unavailable', message: expect.stringContaining(id) as string },
    ]);
    expect(requestsIn(rig, sandbox, { method: 'POST' })).toEqual([]);

    rig.emulator.control.advanceClock(60 * minuteMs);
    await handle.result();
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    expect(await check()).not.toHaveProperty('note');
  });

  it('ends the create as Unavailable where it gives up before', async () => {
    const sandbox = next();
    const { id, ...definition } = await overNewConnection(sandbox, { giveUpAfter: '1s' });
    const { type, message } = await failureOf(await rig.client.start(definition));
    expect(type).toBe('Unavailable');
    expect(message).toContain(`${id} is initializing`);
  });

  it('is not waited for where something else is wrong with it', async () => {
    const sandbox = next();
    const { id, ...definition } = await overNewConnection(sandbox);
    const source = { ...definition.source, connector: 'amazon-redshift' };
    const { type, message } = await failureOf(await rig.client.start({ ...definition, source }));
    expect(type).toBe('InvalidDefinition');
    expect(message).toContain(`${id} is a base connection of google-bigquery`);
  });
});
