import { expect, inject, it } from 'vitest';
import { isEmpty } from '../../src/client.ts';
import { oneOfSix, orders, places, requestsIn } from '../support/dataflows.ts';
import { marked } from '../support/marked.ts';
import { startProgram } from '../support/program.ts';
import { startRig } from '../support/rig.ts';
import { waitFor } from '../support/wait-for.ts';

const { sandboxes, next } = places(20);
/** A process begins late and a worker's death is noticed late where the machine is busy. Milliseconds. */
const patience = 60_000;

const action = { method: 'POST', path: '/flowservice/flows/*/action' };
const moments = [
  { method: 'POST', path: '/flowservice/sourceConnections' },
  { method: 'POST', path: '/flowservice/flows' },
  action,
  { method: 'GET', path: '/flowservice/runs' },
  { ...action, skip: 1 },
  { method: 'DELETE', path: '/flowservice/flows/*' },
  { method: 'DELETE', path: '/flowservice/targetConnections/*' },
  { method: 'DELETE', path: '/flowservice/sourceConnections/*' },
];
const cases = moments.map((fault) => ({
  ...fault,
  kind: fault.method === 'GET' ? ('hang' as const) : ('hang-committed' as const),
}));

it('a worker is killed at each step of a replacement, and another one finishes with one enabled flow of one pair', async () => {
  // Time for all of them to come to the step that is to be cut off.
  const rig = await startRig({ emulator: { sandboxes }, env: { AEP_HTTP_TIMEOUT: '8000' } });
  try {
    const config = { TEMPORAL_CONFIG_FILE: 'dev/temporal.toml' };
    const victim = startProgram('dev/built-worker.ts', [inject('workflowBundle')], { ...rig.env, ...config });
    const places = cases.map((fault) => ({ sandbox: next(), fault }));
    await Promise.all(places.map(async ({ sandbox }) => (await rig.client.start(orders(sandbox))).result()));
    const updates = places.map(async ({ sandbox, fault }) => {
      rig.emulator.control.addFault({ ...fault, sandbox });
      const source = { ...(orders(sandbox)['source'] as object), tableName: 'acmeSpringCampaign' };
      const definition = orders(sandbox, { source });
      await rig.client.update({ definition, replaceFlow: 'from-now' });
      return definition;
    });
    await waitFor(
      'every update to come to its step',
      () => places.every(({ sandbox }) => requestsIn(rig, sandbox).some(({ fault }) => fault)),
      patience,
    );
    victim.kill('SIGKILL');
    await victim.ended;
    await rig.startWorker();
    const definitions = await Promise.all(updates);
    for (const { sandbox } of places) {
      expect(rig.emulator.control.resources('flows', sandbox).map(({ state }) => state)).toEqual(['enabled']);
      expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
    }
    const plans = await Promise.all(definitions.map((definition) => rig.client.plan(definition)));
    expect(plans.map(isEmpty)).toEqual(plans.map(() => true));
  } finally {
    await rig.close();
  }
}, 240_000);
