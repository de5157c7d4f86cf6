import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { FaultKind } from '../../emulator/emulator.ts';
import { createPaths } from '../support/create-paths.ts';
import { marked } from '../support/marked.ts';
import { example, startRig, type Rig } from '../support/rig.ts';

/** The first of the two schemas meets the fault. */
const creates = Object.values(createPaths);

const faults: FaultKind[] = [
  '400-truncated',
  '401',
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
/** Each slows down all that its worker does. */
const tooMany: FaultKind[] = ['429', '429-retry-after'];

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

/** A place of its own in AEP for each dataflow. */
const sandboxes = [...[...faults, ...tooMany].map((fault) => `first-${fault}`), 'twice'];

// What they do most is wait.
vi.setConfig({ maxConcurrency: 7 });
let rig: Rig;
let slow: Rig;

beforeAll(async () => {
  const start = async () => {
    const one = await startRig({ emulator: { sandboxes: [...sandboxes], lateCommitMs: 1_000 } });
    await one.startWorker();
    return one;
  };
  [rig, slow] = await Promise.all([start(), start()]);
});
afterAll(() => Promise.all([rig.close(), slow.close()]));

/** Spoils the POSTs of a dataflow of the older generation, which makes all nine kinds, each by the fault of its path. */
async function endsWithOneOfEach({ emulator, client }: Rig, sandbox: string, met: FaultKind[]) {
  creates.forEach((path, index) => {
    emulator.control.addFault({ method: 'POST', path, kind: met[index]!, sandbox });
  });
  const legacy = example('tutorial-protocols', { name: 'orders', sandbox });
  const handle = await client.start({ ...legacy, target: { datasetBaseConnection: {} } });
  const { resources, surplus } = await handle.result();
  expect(marked(emulator, `${sandbox}/orders`), met.join()).toEqual(one);
  expect(Object.keys(resources)).toHaveLength(9);
  expect(surplus).toEqual([]);
  const struck = emulator.control.faults().filter((fault) => fault.sandbox === sandbox);
  expect(struck.map(({ used }) => used)).toEqual(met.map(() => 1));
}

// The creates of one dataflow meet one fault after the other, and the next dataflow begins with the next fault: so each
// create meets each fault once, with as few dataflows as that takes.
it.concurrent.each(faults)(
  'where the first create meets %s and each other one another fault, there is exactly one of each in the end',
  (first) => {
    const from = faults.indexOf(first);
    const met = creates.map((_, index) => faults[(from + index) % faults.length]!);
    return endsWithOneOfEach(rig, `first-${first}`, met);
  },
);

it.concurrent.each(tooMany)('where every create meets %s, there is exactly one of each in the end', (kind) =>
  endsWithOneOfEach(
    slow,
    `first-${kind}`,
    creates.map(() => kind),
  ),
);

it.concurrent('where every create is lost, and then refused by an answer that is cut off, there is one of each', async () => {
  const { control } = rig.emulator;
  const sandbox = 'twice';
  const spoil = (path: string, kind: FaultKind) => control.addFault({ method: 'POST', path, kind, sandbox });
  for (const path of creates) {
    // What was made has its title, which is why a class or schema is refused when it is asked for again.
    const isTitled = path.startsWith('/schemaregistry');
    spoil(path, isTitled ? 'reset-after' : 'reset-before');
    spoil(path, isTitled ? 'truncated' : '400-truncated');
  }
  const legacy = example('tutorial-protocols', { name: 'orders', sandbox, onFailure: 'rollback' });
  const handle = await rig.client.start({ ...legacy, target: { datasetBaseConnection: {} } });
  const { surplus } = await handle.result();
  expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(one);
  expect(surplus).toEqual([]);
  const struck = control.faults().filter((fault) => fault.sandbox === sandbox);
  expect(struck.map(({ used }) => used)).toEqual(struck.map(() => 1));
});
