import { describe, expect } from 'vitest';
import { createPaths } from '../support/create-paths.ts';
import { stageFor } from '../simulation/stage.ts';
import {
  failureOf,
  legacyOrders,
  oneOfNine,
  orders,
  refusedMapping,
  requestsIn,
  wrongExpression,
} from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';

const listLagMs = 2_500;
const { stage, it } = stageFor({ emulator: { referenceLagMs: 1_000 }, worker: { listLagMs } });
const sandbox = 'prod';

const ours = () => marked(stage.emulator, `${sandbox}/orders`);
const posts = (path: string) => requestsIn(stage, sandbox, { method: 'POST', path });

describe('what was made a moment ago and is not there for the next service yet', () => {
  it('is tried again, all the way from the class to the flow, and nothing is rolled back', async () => {
    const definition = legacyOrders(sandbox, { onFailure: 'rollback' });
    const { surplus } = await (await stage.client.start(definition)).result();
    expect(ours()).toEqual(oneOfNine);
    expect(surplus).toEqual([]);
    expect(requestsIn(stage, sandbox, { method: 'DELETE' })).toEqual([]);
    const refused = requestsIn(stage, sandbox, { method: 'POST' }).filter(
      ({ status }) => Number(status) >= 400,
    );
    // Those that come too early, each once. A stage goes the same way every time.
    expect(refused.map(({ path }) => path)).toEqual([
      createPaths.schema,
      createPaths.dataset,
      createPaths.mappingSet,
      createPaths.targetConnection,
      createPaths.flow,
    ]);
  });

  const referring = ['sourceConnection', 'dataset', 'targetConnection', 'mappingSet', 'flow'] as const;
  it.each(referring)('is tried again where a create of the %s is answered by a 404 once', async (kind) => {
    const path = createPaths[kind];
    stage.emulator.control.addFault({ method: 'POST', path, sandbox, kind: '404' });
    await (await stage.client.start(legacyOrders(sandbox, { onFailure: 'rollback' }))).result();
    expect(ours()).toEqual(oneOfNine);
    expect(requestsIn(stage, sandbox, { method: 'DELETE' })).toEqual([]);
  });

  it('is told as refused where it stays away for longer than lists may lag', async () => {
    stage.emulator.control.addFault({
      method: 'POST',
      path: createPaths.flow,
      sandbox,
      kind: '404',
      times: 1_000,
    });
    const { type, details } = await failureOf(await stage.client.start(orders(sandbox)));
    expect(type).toBe('Rejected');
    expect(details).toMatchObject({ code: 'FLOW-1439-404', unknown: [], failed: [{ kind: 'flow' }] });
    const sent = posts(createPaths.flow);
    expect(sent.length).toBeGreaterThan(1);
    expect(sent.at(-1)!.at - sent[0]!.at).toBeGreaterThanOrEqual(listLagMs);
    expect(sent.at(-1)!.at - sent[0]!.at).toBeLessThan(listLagMs + 100);
  });
});

it('what AEP refuses for another reason is refused at once', async () => {
  const mapping = refusedMapping;
  const { type } = await failureOf(await stage.client.start(orders(sandbox, { mapping })));
  expect(type).toBe('Rejected');
  const answered = posts(createPaths.mappingSet);
  expect(answered.filter(({ body }) => JSON.stringify(body).includes(wrongExpression)).at(-1)!.status).toBe(
    400,
  );
  expect(answered.length).toBeLessThanOrEqual(2);
});
