import { describe, expect } from 'vitest';
import { isEmpty, planAsMermaid, planAsText } from '../../src/client.ts';
import { stageFor } from '../simulation/stage.ts';
import { administratorOf, legacyOrders, orders, requestsIn } from '../support/dataflows.ts';
import { example, examples } from '../support/example.ts';

const webhooks = { 'on-call': { url: 'https://hooks.example/on-call', key: 'a key that is long enough' } };
const { stage, it } = stageFor({ worker: { webhooks } });
const sandbox = 'prod';

/** What could change something: of all POSTs only the validation and the preview of a mapping cannot. */
const changes = () =>
  requestsIn(stage, sandbox)
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`)
    .filter((one) => !/^POST \/conversion\/mappingSets\/(validate|preview)$/.test(one));

describe.each(examples)('%s', (name) => {
  it('is planned without a change, is made, and then its plan is empty', async () => {
    const definition = example(name, { name: 'planned', sandbox });
    const before = await stage.client.plan(definition);
    expect(before.problems).toEqual([]);
    expect(before.steps.some(({ action }) => action === 'create')).toBe(true);
    expect(changes()).toEqual([]);

    await (await stage.client.start(definition)).result();
    const made = changes().length;
    const after = await stage.client.plan(definition);
    expect(after.steps.filter(({ action }) => !['keep', 'given'].includes(action))).toEqual([]);
    expect(isEmpty(after)).toBe(true);
    expect(changes()).toHaveLength(made);
  });
});

describe('a plan', () => {
  it('tells at once everything that a create would meet', async () => {
    const definition = orders(sandbox);
    const source = { ...(definition['source'] as object), baseConnectionId: crypto.randomUUID() };
    const mapping = [
      { source: 'TestID', destination: '_id' },
      { source: 'Name', destination: 'person.name.fullNam' },
    ];
    const schedule = { frequency: 'hour', interval: 1, startTime: 1_600_000_000 };
    const plan = await stage.client.plan({ ...definition, source, mapping, schedule });
    expect(plan.problems.map(({ field }) => field).sort()).toEqual([
      'mapping[1].destination',
      'schedule.startTime',
      'source.baseConnectionId',
    ]);
    expect(JSON.stringify(plan.problems)).toContain('person.name.fullName');
    expect(plan.summary).toMatch(/3 problems$/);
  });

  it('of a definition that has changed says how in text, and as a picture', async () => {
    await (await stage.client.start(orders(sandbox))).result();
    const schedule = { frequency: 'hour', interval: 2, backfill: true };
    const mapping = [
      { source: 'TestID', destination: '_id' },
      { source: 'Name', destination: 'person.name.lastName' },
    ];
    const plan = await stage.client.plan(orders(sandbox, { schedule, mapping }));
    const text = planAsText(plan);
    expect(text).toMatch(/~ flow \S+ is changed/);
    expect(text).toContain('schedule.interval: 15 → 2');
    expect(text).toContain('+ {"source":"Name","destination":"person.name.lastName"}');
    expect(text).toContain(plan.summary);
    expect(planAsMermaid(plan)).toMatch(/^flowchart LR\n[^]*mappingSet\d --> flow\d/);
  });

  it('of a change that AEP cannot make in place names the choice and its consequences', async () => {
    await (await stage.client.start(legacyOrders(sandbox))).result();
    const source = { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' };
    const plan = await stage.client.plan(orders(sandbox, { source }));
    expect(plan.choices).toMatchObject([
      { name: 'replaceFlow', options: [{ value: 'from-now' }, { value: 'backfill' }] },
    ]);
  });

  it('reads what several runs noted once, as an update does: otherwise their digests would differ', async () => {
    const { flowId } = await (await stage.client.start(orders(sandbox))).result();
    await stage.client.update({ definition: orders(sandbox) });
    const reads = () =>
      requestsIn(stage, sandbox).filter(
        ({ method, path }) => method === 'GET' && path.endsWith(`/flows/${flowId}`),
      );
    const before = reads().length;
    await stage.client.plan(orders(sandbox));
    expect(reads()).toHaveLength(before + 1);
  });

  it('of a flow that somebody deleted is a conflict, and no create', async () => {
    const { flowId } = await (await stage.client.start(orders(sandbox))).result();
    await administratorOf(stage).flowService.flows.remove({ sandbox }, flowId);
    const plan = await stage.client.plan(orders(sandbox));
    expect(plan.steps.at(-1)).toMatchObject({ kind: 'flow', action: 'conflict', id: flowId });
    expect(plan.choices).toMatchObject([{ name: 'missingFlow' }]);
  });
});
