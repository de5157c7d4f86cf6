import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectorNames, connectors } from '../src/definition/connectors.ts';
import { orders } from './support/dataflows.ts';
import { startRig, type Rig } from './support/rig.ts';

type Json = Record<string, unknown>;

const sandbox = 'connectors';
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes: [sandbox] } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** What a source of each family says beside its connector: what comes next in the list takes the next format. */
const said = {
  tables: () => {
    const { tableName, columns } = orders(sandbox)['source'] as Json;
    return { tableName, columns };
  },
  files: (index: number) => {
    const formats = ['delimited', 'json', 'parquet'];
    return { format: formats[index % formats.length], path: '/acme/customers', params: { type: 'folder' } };
  },
};

test('a dataflow of every connector is made by its name, has its flow enabled and watched, and is then as asked for', async () => {
  const all = rig.emulator.control.resources('connections', sandbox) as {
    id: string;
    connectionSpec: Json;
  }[];
  const definitions = connectorNames.map((connector, index) => {
    const { id, family, baseConnection } = connectors[connector];
    const base = all.find(({ connectionSpec }) => connectionSpec['id'] === id);
    return orders(sandbox, {
      name: connector,
      source: {
        connector,
        ...(baseConnection ? { baseConnectionId: base!.id } : {}),
        ...said[family.name](index),
      },
      schema: { ...(orders(sandbox)['schema'] as Json), title: connector },
      dataset: { name: connector },
      ...(family.name === 'tables' ? {} : { deltaColumn: undefined }),
    });
  });
  const { dataflows, totals } = await (await rig.client.apply({ definitions })).result();
  expect(dataflows.filter(({ error }) => error)).toEqual([]);
  expect(totals).toMatchObject({ created: connectorNames.length, failed: 0 });

  const flows = rig.emulator.control.resources('flows', sandbox) as Json[];
  const sources = rig.emulator.control.resources('sourceConnections', sandbox) as Json[];
  const shown = flows.map(({ name, state, transformations, sourceConnectionIds }) => {
    const source = sources.find(({ id }) => id === (sourceConnectionIds as string[])[0]);
    return {
      name,
      state,
      spec: (source!['connectionSpec'] as Json)['id'],
      transformations: (transformations as Json[]).map((one) => one['name']),
    };
  });
  expect(shown).toHaveLength(connectorNames.length);
  expect(shown).toEqual(
    expect.arrayContaining(
      connectorNames.map((name) => ({
        name,
        state: 'enabled',
        spec: connectors[name].id,
        transformations: connectors[name].family.name === 'tables' ? ['Copy', 'Mapping'] : ['Mapping'],
      })),
    ),
  );
  const watched = await Promise.all(
    dataflows.map(async ({ flowId }) => {
      const watcher = rig.temporal.client.workflow.getHandle(`flow:${sandbox}:${flowId}`);
      return (await watcher.describe()).status.name;
    }),
  );
  expect(new Set(watched)).toEqual(new Set(['RUNNING']));
  expect((await rig.client.planMany({ definitions })).totals).toMatchObject({ empty: connectorNames.length });
});
