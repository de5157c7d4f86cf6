/** The levers over HTTP: `POST /_emulator/<lever>` with a JSON object; those that only read also answer GET with a query. */
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Control } from './control.ts';
import { isObject } from './json.ts';
import type { Json } from './json.ts';

type Lever = { reads?: true; help: string; pull: (input: Json) => unknown };

function levers(control: Control): Record<string, Lever> {
  return {
    addFault: {
      help: '{kind, method?, path?, times?, skip?, retryAfterSeconds?, delayMs?, meanwhile?, committed?} spoils requests to come',
      pull: (fault) => control.addFault(fault),
    },
    faults: { reads: true, help: 'all faults, with how often each struck', pull: () => control.faults() },
    clearFaults: { help: 'no more faults', pull: () => control.clearFaults() },
    requests: {
      reads: true,
      help: '{method?, path?} the requests that came',
      pull: (filter) => control.requests(filter),
    },
    callCounts: { reads: true, help: 'how often each sort of call came', pull: () => control.callCounts() },
    clearRequests: { help: 'forgets the requests that came', pull: () => control.clearRequests() },
    resources: {
      reads: true,
      help: '{kind, sandbox?} what is really there, whatever lists show',
      pull: ({ kind, sandbox }) => control.resources(kind, sandbox),
    },
    configure: {
      help: '{latencyMs?, listLagMs?, …} changes settings',
      pull: (changes) => control.configure(changes),
    },
    clock: {
      reads: true,
      help: "the emulator's clock (epoch ms) and its speed",
      pull: () => control.clock(),
    },
    advanceClock: {
      help: '{ms} moves the clock forward',
      pull: ({ ms }) => control.advanceClock(Number(ms)),
    },
    setClock: {
      help: '{speed?, now?} sets the speed, or moves the clock forward to a time',
      pull: (to) => control.setClock(to),
    },
    planRuns: {
      help: '{outcomes, flowId?, repeat?} how the next runs end',
      pull: (plan) => control.planRuns(plan),
    },
    makeRun: {
      help: '{flowId, outcome?, createdAt?, startedAt?, completedAt?, run?} a run at once',
      pull: ({ flowId, ...details }) => control.makeRun(flowId, details),
    },
    unknownFields: {
      reads: true,
      help: 'fields of requests that no documentation knows',
      pull: () => control.unknownFields(),
    },
    reset: { help: 'back to the first moment', pull: () => control.reset() },
  };
}

export function controlApp(control: Control): Hono {
  const app = new Hono({ strict: false }).basePath('/_emulator');
  const all = levers(control);

  const pull = async (c: Context, input: Json): Promise<Response> => {
    const lever = all[c.req.param('lever') ?? ''];
    if (lever === undefined)
      return c.json({ error: `No lever '${c.req.param('lever')}'.`, levers: Object.keys(all) }, 404);
    if (c.req.method === 'GET' && lever.reads !== true)
      return c.json({ error: 'This lever changes something: POST to it.' }, 405);
    if (!isObject(input)) return c.json({ error: 'The body is no JSON object.' }, 400);
    try {
      return c.json((await lever.pull(input)) ?? {});
    } catch (error) {
      return c.json({ error: error instanceof Error ? error.message : String(error) }, 400);
    }
  };

  app.get('/', (c) =>
    c.json(Object.fromEntries(Object.entries(all).map(([name, { help }]) => [name, help]))),
  );
  app.get('/:lever', (c) => pull(c, c.req.query()));
  app.post('/:lever', async (c) => {
    const text = await c.req.text();
    try {
      return await pull(c, text === '' ? {} : JSON.parse(text));
    } catch {
      return c.json({ error: 'The body is no JSON object.' }, 400);
    }
  });
  return app;
}
