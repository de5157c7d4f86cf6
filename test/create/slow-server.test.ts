import { expect, inject, it } from 'vitest';
import { oneOfSix, orders, places } from '../support/dataflows.ts';
import { doubtsOf } from '../support/doubts.ts';
import { marked } from '../support/marked.ts';
import { startProgram } from '../support/program.ts';
import { startRig } from '../support/rig.ts';
import { startStallingProxy } from '../support/stalling-proxy.ts';

const { sandboxes, next } = places(6);
/** An answer comes when the time in which something gets through is over. */
const latencyMs = 500;
const limit = 180_000;

it(
  'no create falls into doubt where its worker lives and the server takes 2.2 s to hear of it',
  async () => {
    const rig = await startRig({ emulator: { sandboxes, latencyMs }, env: { AEP_HTTP_TIMEOUT: '8000' } });
    const proxy = await startStallingProxy(rig.env['TEMPORAL_ADDRESS']!, { stallMs: 2_200, freeMs: 400 });
    try {
      startProgram('dev/built-worker.ts', [inject('workflowBundle')], {
        ...rig.env,
        TEMPORAL_ADDRESS: proxy.address,
        TEMPORAL_CONFIG_FILE: 'dev/temporal.toml',
      });
      const begun = [next(), next()].map(async (sandbox) => {
        return { sandbox, handle: await rig.client.start(orders(sandbox)) };
      });
      for (const { sandbox, handle } of await Promise.all(begun)) {
        await handle.result();
        expect(marked(rig.emulator, `${sandbox}/orders`)).toEqual(oneOfSix);
        expect(await doubtsOf(rig.temporal.client, handle)).toEqual([]);
      }
    } finally {
      proxy.close();
      await rig.close();
    }
  },
  limit,
);
