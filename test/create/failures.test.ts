import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  failureOf,
  legacyOrders,
  oneOfNine,
  oneOfSix,
  orders,
  outcomeOf,
  places,
  requestsIn,
  refusedMapping,
  wrongExpression,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(20);
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes } });
  await rig.startWorker();
});
afterAll(() => rig.close());

const everyTime = 1_000;
const ours = (sandbox: string) => marked(rig.emulator, `${sandbox}/orders`);

async function failedStart(definition: Record<string, unknown>) {
  const handle = await rig.client.start(definition);
  const { type, message, details } = await failureOf(handle);
  const outcome = await outcomeOf(rig, handle.workflowId);
  // Who is told of the failure and who reads the memo learn the same.
  expect(details).toMatchObject({ ...outcome });
  return { type, message, details, outcome: outcome! };
}

describe('Rejected', () => {
  it.concurrent('keeps what AEP said, and says what exists; mended, the dataflow takes it up', async () => {
    const sandbox = next();
    const definition = orders(sandbox, {
      mapping: [{ source: 'TestID', destination: '_id' }, ...refusedMapping],
    });
    const { type, message, details, outcome } = await failedStart(definition);
    expect(type).toBe('Rejected');
    expect(details).toMatchObject({ call: 'POST /conversion/mappingSets', status: 400 });
    const [answered] = requestsIn(rig, sandbox, { method: 'POST', path: '/conversion/mappingSets' });
    expect(answered?.status).toBe(400);
    for (const key of ['title', 'detail', 'requestId']) expect(message).toContain(details[key]);
    expect(message).toContain(wrongExpression);
    expect(Object.keys(outcome.made).sort()).toEqual(expect.arrayContaining(['schema', 'sourceConnection']));
    expect(outcome.notTried).toContain('flow');
    expect(outcome.unknown).toEqual([]);
    const all = [...Object.keys(outcome.made), ...outcome.notTried];
    expect(outcome.failed).toEqual([
      { kind: 'mappingSet', why: expect.stringContaining(wrongExpression) as string },
    ]);
    expect(all.sort()).toEqual(['dataset', 'flow', 'schema', 'sourceConnection', 'targetConnection']);

    const result = await (await rig.client.start(orders(sandbox))).result();
    expect(result.resources).toMatchObject(outcome.made);
    expect(ours(sandbox)).toEqual(oneOfSix);
  });
});

describe('InvalidDefinition', () => {
  it.concurrent('is what a sandbox is that AEP does not know, with those it knows, and nothing was made', async () => {
    const { type, message, details } = await failedStart(orders('no-such-place'));
    expect(type).toBe('InvalidDefinition');
    const known = sandboxes.slice(0, 20).join(', ');
    expect(message).toContain(
      `sandbox: AEP does not know the sandbox "no-such-place"; this client may use ${known}`,
    );
    expect(details).toMatchObject({
      problems: [{ field: 'sandbox' }],
      problemCount: 1,
      status: 404,
      code: 'FLOW-2100-404',
      made: {},
      adopted: {},
      unknown: [],
    });
    expect(requestsIn(rig, 'no-such-place', { method: 'POST' })).toEqual([]);
  });

  it.concurrent.each<[string, () => Promise<unknown>]>([
    ['delete', () => rig.client.delete({ sandbox: 'no-such-place', name: 'gone' })],
    ['look for orphans', () => rig.client.listOrphans({ sandbox: 'no-such-place' })],
  ])("a %s says it in the same words, whichever of AEP's services refuses first", async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining(
        `sandbox: AEP does not know the sandbox "no-such-place"; this client may use ${sandboxes[0]!}`,
      ) as string,
    });
  });
});

