import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPaths } from '../support/create-paths.ts';
import { marked } from '../support/marked.ts';
import { example, startRig, type Rig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { nameFilter: 'refused' } });
  await rig.startWorker();
});
afterAll(() => rig.close());

test('where AEP lists source and target connections by no name, a dataflow finds its own in the whole list', async () => {
  const { emulator, client } = rig;
  for (const path of [createPaths.sourceConnection, createPaths.targetConnection])
    emulator.control.addFault({ kind: 'reset-after', method: 'POST', path });
  const handle = await client.start(example('tutorial-databases', { name: 'unnamed' }));
  const { surplus } = await handle.result();
  expect(surplus).toEqual([]);
  expect(marked(emulator, 'prod/unnamed')).toMatchObject({
    sourceConnections: 1,
    targetConnections: 1,
    flows: 1,
  });
  const refused = emulator.control
    .requests()
    .filter(({ status, method }) => method === 'GET' && status === 400);
  expect(refused.map(({ path }) => path).toSorted()).toEqual([
    '/flowservice/sourceConnections',
    '/flowservice/targetConnections',
  ]);
});
