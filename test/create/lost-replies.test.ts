import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../emulator/emulator.ts';
import { marked } from '../support/marked.ts';
import { example, startRig, type Rig } from '../support/rig.ts';

const creates = {
  'ad-hoc class': '/schemaregistry/tenant/classes',
  'ad-hoc or target schema': '/schemaregistry/tenant/schemas',
  'source connection': '/flowservice/sourceConnections',
  dataset: '/catalog/dataSets',
  'dataset base connection': '/flowservice/connections',
  'target connection': '/flowservice/targetConnections',
  'mapping set': '/conversion/mappingSets',
  flow: '/flowservice/flows',
};

const faults: FaultKind[] = [
  '401',
  '429',
  '429-retry-after',
  '500',
  '500-committed',
  '502-html',
  '503',
  'hang',
  'hang-committed',
  'late-commit',
  'reset-before',
  'reset-after',
  'token-revoked',
  'truncated',
];

const one = {
  classes: 1,
  schemas: 2,
  sourceConnections: 1,
  dataSets: 1,
  connections: 1,
  targetConnections: 1,
  mappingSets: 1,
  flows: 1,
};

/** A place of its own in AEP for each test. */
const sandboxes = Object.keys(creates).flatMap((_, index) => faults.map((fault) => `${fault}-${index}`));

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ emulator: { sandboxes: [...sandboxes], lateCommitMs: 1_000 } });
  await rig.startWorker();
});
afterAll(() => rig.close());

/** A definition of the older generation makes all nine kinds. */
const definition = (sandbox: string) => {
  const legacy = example('tutorial-protocols', { name: 'orders', sandbox });
  return { ...legacy, target: { datasetBaseConnection: {} } };
};

describe.each(Object.entries(creates))('when the create of the %s meets', (_kind, path) => {
  it.concurrent.each(faults)('%s, there is exactly one of each in the end', async (kind) => {
    const sandbox = sandboxes.pop()!;
    rig.emulator.control.addFault({ method: 'POST', path, kind, sandbox });
    const result = await (await rig.client.start(definition(sandbox))).result();
    expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(one);
    expect(Object.keys(result.resources)).toHaveLength(9);
    expect(result.surplus).toEqual([]);
  });
});
