import { describe, expect } from 'vitest';
import type { JsonObject } from '../../src/resources/resource.ts';
import { stageFor } from '../simulation/stage.ts';
import { administratorOf, failureOf, oneOfSix, orders, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { copyOf, flowOver } from './flow-over.ts';

const { stage, it } = stageFor();
const sandbox = 'prod';

const create = async (definition: JsonObject) => (await stage.client.start(definition)).result();
const ours = () => marked(stage.emulator, `${sandbox}/orders`);
const refusedDelete = (more: object = {}) =>
  failureOf({ result: () => stage.client.delete({ sandbox, name: 'orders', ...more }) });

const removeFlow = (id: string) => administratorOf(stage).flowService.flows.remove({ sandbox }, id);

describe('deleteDataflow of what somebody else uses', () => {
  it('is a Conflict that names the flow, nothing is deleted, and it goes on when that flow is gone', async () => {
    const { flowId, resources } = await create(orders(sandbox));
    const theirs = await flowOver(stage, sandbox, flowId);
    const { type, message, details } = await refusedDelete();
    expect(type).toBe('Conflict');
    expect(message).toContain(`the flow "Made by hand" (${theirs})`);
    expect(message).toContain(`the source connection ${resources.sourceConnection}`);
    expect(message).toContain(`the target connection ${resources.targetConnection}`);
    expect(details).toMatchObject({ reason: 'in-use', users: [{ kind: 'flow', id: theirs }], deleted: [] });
    expect(ours()).toEqual(oneOfSix);
    expect(requestsIn(stage, sandbox, { method: 'DELETE' })).toEqual([]);

    await removeFlow(theirs);
    await stage.client.delete({ sandbox, name: 'orders' });
    expect(ours()).toEqual({ dataSets: 1, schemas: 1, mappingSets: 1 });
  });

  it("is a Conflict where another dataflow's dataset has the schema that is to go", async () => {
    const { resources } = await create(orders(sandbox));
    const other = await create(orders(sandbox, { name: 'others', schema: { id: resources.schema } }));
    const { type, message } = await refusedDelete({ also: ['schema', 'dataset'] });
    expect(type).toBe('Conflict');
    expect(message).toContain(`(${other.resources.dataset}) of ${sandbox}/others uses the schema`);
    expect(ours()).toEqual(oneOfSix);
    // What stays anyway holds nothing back.
    await stage.client.delete({ sandbox, name: 'orders' });
    expect(marked(stage.emulator, `${sandbox}/others`)).toMatchObject({ flows: 1, dataSets: 1 });
  });
});

describe('deleteDataflow of what somebody duplicated, mark and all', () => {
  it('is a Conflict that names both, nothing is deleted, and it goes on when the copy is gone', async () => {
    const { flowId } = await create(orders(sandbox));
    const copy = await copyOf(stage, sandbox, flowId);
    const { type, message, details } = await refusedDelete();
    expect(type).toBe('Conflict');
    expect(message).toContain(copy);
    expect(details).toMatchObject({ reason: 'copied-mark', deleted: [] });
    expect((details['ids'] as string[]).sort()).toEqual([copy, flowId].sort());
    expect(requestsIn(stage, sandbox, { method: 'DELETE' })).toEqual([]);

    await removeFlow(copy);
    await stage.client.delete({ sandbox, name: 'orders' });
    expect(ours()).toEqual({ dataSets: 1, schemas: 1, mappingSets: 1 });
  });
});

describe('a create with a corrected definition', () => {
  it('does not replace a connection that a flow of somebody else uses', async () => {
    const { flowId, resources } = await create(orders(sandbox));
    const theirs = await flowOver(stage, sandbox, flowId);
    await stage.client.delete({ sandbox, name: 'orders', only: [flowId] });
    // By which lists know whether the flow is gone.
    expect(stage.run(`dataflow:${sandbox}:orders`).memo).toMatchObject({
      isPartial: true,
      outcome: { deletedFlows: [flowId] },
    });
    const source = { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' };
    const { type, message } = await failureOf(await stage.client.start(orders(sandbox, { source })));
    expect(type).toBe('Conflict');
    expect(message).toContain(`the flow "Made by hand" (${theirs})`);
    const there = stage.emulator.control.resources('sourceConnections', sandbox).map(({ id }) => id);
    expect(there).toEqual([resources.sourceConnection]);
  });
});

describe('deleteDataflow of a name that never was', () => {
  it('says that nothing carries its mark', async () => {
    const result = await stage.client.delete({ sandbox, name: 'no-such' });
    expect(result).toMatchObject({ deleted: [], left: [] });
    expect(result.note).toContain(`carries the mark of ${sandbox}/no-such`);
  });

  it('but not of one of which something stays', async () => {
    await create(orders(sandbox));
    await stage.client.delete({ sandbox, name: 'orders' });
    expect(await stage.client.delete({ sandbox, name: 'orders' })).not.toHaveProperty('note');
  });
});

describe('an input that makes no sense is refused with everything that is wrong with it:', () => {
  const refused = async (type: string, input: unknown) => {
    const handle = await stage.temporal.workflow.start(type, {
      workflowId: `${type}/nonsense`,
      taskQueue: 'aep-dataflows',
      args: [input],
    });
    const { type: failure, details } = await failureOf(handle);
    expect(failure).toBe('InvalidDefinition');
    return (details['problems'] as { field: string; message: string }[]).map(
      ({ field, message }) => `${field}: ${message}`,
    );
  };

  it('of deleteDataflow', async () => {
    const input = { sandbox: 'PROD', nam: 'orders', also: ['flow'], only: ['../x'] };
    expect(await refused('deleteDataflow', input)).toEqual([
      'sandbox: must be a sandbox name: lower-case letters, digits and hyphens',
      'name: is required. The name of the dataflow.',
      'also[0]: must be one of dataset, schema, adHocSchema, adHocClass',
      expect.stringMatching(/^only\[0\]: must be the id of a resource: .* or the \$id of a schema or class$/),
      'nam: is not known; did you mean "name"?',
    ]);
  });

  it('of listOrphans', async () => {
    expect(await refused('listOrphans', { delete: 'x' })).toEqual([
      'sandbox: is required. The name of the sandbox to look through.',
      'delete: must be a list, not the text "x"',
    ]);
  });

  it('of watchFlowRuns', async () => {
    expect(await refused('watchFlowRuns', { sandbox: 'prod', watch: { notfy: 1, pauseAfter: 0 } })).toEqual([
      "flowId: is required. AEP's id of the flow.",
      'watch.pauseAfter: must be at least 1',
      'watch.notfy: is not known; did you mean "notify"?',
    ]);
  });

  it('of any, where it is no object at all', async () => {
    expect(await refused('deleteDataflow', 'orders')).toEqual([': The input must be a JSON object']);
  });
});
