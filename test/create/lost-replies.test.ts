import { expect } from 'vitest';
import type { FaultKind } from '../../emulator/emulator.ts';
import { stageFor } from '../simulation/stage.ts';
import { createPaths } from '../support/create-paths.ts';
import { legacyOrders, oneOfNine } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';

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

const sandbox = 'prod';
const { stage, it } = stageFor({ emulator: { lateCommitMs: 1_000 } });

/** Spoils the POSTs of a dataflow of the older generation, which makes all nine kinds, each by the fault of its path. */
async function endsWithOneOfEach(met: FaultKind[]) {
  const { emulator, client } = stage;
  creates.forEach((path, index) => {
    emulator.control.addFault({ method: 'POST', path, kind: met[index]! });
  });
  const { resources, surplus } = await (await client.start(legacyOrders(sandbox))).result();
  expect(marked(emulator, `${sandbox}/orders`), met.join()).toEqual(oneOfNine);
  expect(Object.keys(resources)).toHaveLength(9);
  expect(surplus).toEqual([]);
  expect(emulator.control.faults().map(({ used }) => used)).toEqual(met.map(() => 1));
}

// The creates of one dataflow meet one fault after the other, and the next dataflow begins with the next fault: so each
// create meets each fault once, with as few dataflows as that takes.
it.each(faults)(
  'where the first create meets %s and each other one another fault, there is exactly one of each in the end',
  (first) => {
    const from = faults.indexOf(first);
    return endsWithOneOfEach(creates.map((_, index) => faults[(from + index) % faults.length]!));
  },
);

it.each(tooMany)('where every create meets %s, there is exactly one of each in the end', (kind) =>
  endsWithOneOfEach(creates.map(() => kind)),
);

it('where every create is lost, and then refused by an answer that is cut off, there is one of each', async () => {
  const { control } = stage.emulator;
  const spoil = (path: string, kind: FaultKind) => control.addFault({ method: 'POST', path, kind });
  for (const path of creates) {
    // What was made has its title, which is why a class or schema is refused when it is asked for again.
    const isTitled = path.startsWith('/schemaregistry');
    spoil(path, isTitled ? 'reset-after' : 'reset-before');
    spoil(path, isTitled ? 'truncated' : '400-truncated');
  }
  const handle = await stage.client.start(legacyOrders(sandbox, { onFailure: 'rollback' }));
  const { surplus } = await handle.result();
  expect(marked(stage.emulator, `${sandbox}/orders`)).toEqual(oneOfNine);
  expect(surplus).toEqual([]);
  expect(control.faults().map(({ used }) => used)).toEqual(control.faults().map(() => 1));
});