describe('Unavailable', () => {
  it.concurrent('ends it where the definition gives up after a while', async () => {
    const sandbox = next();
    const path = '/flowservice/sourceConnections';
    rig.emulator.control.addFault({ method: 'GET', path, kind: '503', sandbox, times: everyTime });
    const { type, details, outcome } = await failedStart(orders(sandbox, { giveUpAfter: '2s' }));
    expect(type).toBe('Unavailable');
    expect(details).toMatchObject({ call: `GET ${path}`, status: 503 });
    expect(outcome.unknown).toEqual([]);
    expect(outcome.notTried).toContain('flow');
    expect(requestsIn(rig, sandbox, { method: 'GET', path }).length).toBeGreaterThan(1);
  });

  it.concurrent('ends a schema that AEP never answers for as unknown', async () => {
    const sandbox = next();
    rig.emulator.control.addFault({
      method: 'POST',
      path: '/schemaregistry/tenant/schemas',
      kind: '500-committed',
      sandbox,
      times: everyTime,
    });
    const { type, outcome } = await failedStart(orders(sandbox, { giveUpAfter: '1s' }));
    expect(type).toBe('Unavailable');
    expect(outcome.unknown).toEqual(['schema']);
  });
});

describe('a doubt that cannot be resolved', () => {
  const lost = '/flowservice/sourceConnections';

  it.concurrent('ends as Unavailable where the definition gives up, with the kind unknown', async () => {
    const sandbox = next();
    loseTheSourceConnection(sandbox);
    const { type, outcome } = await failedStart(orders(sandbox, { giveUpAfter: '1s' }));
    expect(type).toBe('Unavailable');
    expect(outcome.unknown).toEqual(['sourceConnection']);
    await finishes(sandbox);
  });

  it.concurrent('is left as unknown in the memo by a cancellation, and the next start finds out', async () => {
    const sandbox = next();
    loseTheSourceConnection(sandbox);
    const handle = await rig.client.start(orders(sandbox));
    await waitFor('the look after the doubt', () =>
      requestsIn(rig, sandbox, { method: 'GET', path: lost }).some(({ status }) => status === 503),
    );
    await handle.cancel();
    expect((await failureOf(handle)).type).toBe('Cancelled');
    const outcome = await outcomeOf(rig, handle.workflowId);
    expect(outcome?.unknown).toEqual(['sourceConnection']);
    expect(outcome?.notTried).toContain('flow');
    await finishes(sandbox);
  });

  /** The answer to its POST is lost, and from then on nobody can look whether it is there. */
  function loseTheSourceConnection(sandbox: string): void {
    const { control } = rig.emulator;
    control.addFault({ method: 'POST', path: lost, kind: 'reset-after', sandbox });
    control.addFault({ method: 'GET', path: lost, kind: '503', sandbox, skip: 1, times: 3 });
  }

  async function finishes(sandbox: string): Promise<void> {
    const { made } = await (await rig.client.start(orders(sandbox))).result();
    expect(made).not.toContain('sourceConnection');
    expect(ours(sandbox)).toEqual(oneOfSix);
  }
});

describe('an AEP that is away altogether', () => {
  it('is waited for, and nothing is made twice', async () => {
    const sandbox = next();
    const reached = rig.emulator.control.nextRequest({ method: 'POST', path: '/catalog/dataSets' });
    const handle = await rig.client.start(legacyOrders(sandbox));
    await reached;
    await rig.emulator.unplug();
    await waitFor('a call that waits', async () => (await handle.progress()).waiting.length > 0);
    await rig.emulator.plugIn();
    await handle.result();
    expect(ours(sandbox)).toEqual(oneOfNine);
  });
});

