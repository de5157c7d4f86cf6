import { describe, expect } from 'vitest';
import { stageFor } from '../simulation/stage.ts';
import {
  failureOf,
  oneOfSix,
  orders,
  outcomeOf,
  requestsIn,
  refusedMapping,
  wrongExpression,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

const everyTime = 1_000;
const ours = () => marked(stage.emulator, `${sandbox}/orders`);

async function failedStart(definition: Record<string, unknown>) {
  const handle = await stage.client.start(definition);
  const { type, message, details } = await failureOf(handle);
  const outcome = await outcomeOf(stage.temporal, handle.workflowId);
  // Who is told of the failure and who reads the memo learn the same.
  expect(details).toMatchObject({ ...outcome });
  return { type, message, details, outcome: outcome! };
}

describe('Rejected', () => {
  it('keeps what AEP said, and says what exists; mended, the dataflow takes it up', async () => {
    const definition = orders(sandbox, {
      mapping: [{ source: 'TestID', destination: '_id' }, ...refusedMapping],
    });
    const { type, message, details, outcome } = await failedStart(definition);
    expect(type).toBe('Rejected');
    expect(details).toMatchObject({ call: 'POST /conversion/mappingSets', status: 400 });
    const [answered] = requestsIn(stage, sandbox, { method: 'POST', path: '/conversion/mappingSets' });
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

    const result = await (await stage.client.start(orders(sandbox))).result();
    expect(result.resources).toMatchObject(outcome.made);
    expect(ours()).toEqual(oneOfSix);
  });
});

describe('InvalidDefinition', () => {
  it('is what a sandbox is that AEP does not know, with those it knows, and nothing was made', async () => {
    const { type, message, details } = await failedStart(orders('no-such-place'));
    expect(type).toBe('InvalidDefinition');
    expect(message).toContain(
      `sandbox: AEP does not know the sandbox "no-such-place"; this client may use prod, dev`,
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
    expect(requestsIn(stage, 'no-such-place', { method: 'POST' })).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['delete', () => stage.client.delete({ sandbox: 'no-such-place', name: 'gone' })],
    ['look for orphans', () => stage.client.listOrphans({ sandbox: 'no-such-place' })],
  ])("a %s says it in the same words, whichever of AEP's services refuses first", async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({
      type: 'InvalidDefinition',
      message: expect.stringContaining(
        `sandbox: AEP does not know the sandbox "no-such-place"; this client may use prod`,
      ) as string,
    });
  });
});

describe('Unavailable', () => {
  it('ends it where the definition gives up after a while', async () => {
    const path = '/flowservice/sourceConnections';
    stage.emulator.control.addFault({ method: 'GET', path, kind: '503', sandbox, times: everyTime });
    const { type, details, outcome } = await failedStart(orders(sandbox, { giveUpAfter: '2s' }));
    expect(type).toBe('Unavailable');
    expect(details).toMatchObject({ call: `GET ${path}`, status: 503 });
    expect(outcome.unknown).toEqual([]);
    expect(outcome.notTried).toContain('flow');
    expect(requestsIn(stage, sandbox, { method: 'GET', path }).length).toBeGreaterThan(1);
  });

  it('ends a schema that AEP never answers for as unknown', async () => {
    stage.emulator.control.addFault({
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

  it('ends as Unavailable where the definition gives up, with the kind unknown', async () => {
    loseTheSourceConnection();
    const { type, outcome } = await failedStart(orders(sandbox, { giveUpAfter: '1s' }));
    expect(type).toBe('Unavailable');
    expect(outcome.unknown).toEqual(['sourceConnection']);
    await finishes();
  });

  it('is left as unknown in the memo by a cancellation, and the next start finds out', async () => {
    loseTheSourceConnection();
    const handle = await stage.client.start(orders(sandbox));
    await stage.until('the look after the doubt', () =>
      requestsIn(stage, sandbox, { method: 'GET', path: lost }).some(({ status }) => status === 503),
    );
    await handle.cancel();
    expect((await failureOf(handle)).type).toBe('Cancelled');
    const outcome = await outcomeOf(stage.temporal, handle.workflowId);
    expect(outcome?.unknown).toEqual(['sourceConnection']);
    expect(outcome?.notTried).toContain('flow');
    await finishes();
  });

  /** The answer to its POST is lost, and from then on nobody can look whether it is there. */
  function loseTheSourceConnection(): void {
    const { control } = stage.emulator;
    control.addFault({ method: 'POST', path: lost, kind: 'reset-after', sandbox });
    control.addFault({ method: 'GET', path: lost, kind: '503', sandbox, skip: 1, times: 3 });
  }

  async function finishes(): Promise<void> {
    const { made } = await (await stage.client.start(orders(sandbox))).result();
    expect(made).not.toContain('sourceConnection');
    expect(ours()).toEqual(oneOfSix);
  }
});

describe('RateLimited', () => {
  it.each([
    // No pause at all would be the end of all attempts for Temporal.
    ['at once', 0],
    ['later than a worker that died is replaced', 12],
  ])('is asked again when AEP says so: %s', async (_, retryAfterSeconds) => {
    const dataset = { method: 'POST', path: '/catalog/dataSets' };
    stage.emulator.control.addFault({ ...dataset, kind: '429-retry-after', sandbox, retryAfterSeconds });
    await (await stage.client.start(orders(sandbox))).result();
    const [refused, taken] = requestsIn(stage, sandbox, dataset);
    expect(taken!.at - refused!.at).toBeGreaterThanOrEqual(retryAfterSeconds * 1_000);
    expect(ours()).toEqual(oneOfSix);
  });

  it('ends it where the definition gives up after a while', async () => {
    const fault = { method: 'POST', path: '/catalog/dataSets', kind: '429' } as const;
    stage.emulator.control.addFault({ ...fault, times: everyTime });
    const handle = await stage.client.start(orders(sandbox, { giveUpAfter: '2s' }));
    const { type, details } = await failureOf(handle);
    expect(type).toBe('RateLimited');
    expect(details).toMatchObject({ call: 'POST /catalog/dataSets' });
    expect(details).toMatchObject({ unknown: [], notTried: ['targetConnection', 'flow'] });
  });
});

describe('Unauthorized', () => {
  it('is what a wrong secret is: at once, with nothing made', async () => {
    stage.emulator.control.configure({ clientSecret: 'the right one' });
    const handle = await stage.client.start(orders(sandbox));
    const { type, message, details } = await failureOf(handle);
    expect(type).toBe('Unauthorized');
    expect(message).toContain('invalid client_secret parameter');
    expect(message).toContain('Check the client id and secret');
    expect(details).toMatchObject({ call: 'POST /ims/token/v3', status: 400, made: {}, unknown: [] });
  });

  it('is what a client without leave is, and what was made before is told', async () => {
    const { control } = stage.emulator;
    // The client loses its leave while the dataflow is being made.
    control.addFault({ method: 'POST', path: '/flowservice/targetConnections', kind: '429' });
    const handle = await stage.client.start(orders(sandbox));
    await stage.until('the mapping set', async () => {
      const { steps } = await handle.progress();
      return steps.find(({ step }) => step === 'mappingSet')?.state === 'made';
    });
    control.configure({ clientIds: ['somebody-else'] });
    const { type, details } = await failureOf(handle);
    expect(type).toBe('Unauthorized');
    expect(details).toMatchObject({ status: 403, code: '403003', notTried: ['flow'], unknown: [] });

    control.configure({ clientIds: [] });
    const result = await (await stage.client.start(orders(sandbox))).result();
    expect(result.resources).toMatchObject(details['made'] as object);
    expect(requestsIn(stage, sandbox, { method: 'POST', path: '/catalog/dataSets' })).toHaveLength(1);
  });
});
