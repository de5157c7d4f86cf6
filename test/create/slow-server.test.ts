import { expect, inject, it } from 'vitest';
import { oneOfSix, orders, places } from '../support/dataflows.ts';
import { doubtsOf } from '../support/doubts.ts';
import { marked } from '../support/marked.ts';
import { startProgram } from '../support/program.ts';
import { startRig } from '../support/rig.ts';
import { startSlowProxy } from '../support/slow-proxy.ts';

const { sandboxes, next } = places(1);
const limit = 180_000;

it(
  'a create ends, and nothing of it falls into doubt, where its worker lives and the server always takes 1.9 s to hear of it',
  async () => {
    const rig = await startRig({ emulator: { sandboxes }, env: { AEP_HTTP_TIMEOUT: '8000' } });
    const proxy = await startSlowProxy(rig.env['TEMPORAL_ADDRESS']!, 1_900);
    try {
      startProgram('dev/built-worker.ts', [inject('workflowBundle')], {
        ...rig.env,
        TEMPORAL_ADDRESS: proxy.address,
        TEMPORAL_CONFIG_FILE: 'dev/temporal.toml',
      });
      const sandbox = next();
      const handle = await rig.client.start(orders(sandbox));
      await handle.result();
      expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
      expect(await doubtsOf(rig.temporal.client, handle)).toEqual([]);
    } finally {
      proxy.close();
      await rig.close();
    }
  },
  limit,
);