// AEP counts the requests of a whole organisation, so one that is told to slow down slows the others.
describe('RateLimited', () => {
  it('does not end a dataflow: the client sees which call waits, and why', async () => {
    await using own = await rigWith({});
    const fault = { method: 'POST', path: '/catalog/dataSets', kind: '429-retry-after' } as const;
    own.rig.emulator.control.addFault({ ...fault, retryAfterSeconds: 3 });
    const handle = await own.rig.client.start(orders('prod'));
    const call = await waitFor('a call that waits', async () => {
      const { waiting, state } = await handle.progress();
      expect(state).toBe('running');
      return waiting.find(({ about }) => about === 'dataset');
    });
    expect(call).toMatchObject({ activity: 'createDataset', why: 'RateLimited', attempt: 2 });
    expect(call.message).toContain('POST /catalog/dataSets failed: 429');
    expect(call.nextAttemptAt! - Date.now()).toBeGreaterThan(1_000);
    await handle.result();
    expect(marked(own.rig.emulator, 'prod/orders')).toEqual(oneOfSix);
  });

  it.concurrent.each([
    // No pause at all would be the end of all attempts for Temporal.
    ['at once', 0],
    ['later than a worker that died is replaced', 12],
  ])('is asked again when AEP says so: %s', async (_, retryAfterSeconds) => {
    const sandbox = next();
    const dataset = { method: 'POST', path: '/catalog/dataSets' };
    rig.emulator.control.addFault({ ...dataset, kind: '429-retry-after', sandbox, retryAfterSeconds });
    await (await rig.client.start(orders(sandbox))).result();
    const [refused, taken] = requestsIn(rig, sandbox, dataset);
    expect(taken!.at - refused!.at).toBeGreaterThanOrEqual(retryAfterSeconds * 1_000);
    expect(ours(sandbox)).toEqual(oneOfSix);
  });

  it('ends it where the definition gives up after a while', async () => {
    await using own = await rigWith({});
    const fault = { method: 'POST', path: '/catalog/dataSets', kind: '429' } as const;
    own.rig.emulator.control.addFault({ ...fault, times: everyTime });
    const handle = await own.rig.client.start(orders('prod', { giveUpAfter: '2s' }));
    const { type, details } = await failureOf(handle);
    expect(type).toBe('RateLimited');
    expect(details).toMatchObject({ call: expect.stringMatching(/^(GET|POST) \//) });
    // The mapping set's create may have been cancelled between two attempts: that is a doubt, until somebody looks.
    expect(['', 'mappingSet']).toContain(String(details['unknown']));
    expect(details['notTried']).toContain('flow');
  });
});

describe('Unauthorized', () => {
  it('is what a wrong secret is: at once, with nothing made', async () => {
    await using own = await rigWith({ clientSecret: 'the right one' });
    const handle = await own.rig.client.start(orders('prod'));
    const { type, message, details } = await failureOf(handle);
    expect(type).toBe('Unauthorized');
    expect(message).toContain('invalid client_secret parameter');
    expect(message).toContain('Check the client id and secret');
    expect(details).toMatchObject({ call: 'POST /ims/token/v3', status: 400, made: {}, unknown: [] });
  });

  it('is what a client without leave is, and what was made before is told', async () => {
    await using own = await rigWith({});
    const { control } = own.rig.emulator;
    // The client loses its leave while the dataflow is being made.
    control.addFault({ method: 'POST', path: '/flowservice/targetConnections', kind: '429' });
    const handle = await own.rig.client.start(orders('prod'));
    await waitFor('the mapping set', async () => {
      const { steps } = await handle.progress();
      return steps.find(({ step }) => step === 'mappingSet')?.state === 'made';
    });
    control.configure({ clientIds: ['somebody-else'] });
    const { type, details } = await failureOf(handle);
    expect(type).toBe('Unauthorized');
    expect(details).toMatchObject({ status: 403, code: '403003', notTried: ['flow'], unknown: [] });

    control.configure({ clientIds: [] });
    const result = await (await own.rig.client.start(orders('prod'))).result();
    expect(result.resources).toMatchObject(details['made'] as object);
    expect(requestsIn(own.rig, 'prod', { method: 'POST', path: '/catalog/dataSets' })).toHaveLength(1);
  });
});

async function rigWith(emulator: { clientSecret?: string }) {
  const rig = await startRig({ emulator });
  await rig.startWorker();
  return { rig, [Symbol.asyncDispose]: () => rig.close() };
}
